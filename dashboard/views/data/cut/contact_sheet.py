"""What would be cut of each slide: its picture, its counts, what alarms."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, plain
from idc_core.cut.sheet import Sheet
from idc_core.records.cut_slides import Refused

MOST_PICTURES = 24
_COUNTS = ("positive", "negative", "undecided", "unknown", "excluded")


def show(sheets: Sequence[Sheet | Refused]) -> None:
    """Draw slides that alarm first, then the others; refused ones in a table."""
    seen = [each for each in sheets if isinstance(each, Sheet)]
    refused = [each for each in sheets if isinstance(each, Refused)]
    st.dataframe(_counts(seen), hide_index=True, key="cut_counts")
    if refused:
        st.warning(f"{counted(len(refused), 'slide')} cannot be cut:")
        table = pd.DataFrame([(each.slide, each.why) for each in refused], columns=["slide", "why"])
        st.dataframe(table, hide_index=True, key="cut_refused_slides")
    st.caption(
        "Solid outlines are what was drawn; filled marks are squares that are taken (orange "
        "positive, blue negative), empty ones are left out (black undecided, white unknown, grey "
        "excluded)."
    )
    ordered = sorted(seen, key=lambda each: not each.done.alarms)
    columns = st.columns(3)
    for at, each in enumerate(ordered[:MOST_PICTURES]):
        with columns[at % 3]:
            st.image(each.picture, caption=each.done.slide, alt=_said(each))
            for alarm in each.done.alarms:
                st.warning(plain(alarm))
    if len(ordered) > MOST_PICTURES:
        st.caption(f"{len(ordered) - MOST_PICTURES:,} more slides are in the table only.")


def _counts(seen: Sequence[Sheet]) -> pd.DataFrame:
    rows = [
        {"slide": each.done.slide, "patient": each.done.patient}
        | {name: getattr(each.done, name) for name in _COUNTS}
        | {"alarms": len(each.done.alarms)}
        for each in seen
    ]
    return pd.DataFrame(rows, columns=["slide", "patient", *_COUNTS, "alarms"])


def _said(each: Sheet) -> str:
    counts = ", ".join(f"{getattr(each.done, name):,} {name}" for name in _COUNTS)
    return f"Slide {each.done.slide}: {counts} squares"
