"""What the eight cells say at every threshold that both models may have, for the browser."""

import hashlib

import streamlit as st

from dashboard.cache import predictions, threshold_table
from dashboard.state import static_files, streamlit_inside
from dashboard.views.compare.cache import Compared
from dashboard.views.compare.choice import Choice
from dashboard.widgets.live import OwnTable
from idc_core.runs.run import Run
from idc_core.threshold_table import file, of_pair


def told(choice: Choice, a: Run, b: Run, split: str, found: Compared) -> OwnTable | None:
    """The table of both runs; None where the bar's threshold is not that of both, or without a
    browser."""
    if choice.how != "bar" or not streamlit_inside.is_served():
        return None
    made_of = [threshold_table.identity_of(run, split) for run in (a, b)]
    of = hashlib.sha256(" ".join(made_of).encode()).hexdigest()
    content = _content(of, a, split, found)
    return OwnTable(static_files.address(content, "application/gzip", "live_pair"), of)


@st.cache_resource(max_entries=8, show_spinner=False)
def _content(of: str, _a: Run, _split: str, _found: Compared) -> bytes:
    scores = predictions.scores(_a, _split)
    assert scores is not None  # there is a comparison
    pair = _found.pair
    labels, raster = pair.a.labels, _a.info.raster
    table = of_pair.build(labels, pair.a.scores, pair.b.scores, raster, of, scores.grid)
    return file.encoded(table)
