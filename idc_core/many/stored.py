"""What is kept of a split whose predictions are too many for memory, and what it answers.

A folder in the run's `analysis/`, named by what it is of; it takes its name when it is whole.

| file | what |
|---|---|
| `positive`, `negative` | the scores of the patches with and without IDC, rising |
| `idc`, `others` | the same patient after patient, rising within each |
| `patients.parquet` | a row per patient: name, patches, the sums behind areas and intervals |
| `cells.npy` | patches, IDC patches and summed scores, (3, patients, bins of equal width) |
| `bins_width.parquet`, `bins_counts.parquet`, `fitted.npy` | calibration (`many.calibrated`) |
| `pairs.npy` | pairs won and lost, (2, strata of the other patient, patients) |
| `decision.parquet` | the decision curve |
| `bands.json` | 95 % bands of the curves, over patients |
| `facts.json` | format, identity, precision of the scores, patches without a label |

Scores are looked up in the files: a page reads what it asks for.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.io import record
from idc_core.io.files import parquet_columns, read_parquet
from idc_core.io.mapped import mapped
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.metrics.areas import LeftOut, Numbers, of_pairs
from idc_core.metrics.bands import Band
from idc_core.metrics.calibration import calibration_error
from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import UNIT, Interval
from idc_core.metrics.sorted_scores import Segments, Sorted, below
from idc_core.metrics.uncertainty import PatientJackknife, area_interval
from idc_core.runs.patient_counts import Counted
from idc_core.runs.run import Run

SUMS = ("patient", "idc", "others", "won", "lost", "within", "left", "squared", "scores")
DECISION = "decision.parquet"
SCORES = ("positive", "negative", "idc", "others")


class Facts(Record, frozen=True, kw_only=True):
    """`of`: digest of what it was made of. `kind`: numbers of the scores, as NumPy writes them.
    `precision`: average precision."""

    newest: ClassVar[int] = 1

    of: str
    kind: Literal["<f4", "<f8"]
    patches: int
    unlabelled: int
    precision: float | None = None


class KeptBand(Record, frozen=True, kw_only=True):
    """A band; null where it is not defined."""

    across: list[float]
    low: list[float | None]
    high: list[float | None]

    def band(self) -> Band:
        """As `metrics.bands` gave it."""
        return Band(*(np.array(each, np.float64) for each in (self.across, self.low, self.high)))


class KeptBands(Record, frozen=True, kw_only=True):
    """`bands.json`: of sensitivity across false alarms, and of precision across sensitivity."""

    roc: KeptBand
    pr: KeptBand


def kept_band(band: Band) -> KeptBand:
    """As it is written."""
    low, high = (
        [float(end) if np.isfinite(end) else None for end in ends] for ends in (band.low, band.high)
    )
    return KeptBand(across=band.across.tolist(), low=low, high=high)


@dataclass(frozen=True, slots=True)
class CountedOnce(Counted):
    """The same counts, kept for the threshold that was asked for last: several parts of a page ask
    for them, and of 100,000 patients each answer takes a tenth of a second."""

    last: list[tuple[float, npt.NDArray[np.int64]]] = field(
        default_factory=list, compare=False, repr=False
    )

    def at(self, threshold: float) -> npt.NDArray[np.int64]:
        """Counts a patient, shape (patients, 4): tn, fp, fn, tp; to be read only."""
        for known, counts in self.last:
            if known == threshold:
                return counts
        counts = Counted.at(self, threshold)
        counts.setflags(write=False)
        self.last[:] = [(threshold, counts)]
        return counts


@dataclass(frozen=True)
class Stored:
    """A split's scores and sums, opened from `folder`."""

    folder: Path
    facts: Facts
    ranked: Ranked
    counted: Counted
    sums: dict[str, Numbers]
    cells: Numbers
    pairs: Numbers
    bands: KeptBands | None

    @property
    def jackknife(self) -> PatientJackknife:
        """For its patients."""
        return PatientJackknife(len(self.counted))

    @property
    def has_both_classes(self) -> bool:
        """Whether some of its patches have IDC and some have not."""
        return bool(len(self.ranked.positive) and len(self.ranked.negative))

    @property
    def only_calls(self) -> bool:
        """Whether every score is 0 or 1."""
        both = [scores for scores in (self.ranked.positive, self.ranked.negative) if len(scores)]
        return bool(both) and all(map(_are_calls, both))

    @cached_property
    def decision(self) -> pd.DataFrame:
        """The decision curve: `evaluate.decision`."""
        return read_parquet(self.folder / DECISION)

    @cached_property
    def roc_auc(self) -> LeftOut:
        """Exact, and without each patient."""
        own = (self.sums[name] for name in ("won", "lost", "within", "idc", "others"))
        return of_pairs(*own)

    @cached_property
    def average_precision(self) -> LeftOut:
        """Exact; without each patient as `metrics.areas` has it."""
        value = self.facts.precision
        return LeftOut(np.nan if value is None else value, self.sums["left"])

    @cached_property
    def aucs(self) -> Numbers:
        """ROC-AUC within each patient; `nan` where a patient has one class only."""
        found: Numbers = ratio(self.sums["within"], self.sums["idc"] * self.sums["others"])
        return found

    def of_scores(self) -> dict[str, Interval]:
        """The figures that need scores and no threshold, by their keys in the catalogue."""
        idc, others = self.sums["idc"], self.sums["others"]
        squared = np.stack([idc + others, self.sums["squared"]], axis=1)
        error = float(calibration_error(*self.cells.sum(axis=1)))
        return {
            "roc_auc": area_interval(self.roc_auc, idc, others),
            "pr_auc": area_interval(self.average_precision, idc),
            "brier": self.jackknife.of_sums(
                lambda left: ratio(left[:, 1], left[:, 0]), squared, UNIT
            ),
            "ece": Interval(error, np.nan, np.nan),
        }


