"""How patches lie next to each other, computed once per split."""

from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.cache import predictions, stores
from dashboard.cache.stamps import Stamp, stamp
from idc_core.evaluate import recalibration
from idc_core.evaluate.spatial import regions
from idc_core.evaluate.spatial.borders import Places, whole_of
from idc_core.evaluate.spatial.borders import places as _find
from idc_core.evaluate.spatial.effect import Smoothed, effect_of
from idc_core.metrics.froc import Froc
from idc_core.metrics.operating_point import DEFAULT_RULE
from idc_core.runs.ledger import newest_rule
from idc_core.runs.run import Run, open_run

STEPS = 120


def places(run: Run, split: str) -> Places | None:
    """Where each row of `predictions.scores` lies; None where the split holds no patch."""
    file = run.scores_file
    return _places(str(run.path), split, _store_known(run), stamp(file))


def whole_patients(run: Run, split: str) -> frozenset[str]:
    """The split's patients whose tissue is whole: as the store says, or as their patches look.

    Nobody's is where outlines that came later do not say all that is positive: what they leave out
    is unknown, so that the labelled patches are a sample (as in a store that was cut with them)."""
    file = run.scores_file
    return _whole(str(run.path), split, _store_known(run), stamp(file))


def _store_known(run: Run) -> bool:
    return stores.store_of(run) is not None


@st.cache_resource(max_entries=12, show_spinner=False)
def _whole(path: str, split: str, store: bool, stamp: Stamp) -> frozenset[str]:
    run = open_run(Path(path))
    found = predictions.scores(run, split)
    if found is None or run.info.sampled_labels:
        return frozenset()
    known = stores.whole_patients(run) if store else None
    return whole_of(found.rows, known, run.info.raster.stride_px) & frozenset(found.names)


@st.cache_resource(max_entries=6, show_spinner="Finding the neighbours of each patch …")
def _places(path: str, split: str, store: bool, stamp: Stamp) -> Places | None:
    run = open_run(Path(path))
    found = predictions.scores(run, split)
    if found is None:
        return None
    return _find(found.rows, whole_patients(run, split), run.info.raster.stride_px)


def froc(run: Run, split: str, hit: float) -> Froc:
    """Lesion sensitivity against false positives, at `STEPS` thresholds."""
    file = stamp(run.scores_file)
    return _froc(str(run.path), split, hit, run.calibration_id(), _store_known(run), file)


@st.cache_resource(max_entries=12, show_spinner="Computing the FROC curve …")
def _froc(
    path: str, split: str, hit: float, calibration: str | None, store: bool, stamp: Stamp
) -> Froc:
    run = open_run(Path(path))
    found, where = predictions.scores(run, split), places(run, split)
    assert found is not None
    assert where is not None
    score = found.rows["score"].to_numpy()[where.whole]
    # Thresholds follow the scores: evenly spaced ones would skip most of them.
    steps = np.unique(np.quantile(score, np.linspace(0, 1, STEPS))) if len(score) else [0.5]
    return regions.froc(found.rows, where, steps, hit)


def smoothing(run: Run, split: str) -> Smoothed | None:
    """What smoothing would change on a split; None where validation has no whole slide to choose
    its strength on, or the split has none."""
    file = stamp(run.scores_file)
    return _smoothing(str(run.path), split, run.calibration_id(), _store_known(run), file)


@st.cache_resource(max_entries=8, show_spinner="Smoothing the scores …")
def _smoothing(
    path: str, split: str, calibration: str | None, store: bool, stamp: Stamp
) -> Smoothed | None:
    run = open_run(Path(path))
    parts = []
    for name in ("validation", split):
        # Without a smoothing that was applied already: that is what is evaluated here.
        found, where = predictions.scores(run, name, raw=True), places(run, name)
        if found is None or where is None or not where.whole.any():
            return None
        kept = np.flatnonzero(where.whole)
        rows = recalibration.mapped(run, found.rows, smooth=False)
        parts.append((rows.iloc[kept], where.part(kept)))
    if parts[0][0]["label"].nunique() < 2:
        return None
    return effect_of(*parts[0], *parts[1], rule=newest_rule(run, otherwise=DEFAULT_RULE))
