"""What a page of the list of patients says at every threshold, for the browser."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.cache import threshold_table
from dashboard.cache.predictions import SplitScores
from dashboard.state import static_files, streamlit_inside
from dashboard.views.patients.worklist import have_verdict
from dashboard.widgets.live import OwnTable
from idc_core.runs.run import Run
from idc_core.threshold_table import of_rows
from idc_core.threshold_table.of_rows import Row


def told(
    run: Run, found: SplitScores, rows: pd.DataFrame, standing: pd.DataFrame
) -> OwnTable | None:
    """The table of a page's `rows` of a `worklist`; None without a browser."""
    if not streamlit_inside.is_served() or rows.empty:
        return None
    split = str(found.rows["split"].iloc[0])
    scores = threshold_table.identity_of(run, split)
    names = rows["patient"].astype(str).tolist()
    read = dict(list(standing[standing["patient"].isin(names)].groupby("patient")))
    every = [_row(found, name, read.get(name), whole=tissue == "whole")
             for name, tissue in zip(names, rows["tissue"], strict=True)]  # fmt: skip
    read_of = [(name, row.has_verdict.tobytes().hex(), row.whole)
               for name, row in zip(names, every, strict=True)]  # fmt: skip
    of = hashlib.sha256(repr((scores, read_of)).encode()).hexdigest()
    content = _content(of, every, found)
    return OwnTable(static_files.address(content, "application/gzip", "live_rows"), of)


def _row(found: SplitScores, name: str, read: pd.DataFrame | None, *, whole: bool) -> Row:
    patches = found.of(name)
    labels, scores = patches["label"].to_numpy(), patches["score"].to_numpy(np.float64)
    has_verdict: npt.NDArray[np.bool_] = (
        np.zeros(len(patches), bool) if read is None else have_verdict(patches, read)
    )
    return Row(labels, scores, has_verdict, whole)


@st.cache_resource(max_entries=64, show_spinner=False)
def _content(of: str, _rows: list[Row], _found: SplitScores) -> bytes:
    return of_rows.encoded(_rows, of, _found.grid)
