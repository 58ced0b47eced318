"""What lies around the patches of a gallery on their slides, for the one that is pointed at."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.cache import stores
from dashboard.cache.surroundings import has_slide
from dashboard.state.slide_address import DEFAULT_FIELD, FIELDS, field_of
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore


def of(rows: pd.DataFrame, store: PatchStore | None) -> list[str] | None:
    """Where the browser finds the field around each of `rows`; None where a slide is not there."""
    if store is None or SLIDE not in rows or not len(rows):
        return None
    if not all(has_slide(store, str(name)) for name in rows[SLIDE].unique()):
        return None
    known = stores.slides_in(store)
    places = zip(rows[SLIDE].astype(str), rows["x"].astype(int), rows["y"].astype(int), strict=True)
    # Relative to the page, which a proxy may serve under a path of its own.
    return [
        field_of(store.path.name, known[name].number, (x, y), _um()).removeprefix("/")
        for name, x, y in places
    ]


def said(around: Sequence[str] | None) -> str:
    """What the caption says of it."""
    return "" if around is None else f" Point at one to see {FIELDS[_um()]} of its slide."


def _um() -> int:
    return int(st.session_state.get("field_um", DEFAULT_FIELD))
