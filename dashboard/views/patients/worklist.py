"""All patients of the split, most unreviewed errors first; a row opens the patient."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.cache.all_patches import AllPatches
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import many, plain
from dashboard.state import choices, selection
from dashboard.views.patients import blinding
from dashboard.views.patients.thumbnail import thumbnail
from dashboard.widgets import figure, reader, row_table
from idc_core.data.places import place_of, side_by_side
from idc_core.evaluate.evaluation import patient_table
from idc_core.io.digits import UNDEFINED, counted
from idc_core.records.raster import Raster

MOST, PICTURED = 1000, 60
"""Patients that are listed, and how many of them with a map: ten thousand of them would be sent
again at every change of the threshold."""

_TISSUE = {True: "whole", False: "sample"}
STATUS = {"all": "all", "not_begun": "not started", "begun": "in progress", "done": "done"}
LEAST = {
    "0": "any number of errors",
    "1": "1 error or more",
    "5": "5 errors or more",
    "20": "20 errors or more",
    "100": "100 errors or more",
}


def of(
    found: predictions.SplitScores,
    threshold: float,
    whole: Collection[str],
    standing: pd.DataFrame,
) -> pd.DataFrame:
    """The `worklist` with the errors that have a standing verdict."""
    return worklist(found, threshold, whole, judged_errors(found, threshold, standing))


def worklist(
    found: SortedSplit,
    threshold: float,
    whole: Collection[str],
    judged: "pd.Series[int] | None" = None,
) -> pd.DataFrame:
    """One row per patient, most unreviewed errors first; burden is `nan` for samples.

    `whole`: the patients whose tissue is whole. `judged`: how many of a patient's errors have a
    verdict, by name.
    """
    table = patient_table(found.patients, threshold)
    is_whole = table["patient"].isin(list(whole))
    done = table["patient"].map(judged if judged is not None else {}).fillna(0).astype(int)
    table = table.assign(
        auc=found.aucs,
        tissue=is_whole.map(_TISSUE),
        burden=np.where(is_whole, table["idc"] / table["patches"], np.nan).round(3),
        predicted=np.where(is_whole, table["called"] / table["patches"], np.nan).round(3),
        judged=done,
        open=table["errors"] - done,
        reviewed=np.where(table["errors"] > 0, done / table["errors"].clip(lower=1), np.nan),
    )
    columns = [
        "patient",
        "patches",
        "fn",
        "fp",
        "sensitivity",
        "specificity",
        "auc",
        "tissue",
        "burden",
        "predicted",
        "judged",
        "reviewed",
        "open",
    ]
    ordered = table[columns].sort_values(["open", "patient"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def judged_errors(
    found: predictions.SplitScores, threshold: float, standing: pd.DataFrame
) -> "pd.Series[int]":
    """How many of each patient's errors at the threshold have a standing verdict."""
    counts: dict[str, int] = {}
    for patient, own in standing.groupby("patient"):
        patches = found.of(str(patient))
        wrong = (patches["score"].astype(float) >= threshold) != (patches["label"] == 1)
        counts[str(patient)] = int(have_verdict(patches[wrong], own).sum())
    return pd.Series(counts, dtype="int64")


