"""What the patient's header says at every threshold, for the browser."""

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
from idc_core.threshold_table import file, of_patient


def told(
    run: Run, split: str, found: SplitScores, rows: pd.DataFrame, standing: pd.DataFrame
) -> OwnTable | None:
    """The table of one patient's `rows`; None without a browser."""
    if not streamlit_inside.is_served():
        return None
    patient = str(rows["patient"].iloc[0])
    read = have_verdict(rows, standing[standing["patient"] == patient])
    made_of = (threshold_table.identity_of(run, split), patient, read.tobytes().hex())
    of = hashlib.sha256(repr(made_of).encode()).hexdigest()
    content = _content(of, found, rows, read)
    return OwnTable(static_files.address(content, "application/gzip", "live_patient"), of)


@st.cache_resource(max_entries=32, show_spinner=False)
def _content(
    of: str, _found: SplitScores, _rows: pd.DataFrame, _read: npt.NDArray[np.bool_]
) -> bytes:
    labels, scores = _rows["label"].to_numpy(), _rows["score"].to_numpy(np.float64)
    return file.encoded(of_patient.build(labels, scores, _read, of, _found.grid))
