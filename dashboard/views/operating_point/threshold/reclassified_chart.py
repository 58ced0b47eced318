"""Reclassified patches per patient."""

from functools import cache

import altair as alt
import pandas as pd

from dashboard.charts.template import Spec, filled, source, template
from dashboard.charts.theme import COLOURS, QUIET
from idc_core.facts import names

MOST = 12
_WORDS = ["becomes correct", "becomes wrong"]


def patients_chart(table: pd.DataFrame) -> Spec:
    """Patches that become correct, to the right, and wrong, to the left, of the first patients.

    The picture can be saved, so patients are named as in exports.
    """
    some = table.head(MOST)
    named = some["patient"].astype(str).map(names.shown)
    bars = pd.concat(
        [
            pd.DataFrame({"patient": named, "what": what, "n": count, "signed": signed})
            for what, count, signed in (
                (_WORDS[0], some["better"], some["better"]),
                (_WORDS[1], some["worse"], -some["worse"]),
            )
        ],
        ignore_index=True,
    )
    return filled(_patients(len(some)), bars=bars[bars["n"] > 0])


@cache
def _patients(rows: int) -> Spec:
    bars = (
        alt.Chart(source("bars"))
        .mark_bar()
        .encode(
            x=alt.X(
                "signed:Q",
                title="now wrong  ←  patches  →  now correct",
                axis=alt.Axis(labelExpr="format(abs(datum.value), ',')", tickMinStep=1),
            ),
            y=alt.Y("patient:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False)),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=_WORDS, range=[COLOURS["tp"], COLOURS["fn"]]),
            ),
            tooltip=["patient:N", "what:N", alt.Tooltip("n:Q", title="patches", format=",")],
        )
    )
    zero = alt.Chart(source("bars")).mark_rule(color=QUIET).encode(x=alt.datum(0))
    return template(bars + zero, height=max(60, 24 * rows + 10))
