"""Which subgroup is shown, and how; all of it stands in the address."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard.charts.theme import plain
from idc_core.evaluate.slices.table import COMPARED_BY, Slice
from idc_core.metrics.catalogue import METRICS
from idc_core.records.raster import Raster

_COMPARED = (
    "Balanced accuracy weighs missed IDC and false alarms equally; ROC-AUC needs no threshold. F1 "
    "rises with the share of IDC, so no subgroup is named weakest by it."
)


def errors_of(raster: Raster) -> dict[str, str]:
    """Which errors can be shown."""
    return {"fn": raster.say("Missed IDC", plain), "fp": "False alarms"}


def metric(default: str, raster: Raster) -> str:
    """The metric by which subgroups are compared."""
    return _segmented(
        "Compare by",
        "metric",
        COMPARED_BY,
        default,
        lambda name: METRICS[name].title,
        help=raster.say(_COMPARED, plain),
    )


def errors(raster: Raster) -> str:
    """Missed IDC or false alarms of the subgroup."""
    words = errors_of(raster)
    return _segmented("Show", "errors", tuple(words), "fn", words.__getitem__)


def slice_of(slices: Sequence[Slice], default: str | None) -> Slice:
    """Which subgroup is open: the address's, else `default`, else the one judged lowest."""
    by_key = {each.key: each for each in slices}
    lowest = min(slices, key=lambda each: np.nan_to_num(each.figure.value, nan=2)).key
    asked = kept("slice", default or lowest)
    value = asked if asked in by_key else default or lowest
    st.session_state["slice_open"] = value

    def chosen() -> None:
        keep("slice", st.session_state["slice_open"])

    st.selectbox(
        "Open a subgroup",
        list(by_key),
        key="slice_open",
        on_change=chosen,
        format_func=lambda key: f"{by_key[key].title}: {by_key[key].label}",
        help="Or click a row of the chart.",
    )
    return by_key[value]


def two(titles: dict[str, str]) -> tuple[str, str]:
    """Names of the two attributes to be combined, which differ."""
    left, right = st.columns(2)
    names = list(titles)
    with left:
        one = _select("In rows", "rows", names, titles, names[0])
    others = [name for name in names if name != one]
    with right:
        # Stain explains most missed IDC; where nothing was measured, any attribute serves.
        default = "haematoxylin" if "haematoxylin" in others else others[-1]
        return one, _select("In columns", "columns", others, titles, default)


def kept(name: str, default: str) -> str:
    """What the address says, else what was chosen before the page was left."""
    value = st.query_params.get(name)
    return str(st.session_state.get(f"slices_kept_{name}", default) if value is None else value)


def keep(name: str, value: str) -> None:
    """Write a choice into the address, and remember it for when the page is opened again."""
    st.session_state[f"slices_kept_{name}"] = value
    st.query_params[name] = value


def _segmented(
    label: str,
    name: str,
    options: Sequence[str],
    default: str,
    words: Callable[[str], str],
    *,
    help: str | None = None,
) -> str:
    asked, key = kept(name, default), f"slices_{name}"
    value = asked if asked in options else default
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(options),
        key=key,
        required=True,
        format_func=words,
        on_change=lambda: keep(name, st.session_state[key]),
        help=help,
    )
    return value


def _select(label: str, name: str, options: list[str], words: dict[str, str], default: str) -> str:
    asked, key = kept(name, default), f"slices_{name}"
    value = asked if asked in options else default
    st.session_state[key] = value
    st.selectbox(
        label,
        options,
        key=key,
        format_func=words.__getitem__,
        on_change=lambda: keep(name, st.session_state[key]),
    )
    return value
