"""Does a run reach what was asked of it? One figure a requirement, each with its interval and n.

Compared is the figure itself, or the lower end of its 95 % interval: the first says what these
patients gave, the second what others like them can be expected to give. With few patients the two
are far apart, and which one is meant is the asker's to say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.shown_splits import holds_test, in_split, splits_in
from idc_core.evaluate import seal_check
from idc_core.evaluate.evaluation import UNCHOSEN
from idc_core.evaluate.recalibration import mapped
from idc_core.io.digits import counted
from idc_core.io.intervals import decimals, interval
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval, PatientJackknife
from idc_core.records.raster import USUAL, Raster
from idc_core.runs import ledger
from idc_core.runs.looks import looks_at
from idc_core.runs.patient_counts import Counted, PatientCounts, by_patient
from idc_core.runs.requirement import AUC, SHARES, refuse_shares
from idc_core.runs.run import Run, judged, refuse_unlabelled


@dataclass(frozen=True, slots=True)
class Answer:
    """One requirement: the figure, what was asked of it, and the patches and patients it is of."""

    name: str
    found: Interval
    least: float
    of_lower_limit: bool
    patches: int
    patients: int
    raster: Raster = USUAL

    @property
    def compared(self) -> float:
        return self.found.low if self.of_lower_limit else self.found.value

    @property
    def met(self) -> bool:
        return self.compared >= self.least

    def line(self) -> str:
        """
        >>> Answer("roc_auc", Interval(0.9, 0.86, 0.93), 0.9, False, 320, 12).line()
        'met     ROC-AUC 0.900 [0.860–0.930], asked 0.9: the figure reaches it (320 patches of 12 \
patients)'
        >>> Answer("roc_auc", Interval(0.8996, 0.86, 0.93), 0.9, False, 320, 12).line()
        'MISSED  ROC-AUC 0.8996 [0.8600–0.9300], asked 0.9: the figure is below (320 patches of \
12 patients)'
        """
        found, write = self.found, decimals(self._digits())
        what = "the lower limit" if self.of_lower_limit else "the figure"
        metric = METRICS[self.name]
        positive = self.raster.positive
        kinds = (f"patches without {positive}", f"{positive} patches")
        kind = "patches" if len(metric.classes) > 1 else kinds[metric.classes[0]]
        met = "reaches it" if self.met else "is below"
        return (
            f"{'met     ' if self.met else 'MISSED  '}{metric.in_a_sentence} "
            f"{interval(found.value, found.low, found.high, write)}, "
            f"asked {self.least:g}: {what} {met} "
            f"({self.patches:,} {kind} of {counted(self.patients, 'patient')})"
        )

    def _digits(self) -> int:
        """As many as it takes for what is printed to say the same as what was compared."""
        for digits in range(3, 12):
            if (round(self.compared, digits) >= self.least) == self.met:
                return digits
        return 12


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answers, the threshold that rates are at and whether it was chosen, and the looks."""

    answers: tuple[Answer, ...]
    threshold: float
    chosen: bool
    split: str
    patients: int
    looks: str | None

    @property
    def met(self) -> bool:
        return all(answer.met for answer in self.answers)

    @property
    def where(self) -> str:
        """What the figures are of, as a line."""
        how = "the operating point" if self.chosen else "no operating point: none is needed"
        said = f"{self.split}, threshold {self.threshold:.4g} ({how})"
        if self.patients < FEW_PATIENTS:
            said += f"; only {self.patients} patients: the intervals themselves are unreliable"
        return said if self.looks is None else f"{said}; {self.looks}"


@dataclass(frozen=True, slots=True)
class Held:
    """The labelled patches of a split, counted by patient, and the area that they reach."""

    patients: Counted
    roc_auc: Callable[[], Interval]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Patches without and with IDC a patient, (patients, 2)."""
        own = [np.diff(each.starts) for each in (self.patients.others, self.patients.idc)]
        return np.stack(own, axis=1)


def in_memory(run: Run, split: str) -> Held:
    """Of predictions that are read whole; raises `Refusal` where the split has no patch."""
    known = judged(run, mapped(run, run.predictions()))
    rows = known[in_split(known, split)]
    if not len(rows):
        raise no_patches(run, split, sorted(splits_in(known)))
    patients = _sorted(run, rows)
    maker = PatientJackknife(len(patients))
    return Held(
        patients,
        lambda: maker.of_roc_auc_scores(patients.owner, patients.labels, patients.scores),
    )


def no_patches(run: Run, split: str, there: Sequence[str]) -> Refusal:
    """What is said where the split that is asked for has no labelled patch."""
    return Refusal(
        f"expected patches of the {split} split in {run.name}: it has "
        f"{', '.join(there) or 'none'}. Name the split with --split."
    )


def accept(
    run: Run,
    least: Mapping[str, float],
    *,
    split: str = "validation",
    lower_limit: bool = False,
    hold: Callable[[Run, str], Held] = in_memory,
) -> Acceptance:
    """Hold a run's figures on one split, which `hold` gives, against the least that is asked of
    each.

    `least`: share by name (`sensitivity`, `specificity`, `roc_auc`). Reading test is a look at it
    and is written down as one. Raises `Refusal` for a share outside 0 to 1, where a figure or its
    interval is not defined, where a rate is asked for without an operating point, and where the
    run's files are not as they were sealed or its ledger does not hold.
    """
    refuse_shares(least)
    refuse_unlabelled(run)
    broken = [*seal_check.seal_of(run), *seal_check.ledger_of(run)]
    if broken:
        raise Refusal(
            f"expected {run.name} as it was sealed: {broken[0]} "
            f"More: python train_cli.py verify --run {run.name}."
        )
    point = run.operating_point()
    if point is None and set(least) & set(SHARES):
        raise Refusal(
            f"expected an operating point of {run.name} to evaluate it at: there is none. Choose "
            f"one (python train_cli.py evaluate --run {run.name}), or ask for --min-auc only."
        )
    threshold = UNCHOSEN if point is None else point.threshold
    held = hold(run, split)
    answers = tuple(
        _answer(name, share, held, threshold, split, lower_limit, run.info.raster)
        for name, share in least.items()
    )
    looks = None
    if holds_test(split):
        ledger.look(run, threshold)
        looks = looks_at(run).words()
    return Acceptance(answers, threshold, point is not None, split, len(held.patients), looks)


def _sorted(run: Run, rows: pd.DataFrame) -> PatientCounts:
    try:
        return by_patient(rows)
    except ValueError as wrong:
        raise Refusal(f"the predictions of {run.name} cannot be evaluated: {wrong}") from None


def _answer(
    name: str,
    least: float,
    held: Held,
    threshold: float,
    split: str,
    lower: bool,
    raster: Raster,
) -> Answer:
    patients, metric = held.patients, METRICS[name]
    if name == AUC:
        found = held.roc_auc()
    else:
        rates = PatientJackknife(len(patients)).of_rates(patients.at(threshold), (name,))
        found = rates[name]
    needed = found.low if lower else found.value
    if not np.isfinite(needed):
        what = "its interval" if np.isfinite(found.value) else "it"
        others, idc = held.counts.sum(axis=0).tolist()
        raise Refusal(
            f"expected {metric.in_a_sentence} to be defined on {split}: {what} is not, with "
            f"{idc:,} patches with {raster.positive}, {others:,} without and "
            f"{counted(len(patients), 'patient')}."
        )
    own = held.counts[:, list(metric.classes)].sum(axis=1)
    return Answer(name, found, least, lower, int(own.sum()), int((own > 0).sum()), raster)
