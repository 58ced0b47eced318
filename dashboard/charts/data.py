"""What the data set is made of."""

import altair as alt
import pandas as pd

from dashboard.charts.theme import SPLIT_COLOURS, finished


def patient_table(index: pd.DataFrame, whole: frozenset[str]) -> pd.DataFrame:
    """One row a patient: `patient, patches, idc, share, split, whole`."""
    grouped = index.groupby("patient", observed=True)
    table = grouped.agg(patches=("label", "size"), idc=("label", "sum"), split=("split", "first"))
    table = table.reset_index()
    return table.assign(share=table["idc"] / table["patches"], whole=table["patient"].isin(whole))


def whole_words(table: pd.DataFrame) -> str:
    """How many of the patients can be put back together, and what that means for the rest."""
    whole = int(table["whole"].sum())
    if whole == len(table):
        return f"{whole} patients, all of them whole slides."
    return (
        f"{len(table)} patients, {whole} of them whole slides; the others are samples, for which "
        "neighbourhood and burden are not defined."
    )


def patients_chart(table: pd.DataFrame) -> alt.Chart:
    """Patients as dots: how many patches, what share of them IDC, coloured by split."""
    names = [name for name in SPLIT_COLOURS if name in set(table["split"])]
    colours = alt.Scale(domain=names, range=[SPLIT_COLOURS[name] for name in names])
    shapes = alt.Scale(
        domain=names, range=["circle", "triangle-up", "diamond", "cross"][: len(names)]
    )
    return finished(  # type: ignore[return-value]
        alt.Chart(table)
        .mark_point(filled=True, size=70, opacity=0.8)
        .encode(
            x=alt.X(
                "patches:Q",
                title="patches of the patient (log)",
                scale=alt.Scale(type="log", nice=False, padding=16),
                axis=alt.Axis(tickCount=4),
            ),
            y=alt.Y("share:Q", title="share labelled IDC", axis=alt.Axis(format="%")),
            color=alt.Color("split:N", scale=colours),
            shape=alt.Shape("split:N", scale=shapes),
            tooltip=["patient", "split", "patches", "idc", alt.Tooltip("share:Q", format=".0%")],
        ),
        height=360,
    )
