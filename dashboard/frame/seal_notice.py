"""What does not fit together in the run on screen, and looks at its test patients elsewhere."""

from html import escape

import streamlit as st

from dashboard.cache import looks, runs
from dashboard.frame import seal_cache
from dashboard.state.selection import Selection
from idc_core.data.shown_splits import holds_test
from idc_core.io.refusal import Refusal, Unreachable

MOST = 4
"""Sentences said on the page; the command line says all."""


def show(chosen: Selection) -> None:
    """Draw a line for each; nothing where all fits or no run is open."""
    if chosen.run is None:
        return
    try:
        run = runs.run(chosen.run)
        said = seal_cache.contradictions(run)
        # Without labels nothing is looked at.
        judged = holds_test(chosen.split) and run.has_labels
        counted = looks.looks_in_all(run) if judged else None
    except Unreachable as away:  # no other threshold may pass for the locked one
        st.html(
            '<div class="idc-warn">The locked threshold and the looks at test are not known now: '
            f"{escape(str(away))}</div>"
        )
        return
    except Refusal:  # the page itself says what is wrong with the run
        return
    if len(said) > MOST:
        more = f"{len(said) - MOST} more: python train_cli.py verify --run {run.name}"
        said = [*said[:MOST], more]
    for sentence in said:
        st.html(f'<div class="idc-warn">{escape(sentence)}</div>')
    if counted is not None and counted.elsewhere:
        st.html(f'<div class="idc-caption">{escape(counted.words())}.</div>')
