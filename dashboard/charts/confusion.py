"""The 2×2 matrix: counts big, rates small, axes in words, every cell clickable."""

import altair as alt
import pandas as pd

from dashboard.charts.theme import COLOURS, LETTERS, OUTCOMES, WORDS, finished, many
from idc_core.metrics.confusion import Confusion

SELECTION = "cell"
CALLS = ("called IDC", "left alone")
LABELS = ("label IDC", "label no IDC")
_PLACES = {"tp": (0, 0), "fn": (0, 1), "fp": (1, 0), "tn": (1, 1)}


def matrix_table(counts: Confusion, share: str = "row") -> pd.DataFrame:
    """One row a cell: `outcome`, `label`, `call`, `count`, `share` (of its row or column), words."""
    values = {"tp": counts.tp, "fn": counts.fn, "fp": counts.fp, "tn": counts.tn}
    rows = []
    for outcome in OUTCOMES:
        row, column = _PLACES[outcome]
        same_row = [o for o in OUTCOMES if _PLACES[o][0] == row]
        same_column = [o for o in OUTCOMES if _PLACES[o][1] == column]
        whole = sum(values[o] for o in (same_row if share == "row" else same_column))
        part = values[outcome] / whole if whole else float("nan")
        of = LABELS[row].removeprefix("label ") if share == "row" else CALLS[column]
        rows.append(
            {
                "outcome": outcome,
                "label": LABELS[row],
                "call": CALLS[column],
                "count": values[outcome],
                "share": part,
                "said": many(values[outcome]),
                "named": f"{LETTERS[outcome]} · {WORDS[outcome]}",
                "of": f"{100 * part:.1f} % of {of}" if whole else f"– (no patch: {of})",
            }
        )
    return pd.DataFrame(rows)


def matrix_chart(table: pd.DataFrame, picked: str | None = None) -> alt.LayerChart:
    """Draw the table; clicking a cell selects its `outcome`."""
    cell = alt.selection_point(name=SELECTION, fields=["outcome"], empty=False)
    base = alt.Chart(table).encode(
        x=alt.X("call:N", sort=list(CALLS), title="model", axis=alt.Axis(
            orient="top", labelAngle=0, domain=False, ticks=False, labelFontSize=13)),
        y=alt.Y("label:N", sort=list(LABELS), title=None, axis=alt.Axis(
            domain=False, ticks=False, labelFontSize=13)),
    )  # fmt: skip
    scale = alt.Scale(domain=list(OUTCOMES), range=[COLOURS[outcome] for outcome in OUTCOMES])
    square = base.mark_rect(cornerRadius=8, stroke="#FFFFFF", strokeWidth=4, cursor="pointer").encode(
        color=alt.Color("outcome:N", scale=scale, legend=None),
        opacity=alt.condition(f"datum.outcome == '{picked}'", alt.value(0.62), alt.value(0.26)),
        tooltip=[alt.Tooltip("named:N", title="outcome"), alt.Tooltip("said:N", title="patches"),
                 alt.Tooltip("of:N", title="share")],
    ).add_params(cell)  # fmt: skip
    words = base.mark_text(dy=-34, fontSize=13).encode(text="named:N")
    count = base.mark_text(fontSize=28, fontWeight="bold").encode(text="said:N")
    share = base.mark_text(dy=30, fontSize=13).encode(text="of:N")
    return finished(square + words + count + share, height=330)  # type: ignore[return-value]
