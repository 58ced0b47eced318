"""How well the methods agree on one patch."""

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.widgets import export, figure
from idc_core.interpret.explain.agreement import COMMON, agreement
from idc_core.interpret.explain.evidence import Evidence


def show(maps: Sequence[Evidence]) -> None:
    """Draw the rank correlation of every pair below a sentence that sums them up."""
    found = agreement([each.signed for each in maps])
    names = [each.method for each in maps]
    st.markdown(f"**{sentence(found)}**")
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(map(_cell, values))}</tr>"
        for name, values in zip(names, found, strict=True)
    )
    st.html(f'<table class="idc-agreement"><tr><td></td>{head}</tr>{rows}</table>')
    st.html(
        '<div class="idc-caption">Spearman rank correlation of the signed maps (evidence for minus '
        f"against) on {COMMON} × {COMMON} cells. 1: same ranking of positions, 0: unrelated.</div>"
    )
    figure.download(
        pd.DataFrame(found, names, names).reset_index(), key="agreement", of=export.ONE_PATCH
    )


def sentence(found: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> str:
    """The result in one line.

    >>> sentence(np.array([[1.0, 0.8], [0.8, 1.0]]))
    'The methods agree: every correlation is at least 0.80.'
    """
    pairs = found[np.triu_indices(len(found), 1)]
    known = pairs[np.isfinite(pairs)]
    if not len(known):
        return "Nothing to compare: all maps but one are flat."
    low, high = float(known.min()), float(known.max())
    if low >= 0.6:
        return f"The methods agree: every correlation is at least {low:.2f}."
    if high < 0.6:
        return (
            f"The methods disagree: no correlation exceeds {high:.2f}. Rely on none of them alone."
        )
    return f"The methods agree in part: correlations from {low:.2f} to {high:.2f}."


def _cell(value: float) -> str:
    if not np.isfinite(value):
        return '<td title="one of the two maps is flat">–</td>'
    strength = round(100 * max(value, 0.0) * 0.4)
    return (
        f'<td style="background: color-mix(in srgb, var(--idc-accent, #157F9D) {strength}%, '
        f'transparent)">{value:.2f}</td>'.replace("-", "−", 0)
    )
