"""What smoothing would change: every metric on the same patches, without and with it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.evaluate.spatial import smoothing
from idc_core.evaluate.spatial.borders import Places
from idc_core.evaluate.spatial.regions import Regions, regions
from idc_core.metrics import paired
from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import RATE, UNIT, effective
from idc_core.metrics.operating_point import Infeasible, choose
from idc_core.metrics.paired import CELLS, Paired
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient

RATES = ("sensitivity", "specificity", "precision", "f1", "balanced_accuracy")


@dataclass(frozen=True)
class Smoothed:
    """The strength and both thresholds, chosen on validation; and what they do on a split.

    `figures`: by name, without smoothing, with it, and the difference. `regions_found` and
    `false_alarm_regions` (a slide) likewise.
    """

    chosen: smoothing.Chosen
    rule: str
    thresholds: tuple[float, float]
    figures: dict[str, Paired]
    patches: int
    patients: int


def effect_of(
    validation: pd.DataFrame,
    validation_places: Places,
    rows: pd.DataFrame,
    where: Places,
    *,
    rule: str,
) -> Smoothed:
    """Choose on the whole slides of validation, judge on those of another split.

    Both thresholds are chosen by the same `rule` on the same patches of validation, so that
    smoothing is compared with what the whole slides alone would have given.
    """
    label, score = validation["label"].to_numpy(), validation["score"].to_numpy()
    chosen = smoothing.choose(label, score, validation_places.neighbours)
    even = smoothing.smoothed(score, validation_places.neighbours, chosen.strength)
    plain, mixed = (_threshold(validation.assign(score=each), rule) for each in (score, even))
    own = rows["score"].to_numpy()
    after = smoothing.smoothed(own, where.neighbours, chosen.strength)
    figures = _of_patches(rows, own, after, plain, mixed) | _of_regions(
        rows["patient"].astype(str),
        regions(rows, where, plain),
        regions(rows.assign(score=after), where, mixed),
    )
    return Smoothed(
        chosen, rule, (plain, mixed), figures, len(rows), int(rows["patient"].nunique())
    )


def _threshold(rows: pd.DataFrame, rule: str) -> float:
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    try:
        return choose(ranked, rule, by_patient(rows).at).threshold
    except Infeasible as far:
        return far.nearest.threshold


def _of_patches(
    rows: pd.DataFrame,
    own: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    plain: float,
    mixed: float,
) -> dict[str, Paired]:
    owner, patients = pd.factorize(rows["patient"])
    label = rows["label"].to_numpy(np.int8)
    cells = paired.cell_of(label, own >= plain, after >= mixed)
    counts = np.bincount(owner * len(CELLS) + cells, minlength=len(patients) * len(CELLS)).reshape(
        len(patients), -1
    )
    jackknife = PatientJackknife(len(patients))
    found = paired.rates(jackknife, counts, RATES)
    if len(np.unique(label)) == 2:
        areas = (own, after)
        found["roc_auc"] = paired.roc_auc(jackknife, owner.astype(np.int64), label, *areas)
    return found


def _of_regions(patients: "pd.Series[str]", a: Regions, b: Regions) -> dict[str, Paired]:
    names = pd.Index(patients.unique())

    def count(table: pd.DataFrame) -> npt.NDArray[np.float64]:
        at = names.get_indexer(table["patient"].astype(str))
        return np.bincount(at, minlength=len(names)).astype(np.float64)

    ones = np.ones(len(names))
    found = [count(each.labelled[each.labelled["hit"]]) for each in (a, b)]
    alarms = [count(each.false_alarms) for each in (a, b)]
    return {
        "regions_found": _compared(found[0], found[1], count(a.labelled), UNIT),
        "false_alarm_regions": _compared(alarms[0], alarms[1], ones, RATE),
    }


def _compared(
    a: npt.NDArray[np.float64],
    b: npt.NDArray[np.float64],
    of: npt.NDArray[np.float64],
    within: tuple[float, float],
) -> Paired:
    """Both shares of, or numbers in, what `of` counts a patient."""
    sums = np.stack([a, b, of], axis=1)
    jackknife = PatientJackknife(len(sums))
    return Paired(
        jackknife.of_sums(lambda left: ratio(left[:, 0], left[:, 2]), sums, within),
        jackknife.of_sums(lambda left: ratio(left[:, 1], left[:, 2]), sums, within),
        paired.difference(jackknife, _apart, sums, float(effective(of)))
        if within == UNIT
        else jackknife.of_sums(_apart, sums),
    )


def _apart(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return ratio(sums[:, 1] - sums[:, 0], sums[:, 2])
