"""Ten fields of a slide to review first."""

from hashlib import sha256

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import sheets
from dashboard.charts import strip
from dashboard.state import selection
from dashboard.widgets import chart_key, figure, unlabelled_queue
from dashboard.widgets.outcomes import with_outcome
from idc_core.data.hot_fields import strongest_fields
from idc_core.data.places import SLIDE, place_of
from idc_core.data.stores.store import PatchStore
from idc_core.io.digits import counted
from idc_core.records.raster import USUAL, Raster

KINDS = {
    "disagreement": "where model and label disagree most",
    "score": "with the highest scores",
}
Place = tuple[int, int]


def choose(rows: pd.DataFrame, threshold: float, stride: int = USUAL.stride_px) -> pd.DataFrame:
    """The centre patches of the fields asked for, on a grid of `stride` pixels, strongest
    first, with `outcome`; of a slide without labels those with the highest scores."""
    if unlabelled_queue.is_of(rows):
        return unlabelled_queue.fields(rows)
    named = with_outcome(rows.drop(columns="field", errors="ignore"), threshold)
    score = named["score"].to_numpy(np.float64)
    if kind() == "score":
        weight = score
    else:
        weight = np.where(named["outcome"].isin(["fn", "fp"]), np.abs(score - threshold), 0.0)
    at = strongest_fields(named["x"], named["y"], weight, strip.MOST, stride)
    return named.iloc[at]


def kind() -> str:
    """Which fields are asked for; the control stands below the slide, where the strip is."""
    return str(st.session_state.get("strip_kind_kept", next(iter(KINDS))))


def show(
    fields: pd.DataFrame,
    store: PatchStore | None,
    place: Place | None,
    raster: Raster,
    *,
    excluded: int = 0,
) -> None:
    """Draw the strip of `choose`; a click opens the centre patch of a field. `excluded`: patches
    that were left out, as they lie in excluded regions."""
    unlabelled = "field" in fields
    if unlabelled:
        st.markdown("**Fields to review first**")
    else:
        _control()
    if fields.empty:
        where = "outside the excluded regions" if excluded else "everywhere in this patient"
        st.caption(
            "No patch of this slide has a score above 0."
            if unlabelled
            else f"Model and label agree {where} at this threshold."
        )
        return
    words = KINDS["score" if unlabelled else kind()]
    # The key becomes part of a file's name, which a patient's name must not.
    whose = " ".join(map(str, fields[place_of(fields)[:-2]].iloc[0]))
    name = f"strip_{sha256(whose.encode()).hexdigest()[:8]}"
    key = chart_key.key(name, selection.current().patch)

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get(strip.SELECTION) or []
        if picked:
            patch = selection.patch_name(int(picked[0]["x"]), int(picked[0]["y"]))
            chart_key.chosen_here(name, patch)
            selection.change(patch=patch)

    address = None
    if store is not None:
        address = sheets.fields(store, _rows_of(fields), tuple(fields["outcome"]))
    figure.altair(
        strip.strip_chart(fields, address, place, raster),
        key=key,
        on_select=clicked,
        selection=strip.SELECTION,
        alt_text=f"{len(fields)} fields of 3 by 3 patches, the strongest first",
        caption=f"{len(fields)} fields of 3×3 patches, {words}; dashed on the slide. "
        "Fields are ranked by the sum over their nine patches; no two are adjacent."
        + (
            f" {counted(excluded, 'excluded patch', 'excluded patches')} left out." * (excluded > 0)
        ),
        table=fields.drop(columns="split"),
    )


def places(fields: pd.DataFrame) -> list[Place]:
    """Where the fields' centre patches lie."""
    return [(int(x), int(y)) for x, y in zip(fields["x"], fields["y"], strict=True)]


def _control() -> None:
    key = "strip_kind"
    st.session_state[key] = kind()

    def asked() -> None:
        st.session_state["strip_kind_kept"] = st.session_state[key]

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Fields to review first**", width="content")
        st.selectbox(
            "Which fields",
            list(KINDS),
            key=key,
            on_change=asked,
            format_func=KINDS.__getitem__,
            width=320,
            label_visibility="collapsed",
        )


def _rows_of(fields: pd.DataFrame) -> tuple[sheets.Centre, ...]:
    return tuple(
        (
            str(row["patient"]),
            str(row[SLIDE]) if SLIDE in row else None,
            int(row["x"]),
            int(row["y"]),
        )
        for row in fields.to_dict("records")
    )
