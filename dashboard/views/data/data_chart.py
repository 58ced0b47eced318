"""The patients of a data set as a chart."""

import altair as alt
import pandas as pd

from dashboard.charts import farthest
from dashboard.charts.theme import SPLIT_COLOURS, finished, many
from idc_core.data.known_labels import is_known
from idc_core.records.raster import Raster


def patient_table(index: pd.DataFrame, whole: frozenset[str]) -> pd.DataFrame:
    """One row per patient: `patient, patches, labelled, idc, share, split, whole`.

    `share` is the proportion of IDC among the `labelled` patches, `nan` where there are none.
    """
    named = index.assign(labelled=is_known(index["label"]), idc=index["label"] == 1)
    grouped = named.groupby("patient", observed=True)
    table = grouped.agg(
        patches=("label", "size"),
        labelled=("labelled", "sum"),
        idc=("idc", "sum"),
        split=("split", "first"),
    ).reset_index()
    share = table["idc"] / table["labelled"].where(table["labelled"] > 0)
    return table.assign(share=share, whole=table["patient"].isin(whole))


def unlabelled_words(table: pd.DataFrame, raster: Raster) -> str:
    """A sentence on patients without labels, who have no dot; empty if there are none."""
    none = int((table["labelled"] == 0).sum())
    if not none:
        return ""
    noun = "patient has" if none == 1 else "patients have"
    return f" {none} {noun} no labels, so no proportion of {raster.positive} and no dot."


def whole_words(table: pd.DataFrame) -> str:
    """How many patients have complete slides, and what that means for the others."""
    whole = int(table["whole"].sum())
    if whole == len(table):
        return f"{whole} patients, all with complete slides."
    return (
        f"{len(table)} patients, {whole} with complete slides; the others are samples of patches, "
        "for which neighbourhood and tumour burden are undefined."
    )


def left_out_words(table: pd.DataFrame) -> str:
    """That only the largest patients have a dot; empty where all have."""
    if len(table) <= farthest.MOST:
        return ""
    return (
        f" Drawn: the {many(farthest.MOST)} of {many(len(table))} patients with the most patches; "
        "the CSV has all."
    )


def patients_chart(table: pd.DataFrame, raster: Raster) -> alt.Chart:
    """Patients as dots: number of patches by proportion of positive ones, coloured by split."""
    table = farthest.farthest(table, "patches")
    names = [name for name in SPLIT_COLOURS if name in set(table["split"])]
    colours = alt.Scale(domain=names, range=[SPLIT_COLOURS[name] for name in names])
    shapes = alt.Scale(
        domain=names, range=["circle", "triangle-up", "diamond", "cross"][: len(names)]
    )
    return finished(  # type: ignore[return-value]
        alt.Chart(table[table["share"].notna()])
        .mark_point(filled=True, size=70, opacity=0.8)
        .encode(
            x=alt.X(
                "patches:Q",
                title="patches per patient (log scale)",
                scale=alt.Scale(type="log", nice=False, padding=16),
                axis=alt.Axis(tickCount=4),
            ),
            y=alt.Y(
                "share:Q", title=f"proportion labelled {raster.positive}", axis=alt.Axis(format="%")
            ),
            color=alt.Color("split:N", scale=colours),
            shape=alt.Shape("split:N", scale=shapes),
            tooltip=[
                "patient",
                "split",
                "patches",
                alt.Tooltip("idc:Q", title=raster.positive.lower()),
                alt.Tooltip("share:Q", format=".0%"),
            ],
        ),
        height=360,
    )
