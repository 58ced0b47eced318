"""Which subgroup is weakest, first thing on the page, and how certain that is."""

import streamlit as st

from dashboard.cache import slices
from dashboard.charts.theme import plain
from idc_core.evaluate.slices import table
from idc_core.evaluate.slices.table import Slice
from idc_core.evaluate.slices.weakest import Weakest
from idc_core.records.raster import Raster


def show(worst: Weakest, overall: Slice, raster: Raster) -> None:
    """The sentence, and what comparing many subgroups does to it."""
    said = plain(slices.sentence(worst, overall.metric, raster))
    st.markdown(f"**{said}**{_means(worst.found, raster)}")
    st.html(f'<div class="idc-caption" style="margin-top:-.6rem">{looks(worst, overall)}</div>')


def looks(worst: Weakest, overall: Slice) -> str:
    """How many were compared, and how rarely one is named by chance."""
    if not worst.compared:
        return (
            f"A subgroup is compared if it has at least {table.FEW_PATIENTS} patients and "
            f"{table.FEW_PATCHES} patches of the class that counts, and other patches are left; "
            "here none has."
        )
    return (
        f"{worst.compared} subgroups were compared, each with all other patches of the split, and "
        "corrected for multiple comparisons: if all were alike, one would be named in at most 5 of "
        "100 such splits. The weakest of many still looks worse than it is; the intervals below "
        "are not corrected."
    )


def how(cuts: slices.Cuts) -> str:
    """How each attribute was made, and how many patches it leaves out."""
    parts = []
    for cut in cuts.cuts.values():
        attribute = cut.attribute
        left_out = f" Not known for {attribute.unknown:,} patches." if attribute.unknown else ""
        parts.append(f"{attribute.title}: {attribute.note}{left_out}")
    return " ".join(parts)


def _means(worst: Slice | None, raster: Raster) -> str:
    """The weakest subgroup's sensitivity and false alarms, as counts of a hundred."""
    if worst is None:
        return ""
    sensitivity, specificity = (worst.rates[name].value for name in ("sensitivity", "specificity"))
    if sensitivity == sensitivity and specificity == specificity:
        name = plain(raster.positive)
        return (
            f" There, of 100 {name} patches {100 * sensitivity:.0f} are found, and of 100 without "
            f"{name} {100 * (1 - specificity):.0f} raise a false alarm."
        )
    return ""
