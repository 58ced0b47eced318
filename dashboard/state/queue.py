"""The queue of long work of this server; `train_cli.py worker` works it off."""

from pathlib import Path

import streamlit as st

from idc_core.io.paths import jobs_root
from idc_core.jobs.queue import Queue


def queue() -> Queue:
    """The queue; where nothing was asked of it yet, looking at it makes no file."""
    return _queue(str(jobs_root()))


@st.cache_resource(max_entries=4, show_spinner=False)
def _queue(root: str) -> Queue:
    return Queue(Path(root))
