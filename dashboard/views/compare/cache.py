"""Two runs joined patch by patch, once per pair of files; a threshold then only counts again."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import streamlit as st

from dashboard.cache import looks, predictions, runs, stamps
from dashboard.cache.predictions import CURVE_POINTS
from dashboard.cache.stamps import Stamp
from idc_core.data.shown_splits import holds_test
from idc_core.evaluate import compare
from idc_core.evaluate.compare import Pair
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Curve
from idc_core.metrics.paired import Paired
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.run import Run, list_runs, open_run
from idc_core.runs.score_parts import known_by


@dataclass(frozen=True)
class Compared:
    """The common patches of two runs in one split, and what needs no threshold."""

    pair: Pair
    jackknife: PatientJackknife

    @cached_property
    def of_scores(self) -> dict[str, Paired]:
        """`roc_auc` and `brier`."""
        return compare.of_scores(self.pair, self.jackknife)

    @cached_property
    def curves(self) -> tuple[Curve, Curve]:
        """Of A and of B, for drawing."""
        ranked = self.pair.ranked_a, self.pair.ranked_b
        of_a, of_b = (each.curve.thinned(CURVE_POINTS) for each in ranked)
        return of_a, of_b


def compared(a: Run, b: Run, split: str) -> Compared | None:
    """Both runs on their common patches of a split; None where either has none.

    Raises `Refusal` where there is no common patch.
    """
    if predictions.scores(a, split) is None or predictions.scores(b, split) is None:
        return None
    return _compared(_named(a), _named(b), split)


def others(run: Run) -> list[str]:
    """Names of the other runs that have predictions; those that share splits, and data, first."""
    root = models_root()
    names = [
        name for name in list_runs(root) if name != run.name and known_by(root / name).is_file()
    ]
    data, of_folds = _fingerprint(run), run.info.cross_validated is not None
    return sorted(
        names,
        key=lambda name: (
            _is_of_folds(name) != of_folds,
            data is None or _fingerprint_of(name) != data,
            name,
        ),
    )


def patients_by_split(run: Run) -> dict[str, frozenset[str]]:
    """The patients of each split of a run's predictions."""
    return _splits(str(run.path), stamps.stamp(run.scores_file))


def count_looks(split: str, thresholds: list[tuple[Run, float]]) -> None:
    """Count a look per run: each is shown at its threshold, and on test that is a look."""
    if not holds_test(split):
        return
    for run, threshold in thresholds:
        with suppress(Refusal):  # the bar or the run's own page reports a damaged list of looks
            looks.look(run, threshold)


_Named = tuple[str, str | None, Stamp]


def _named(run: Run) -> _Named:
    """What identifies the scores of a run: its folder, calibration and predictions."""
    file = stamps.stamp(run.scores_file)
    return str(run.path), run.calibration_id(), file


@st.cache_resource(max_entries=4, show_spinner="Matching the patches of both runs …")
def _compared(a: _Named, b: _Named, split: str) -> Compared:
    both = [open_run(Path(path)) for path, _, _ in (a, b)]
    found = [predictions.scores(run, split) for run in both]
    assert found[0] is not None
    assert found[1] is not None
    pair = compare.join(found[0].rows, found[1].rows, names=(both[0].name, both[1].name))
    if len(pair.patients) == len(found[0].patients):
        return Compared(pair, found[0].jackknife)
    return Compared(pair, PatientJackknife(len(pair.patients)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _splits(path: str, stamp: Stamp) -> dict[str, frozenset[str]]:
    return compare.patients_by_split(open_run(Path(path)).predictions(compact=True))


def _fingerprint_of(name: str) -> str | None:
    try:
        return _fingerprint(runs.run(name))
    except Refusal:
        return None


def _is_of_folds(name: str) -> bool:
    try:
        return runs.run(name).info.cross_validated is not None
    except Refusal:
        return False


def _fingerprint(run: Run) -> str | None:
    return run.info.fingerprint