def have_verdict(rows: pd.DataFrame, standing: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which of a patient's patches have one of its standing verdicts."""
    if standing.empty:
        return np.zeros(len(rows), dtype=bool)
    key = place_of(rows, standing)[1:]
    places = set(standing[key].itertuples(index=False, name=None))
    read = [place in places for place in rows[key].itertuples(index=False, name=None)]
    return np.array(read, dtype=bool)


def show(
    found: predictions.SplitScores,
    threshold: float,
    table: pd.DataFrame,
    raster: Raster,
) -> None:
    """Draw a `worklist` of patches that were cut as `raster` says; selecting a row opens the
    patient."""
    _next(table)
    kept = _filtered(table)
    listed = kept.head(MOST)
    pictures = [
        _picture(found, str(patient), threshold, raster.stride_px)
        for patient in listed["patient"].head(PICTURED)
    ]
    maps = pd.Series([*pictures, *[None] * (len(listed) - len(pictures))], dtype=object)

    shown = listed.reset_index(drop=True).drop(columns=["judged", "open"])
    shown.insert(1, "map", maps)
    rows(
        shown,
        "worklist",
        row_height=48,
        height=min(560, 42 + 48 * max(1, len(shown))),
        placeholder=UNDEFINED,
        column_config=_columns(raster),
    )
    st.html(f'<div class="idc-caption">{_caption(table, kept)}</div>')
    figure.download(kept, key="patients")


def show_counted(table: pd.DataFrame, raster: Raster) -> None:
    """The same of patients whose patches are not in memory: without maps and reviews."""
    kept = table.drop(columns=["judged", "reviewed", "tissue", "burden", "predicted", "open"])
    listed = kept.head(MOST)
    settings = {name: each for name, each in _columns(raster).items() if name in kept}
    rows(listed, "worklist_counted", height=560, placeholder=UNDEFINED, column_config=settings)
    more = "" if len(kept) <= MOST else f" The {MOST:,} with the most errors are listed."
    st.caption(
        f"{counted(len(kept), 'patient')}, most errors first.{more} Click a row for its counts."
    )
    figure.download(kept, key="patients")


def show_blind(every: AllPatches, read: "pd.Series[int]") -> None:
    """The patients by name, without anything from model or label."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        reader.field()
        blinding.control()
    names, sizes = every.names[:MOST], every.sizes
    table = pd.DataFrame({"patient": names, "patches": [sizes[name] for name in names]})
    table["read"] = table["patient"].map(read).fillna(0).astype(int)

    rows(
        table,
        "worklist_blind",
        height=min(560, 42 + 35 * max(1, len(table))),
        column_config={"patient": "Patient", "patches": "Patches", "read": "Judged by you"},
    )
    st.caption(
        f"{counted(len(table), 'patient')} by name. Click a row to review its patches blinded."
    )


def rows(table: pd.DataFrame, name: str, **settings: Any) -> None:
    """Draw a table of patients; a click anywhere in a row opens the patient."""
    patients = table["patient"].astype(str).tolist()
    key = row_table.key(name, patients)

    def opened() -> None:
        chosen = st.session_state[key]["selection"]
        at = [*chosen["rows"], *(row for row, _ in chosen.get("cells", ()))]
        if at:
            selection.change(patient=patients[at[0]])

    st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select=opened,
        selection_mode=["single-row", "single-cell"],
        **settings,
    )


def next_unreviewed(waiting: pd.DataFrame, said: str) -> None:
    """The button that opens the first of the patients who wait; `said`: which one that is."""
    st.button(
        "Next unreviewed",
        key="next_unreviewed",
        type="primary",
        shortcut="U",
        icon=":material/play_arrow:",
        on_click=selection.change,
        kwargs={"patient": str(waiting["patient"].iloc[0])},
        help=said,
    )


def _next(table: pd.DataFrame) -> None:
    """How much is reviewed, and the button that opens the next patient."""
    waiting = table[table["open"] > 0]
    errors, judged = int((table["open"] + table["judged"]).sum()), int(table["judged"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if waiting.empty:
            st.markdown("All errors are reviewed." if errors else "No errors at this threshold.")
            return
        next_unreviewed(waiting, "Opens the patient with the most unreviewed errors.")
        st.markdown(
            f"**{many(judged)} of {many(errors)}** errors reviewed; **{many(len(waiting))}** of "
            f"{counted(len(table), 'patient')} have unreviewed errors.",
        )


def _filtered(table: pd.DataFrame) -> pd.DataFrame:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status = choices.segmented("Review", "status", STATUS, label_visibility="collapsed")
        whole = st.toggle(
            "Whole slides only",
            key="whole_only",
            bind="query-params",
            disabled=not table["tissue"].eq("whole").any(),
        )
        least = choices.selectbox(
            "Minimum number of errors",
            "least_errors",
            LEAST,
            width=170,
            label_visibility="collapsed",
        )
        reader.field()
        blinding.control()
    errors = table["open"] + table["judged"]
    kept = errors >= int(least)
    if whole:
        kept &= table["tissue"] == "whole"
    if status == "not_begun":
        kept &= (table["judged"] == 0) & (table["open"] > 0)
    elif status == "begun":
        kept &= (table["judged"] > 0) & (table["open"] > 0)
    elif status == "done":
        kept &= table["open"] == 0
    return table[kept]


def _picture(
    found: predictions.SplitScores, patient: str, threshold: float, stride: int
) -> str | None:
    own = found.of(patient)
    outcome = outcome_of(own["label"], own["score"], threshold)
    return thumbnail(*side_by_side(own, stride), outcome, stride)


def _columns(raster: Raster) -> dict[str, object]:
    name = plain(raster.positive)
    number = st.column_config.NumberColumn
    bar = st.column_config.ProgressColumn
    return {
        "patient": st.column_config.TextColumn("Patient", pinned=True),
        "map": st.column_config.ImageColumn(
            "Map",
            help=f"One dot per patch: green {name} found, vermillion missed {name}, chequered "
            "amber false alarm, pale grey true negative; empty where there is no patch",
        ),
        "patches": number("Patches", format="localized"),
        "fn": number("Missed (FN)"),
        "fp": number("False alarms (FP)"),
        "sensitivity": number("Sensitivity", format="%.4g", help=f"–: no {name} patch"),
        "specificity": number("Specificity", format="%.4g", help=f"–: only {name} patches"),
        "auc": number("AUC", format="%.4g", help="ROC-AUC within the patient; –: one class only"),
        "tissue": st.column_config.TextColumn(
            "Tissue", help="Burden is a share of the whole tissue: a sample has none"
        ),
        "burden": bar(
            "Labelled burden",
            format="percent",
            min_value=0,
            max_value=1,
            width=125,
            help=f"Share of patches labelled {name}; whole slides only",
        ),
        "predicted": bar(
            "Predicted burden",
            format="percent",
            min_value=0,
            max_value=1,
            width=125,
            help=f"Share of patches predicted {name}; whole slides only",
        ),
        "reviewed": bar(
            "Reviewed",
            format="percent",
            min_value=0,
            max_value=1,
            width=110,
            help="Share of this patient's errors with a verdict; empty: no errors",
        ),
    }


def _caption(table: pd.DataFrame, kept: pd.DataFrame) -> str:
    hidden = "" if len(kept) == len(table) else f" of {many(len(table))}"
    rest = (
        f"; the first {MOST:,} are listed, the CSV has all, and the bar opens any"
        if len(kept) > MOST
        else ""
    )
    burdened = int(kept["burden"].notna().sum())
    return (
        f"{many(len(kept))}{hidden} patients, most unreviewed errors first. Click a row to open "
        f"its slide{rest}. Burden is defined for the {burdened} whole slides only."
    )
