"""Where patches lie among each other, worked out once a split."""

from pathlib import Path

import streamlit as st

from dashboard import loaders
from dashboard.loaders import Stamp, stamp
from idc_core.runs import Run, open_run
from idc_core.spatial.borders import Places, whole_of
from idc_core.spatial.borders import places as _find


def places(run: Run, split: str) -> Places | None:
    """Where each row of `loaders.scores` lies; None where the split holds no patch."""
    file = run.path / "predictions.parquet"
    return _places(str(run.path), split, _store_known(run), stamp(file))


def whole_patients(run: Run, split: str) -> frozenset[str]:
    """The split's patients whose tissue is whole: as the store says, or as their patches look."""
    file = run.path / "predictions.parquet"
    return _whole(str(run.path), split, _store_known(run), stamp(file))


def _store_known(run: Run) -> bool:
    return loaders.store_of(run) is not None


@st.cache_resource(max_entries=12, show_spinner=False)
def _whole(path: str, split: str, store: bool, stamp: Stamp) -> frozenset[str]:
    run = open_run(Path(path))
    found = loaders.scores(run, split)
    if found is None:
        return frozenset()
    known = loaders.whole_patients(run) if store else None
    return whole_of(found.rows, known) & frozenset(found.names)


@st.cache_resource(max_entries=6, show_spinner="Looking at the neighbours …")
def _places(path: str, split: str, store: bool, stamp: Stamp) -> Places | None:
    run = open_run(Path(path))
    found = loaders.scores(run, split)
    return None if found is None else _find(found.rows, whole_patients(run, split))
