"""Patches of a few kinds of model, and what a page computes of them at one threshold."""

import numpy as np
import pandas as pd

from idc_core.facts import matrix_words, rate_words, use_words
from idc_core.facts.rate_words import Judged, OfPatients
from idc_core.metrics import clinic
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import USUAL
from idc_core.runs.patient_counts import by_patient
from idc_core.threshold_table.build import build


def patches(patients=14, each=60, *, seed=1, scores=None, single=False):
    """Patients of one class and of both; scores over 0 to 1 unless `scores` turns them."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), rng.integers(2, each, patients))
    share = np.where(owner % 5 == 0, 0.0, np.where(owner % 7 == 0, 1.0, 0.3))
    labels = (rng.random(len(owner)) < share).astype(np.int8)
    found = np.clip(rng.beta(2, 4, len(owner)) + 0.35 * labels * rng.random(len(owner)), 0, 1)
    found = found if scores is None else scores(found)
    return pd.DataFrame(
        {
            "patient": [f"p{each:02}" for each in owner],
            "label": labels,
            "score": found.astype(np.float32 if single else np.float64),
        }
    )


WORLDS = {
    "scores over 0 to 1": patches(),
    "a rare class": patches(scores=lambda found: 1e-6 * found**3, seed=2),
    "two digits, single precision": patches(scores=lambda found: np.round(found, 2), single=True),
    "calls": patches(scores=np.round, seed=3),
    "two patients": patches(2, 30, seed=4),
    "one class": patches(seed=5).assign(label=0),
    "one patient with IDC": patches(8, seed=6).assign(
        label=lambda rows: rows["label"] * (rows["patient"] == "p03")
    ),
}


def ranked_of(rows):
    return Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())


def page_texts(patients, ranked, threshold, raster=USUAL):
    """Every text of a page at one threshold, each figure by the function that a page asks."""
    jackknife, own = PatientJackknife(len(patients)), patients.at(threshold)
    judged = Judged(
        ranked.counts(threshold), jackknife.of_rates(own, tuple(RATES)), rate_words.defined_in(own)
    )
    benefit = clinic.benefit(own, threshold) if 0 < threshold < 1 else None
    both = judged.rates["sensitivity"], judged.rates["specificity"]
    return {
        **rate_words.headline(judged, raster),
        **rate_words.sentence(judged),
        **rate_words.all_metrics(judged, _of_patients(patients, own, jackknife), raster),
        **matrix_words.matrix(judged.counts, raster),
        **dict([matrix_words.workload(judged.counts, raster)]),
        **use_words.assumed(*both, len(patients)),
        **dict([use_words.decision(benefit, threshold, len(patients), raster)]),
    }


def _of_patients(patients, own, jackknife):
    found = {}
    for name, of in RATES.items():
        rates = of(*own.T)
        known = rates[np.isfinite(rates)]
        at = int(np.nanargmin(rates)) if len(known) else 0
        median = float(np.median(known)) if len(known) else np.nan
        found[name] = OfPatients(
            jackknife.of_mean(rates), median, float(rates[at]), str(patients.patients[at])
        )
    return found


def table_of(rows, of="x", grid=None):
    return build(by_patient(rows), ranked_of(rows), USUAL, of, grid)
