"""All subgroups in one picture, and as a table to export."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.views.failures.subgroups import slice_choice
from dashboard.views.failures.subgroups.charts import (
    SELECTION,
    apart,
    as_text,
    slices_chart,
    slices_table,
)
from dashboard.widgets import chart_key, figure
from idc_core.evaluate.slices.table import FEW_PATCHES, FEW_PATIENTS, RATE_NAMES, Slice
from idc_core.io.digits import patches_and_patients
from idc_core.metrics.catalogue import METRICS
from idc_core.records.raster import Raster

_SHORT = 9
"""Rows that stand under each other without scrolling."""


def show(
    slices: Sequence[Slice],
    splits: Sequence[Slice],
    overall: Slice,
    weakest: str | None,
    picked: str,
) -> None:
    """Draw all subgroups; a click on a row opens one."""
    key = chart_key.key("slices", picked)
    named = {each.key for each in slices}

    def clicked() -> None:
        found = st.session_state[key]["selection"].get(SELECTION) or []
        if found and found[0].get("key") in named:
            chart_key.chosen_here("slices", str(found[0]["key"]))
            slice_choice.keep("slice", str(found[0]["key"]))

    figure.altair(
        slices_chart(slices_table(slices, splits, weakest, picked), overall),
        key=key,
        alt_text=f"{METRICS[overall.metric].title} of every subgroup with its interval, "
        "grouped by attribute",
        caption=f"{patches_and_patients(overall.patches, overall.patients)}; beside each "
        "subgroup its patches · patients. Lines are 95 % intervals for new patients; the dashed "
        f"line is the whole split. Grey: fewer than {FEW_PATIENTS} patients or {FEW_PATCHES} "
        "patches of the class that counts, shown but not compared.",
        table=as_table([*slices, *splits]),
        on_select=clicked,
        selection=SELECTION,
    )


def table(slices: Sequence[Slice], raster: Raster) -> None:
    """Every metric of every subgroup, as text."""
    number = st.column_config.NumberColumn
    st.dataframe(
        in_text(slices, raster),
        key="slices_table",
        hide_index=True,
        height=420 if len(slices) > _SHORT else "auto",
        column_config={
            name: number(name, format="localized")
            for name in ("patches", "patients", raster.positive)
        },
    )
    figure.download(as_table(slices), key="slices_table")


def in_text(slices: Sequence[Slice], raster: Raster) -> pd.DataFrame:
    """One row per subgroup, for reading."""
    return pd.DataFrame(
        [
            {
                "attribute": each.title,
                "subgroup": each.label,
                "patches": each.patches,
                "patients": each.patients,
                raster.positive: each.idc,
                **{METRICS[name].title: as_text(each.rates[name]) for name in RATE_NAMES},
                **(
                    {}
                    if each.metric in each.rates
                    else {METRICS[each.metric].title: as_text(each.figure)}
                ),
                f"difference ({METRICS[each.metric].title})": apart(each.difference),
                "compared": "too few" if each.small else "yes",
            }
            for each in slices
        ]
    )


def as_table(slices: Sequence[Slice]) -> pd.DataFrame:
    """One row per subgroup, for a file: every figure with its ends."""
    rows = []
    for each in slices:
        row: dict[str, object] = {
            "attribute": each.title,
            "slice": each.label,
            "patches": each.patches,
            "patients": each.patients,
            "idc": each.idc,
            "compared": not each.small,
        }
        figures = each.rates | {each.metric: each.figure, "difference": each.difference}
        for name, found in figures.items():
            row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row | {"difference_of": each.metric})
    return pd.DataFrame(rows)