def folder_of(run: Run, split: str, of: str) -> Path:
    """Where the sums with this identity are kept."""
    return run.path / "analysis" / f"scores_v2_{split}_{of[:12]}"


def open_stored(folder: Path, of: str, *, has_bands: bool = True) -> Stored:
    """What is kept in `folder`; `has_bands`: not while it is made.

    Raises `Refusal` where it is not whole, or of something else.
    """
    facts = record.read(Facts, folder / "facts.json", _AGAIN)
    if facts.of != of:
        raise Refusal(f"expected the sums of {of[:12]} in {folder}: they are of others. {_AGAIN}")
    missing = [name for name in SUMS if name not in parquet_columns(folder / "patients.parquet")]
    if missing:
        raise Refusal(f"expected {', '.join(missing)} in {folder / 'patients.parquet'}. {_AGAIN}")
    table = read_parquet(folder / "patients.parquet", [*SUMS])
    sums = {name: table[name].to_numpy(np.float64) for name in SUMS[1:]}
    try:
        scores = {name: mapped(folder / name, facts.kind) for name in SCORES}
        cells, pairs = (np.load(folder / name) for name in ("cells.npy", "pairs.npy"))
    except (OSError, ValueError) as broken:
        raise Refusal(f"expected whole scores in {folder}: {broken}. {_AGAIN}") from None
    starts = {name: _starts(sums[name]) for name in ("idc", "others")}
    whole = {"positive": starts["idc"][-1], "negative": starts["others"][-1]}
    whole |= {name: own[-1] for name, own in starts.items()}
    short = [name for name, many in whole.items() if len(scores[name]) != many]
    if short:
        raise Refusal(f"expected {whole[short[0]]:,} scores in {folder / short[0]}. {_AGAIN}")
    drawn = record.read(KeptBands, folder / "bands.json") if has_bands else None
    names = table["patient"].to_numpy(object)
    idc, others = (Segments(scores[name], starts[name]) for name in ("idc", "others"))
    counted = CountedOnce(names, idc, others)
    ranked = _ranked(facts, scores, sums)
    return Stored(folder, facts, ranked, counted, sums, cells, pairs, drawn)


def _ranked(
    facts: Facts, scores: dict[str, npt.NDArray[np.floating]], sums: dict[str, Numbers]
) -> Ranked:
    own = (sums[each] for each in ("won", "lost", "within", "idc", "others"))
    roc = float(of_pairs(*own).value)
    precision = np.nan if facts.precision is None else facts.precision
    return Ranked.of_sorted(scores["positive"], scores["negative"], (roc, precision))


def _are_calls(scores: Sorted) -> bool:
    # By `below`: NumPy's search for a number of another precision copies all scores.
    under_one, none = below(scores, [1.0, np.nextafter(0.0, 1.0)]).tolist()
    return bool(under_one == none and scores[0] >= 0)


def _starts(counts: Numbers) -> npt.NDArray[np.int64]:
    return np.append(0, np.cumsum(counts)).astype(np.int64)


_AGAIN = "Make it again: python train_cli.py evaluate --run NAME."
