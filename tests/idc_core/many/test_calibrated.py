"""Calibration from what is kept is that of the table in memory."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate import recalibration
from idc_core.evaluate.calibrated import calibrated
from idc_core.many import build, source
from idc_core.many import calibrated as many
from idc_core.metrics import calibration
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import judged
from tests.idc_core.many.worlds import drawn, run_of

WORLDS = {
    "two digits": drawn(),
    "no tie": drawn(digits=None, each=120),
    "single precision": drawn(digits=None).astype({"score": np.float32}),
    "scores of 0 and 1 among them": drawn().assign(score=lambda rows: rows["score"].round(1)),
    "far from the middle": drawn(digits=None).assign(score=lambda rows: rows["score"] ** 9),
    "one class": drawn().assign(label=np.int8(0)),
    "one score": drawn().assign(score=0.25),
}


def both(folder, rows):
    """What is kept, and what the table in memory gives, with bins of either kind."""
    run = run_of(folder, rows)
    held = source.look_through(run)["test"]
    kept = build.make(run, "test", held, build.of(run, "test"))
    own = judged(run, recalibration.mapped(run, run.predictions()))
    patients = by_patient(own[own["split"] == "test"])
    jackknife = PatientJackknife(len(patients))
    for equal_counts in (False, True):
        yield (
            many.of(kept, equal_counts=equal_counts),
            calibrated(patients, jackknife, patients.scores, equal_counts=equal_counts),
        )


@pytest.mark.parametrize("name", WORLDS)
def test_bins_patients_and_fitted_line_are_those_of_the_table(name, monkeypatch, tmp_path):
    monkeypatch.setattr(many, "_PATIENTS", 2)
    for found, own in both(tmp_path / "run", WORLDS[name]):
        for table in ("bins", "patients"):
            one, other = getattr(found, table), getattr(own, table)
            pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=1e-12)
        for figure in ("off", "in_the_large", "slope", "joint_intercept"):
            _same(getattr(found.fitted, figure), getattr(own.fitted, figure), 1e-8)
        _same(found.brier, own.brier, 1e-12)
        _same(found.auc, own.auc, 1e-12)
        assert found.ece == pytest.approx(own.ece, abs=1e-12)
        for part in ("total", "reliability", "resolution", "uncertainty", "within"):
            assert getattr(found.parts, part) == pytest.approx(getattr(own.parts, part), abs=1e-12)


def _same(one, other, off):
    for end in ("value", "low", "high"):
        assert getattr(one, end) == pytest.approx(getattr(other, end), abs=off, nan_ok=True)


@pytest.mark.parametrize("seed", range(20))
def test_edges_of_equal_counts_are_read_off_sorted_scores(seed):
    rng = np.random.default_rng(seed)
    scores = rng.random(rng.integers(1, 60)).round(rng.integers(1, 4))
    labels = rng.integers(0, 2, len(scores))
    for bins in (2, 15):
        own = calibration.equal_counts(scores, bins)
        assert many.equal_counts(Ranked(labels, scores), bins).tolist() == own.tolist()


def test_resamples_that_are_drawn_a_few_at_a_time_are_the_same(monkeypatch):
    sums = np.arange(30.0).reshape(10, 3)
    whole = PatientJackknife(10).sums(sums)
    monkeypatch.setattr("idc_core.metrics.uncertainty._MOST_KEPT", 700)
    assert PatientJackknife(10).sums(sums) == pytest.approx(whole, rel=1e-15)
