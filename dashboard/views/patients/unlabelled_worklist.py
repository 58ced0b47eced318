"""Patients without any label: what the model predicts of each, and how far their review is."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.all_patches import AllPatches
from dashboard.charts.theme import many, plain
from dashboard.state import choices
from dashboard.state.list_place import Place
from dashboard.views.patients import blinding, list_controls
from dashboard.views.patients.thumbnail import OTHER, PREDICTED, thumbnail
from dashboard.widgets import figure, paged_list, paged_table, reader
from dashboard.widgets.live import OwnTable
from dashboard.widgets.paged_table import Column, Write
from idc_core.data.places import SLIDE, place_of, side_by_side
from idc_core.io.digits import counted
from idc_core.records.raster import Raster


def table(every: AllPatches, threshold: float, standing: pd.DataFrame) -> pd.DataFrame:
    """One row per patient without a label, the largest share predicted positive first.

    `predicted` patches and their `share`, the `highest` score, `verdicts` (patches that have one),
    and of the `fields` to be reviewed first how many are `judged` and `open`.
    """
    found = every.summary.assign(predicted=every.called(threshold)).loc[every.unlabelled]
    found = found.assign(share=found["predicted"] / found["patches"])
    columns = ("slides", "patches", "predicted", "share", "highest")
    found = found[[name for name in columns if name in found]]
    key = place_of(every.rows)
    judged = _patches_of(standing, place_of(every.rows, standing) if len(standing) else key)
    fields = _patches_of(every.fields, key)
    found["verdicts"] = _counts(judged, found)
    found["fields"] = _counts(fields, found)
    found["judged"] = _counts(fields & judged, found)
    found["open"] = found["fields"] - found["judged"]
    order = ["share", "highest", "patient"]
    return found.reset_index().sort_values(order, ascending=[False, False, True], ignore_index=True)


def waiting(
    every: AllPatches, patients: pd.DataFrame, standing: pd.DataFrame
) -> list[tuple[str, str | None]]:
    """Patient and slide (None where slides have no names) of each slide that has a field without a
    verdict, in the order of a `table`."""
    fields = every.fields
    key = place_of(fields, standing) if len(standing) else place_of(fields)
    judged = _patches_of(standing, key)
    is_open = [
        patch not in judged
        for patch in fields[key].astype({"patient": str}).itertuples(index=False, name=None)
    ]
    left = fields[np.array(is_open, bool)]
    slides: list[str | None] = [None] * len(left)
    if SLIDE in left:
        slides = [str(name) for name in left[SLIDE]]
    found = dict.fromkeys(zip(left["patient"].astype(str), slides, strict=True))
    at = {name: number for number, name in enumerate(patients["patient"])}
    return sorted(found, key=lambda each: (at[each[0]], each[1] or ""))


def _patches_of(rows: pd.DataFrame, key: list[str]) -> set[tuple[Any, ...]]:
    named = rows[key].astype({"patient": str}) if len(rows) else rows[[]]
    return set(named.itertuples(index=False, name=None)) if len(rows) else set()


def _counts(patches: set[tuple[Any, ...]], found: pd.DataFrame) -> "np.ndarray":
    """How many of the patches each patient of `found` has."""
    of = pd.Series([str(patch[0]) for patch in patches], dtype=object).value_counts()
    return of.reindex(found.index, fill_value=0).to_numpy(np.int64)


def show(
    every: AllPatches, threshold: float, patients: pd.DataFrame, raster: Raster, *, alone: bool
) -> None:
    """Draw a `table`; a click on a row opens the patient. `alone`: no list of patients with labels
    stands above it, which has the controls."""
    if alone:
        _next(patients)
        kept = _filtered(patients)
    else:
        st.header("Patients without a label", anchor=False)
        kept = patients
    write = partial(_written, every=every, threshold=threshold, raster=raster)
    reviewed = np.where(kept["fields"] > 0, kept["judged"] / kept["fields"].clip(lower=1), np.nan)
    paged_list.show(
        kept.assign(reviewed=reviewed),
        paged_list.PagedList(
            key="worklist_unlabelled",
            named="Patients without a label",
            columns=_columns(raster, kept),
            usual=Place("share"),
            every=len(patients),
            write=write,
            at=threshold,
        ),
    )
    st.caption(
        f"Patients without a label, the largest share {plain(raster.predicted(True))} first. "
        "Nothing here says how good the scores are. Click a row to open its slide."
    )
    label = f"CSV of all {many(len(kept))} rows"
    figure.download(kept, key="patients_unlabelled", label=label)


def _written(
    rows: pd.DataFrame, *, every: AllPatches, threshold: float, raster: Raster
) -> tuple[paged_list.Cells, OwnTable | None]:
    others: dict[str, Write] = {
        "map": lambda patient: _picture(every, str(patient), threshold, raster.stride_px),
        "highest": "{:.3f}".format,
    }
    shown = rows.assign(map=rows["patient"])
    return paged_table.cells(shown, _columns(raster, rows), others), None


def _next(patients: pd.DataFrame) -> None:
    """How much is reviewed, and the button that opens the next patient."""
    waiting = patients[patients["open"] > 0]
    fields, judged = int(patients["fields"].sum()), int(patients["judged"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if waiting.empty:
            st.markdown("All fields to review first have a verdict.")
            return
        list_controls.next_unreviewed(
            waiting, "Opens the first patient of the list who has a field without a verdict."
        )
        st.markdown(
            f"**{many(judged)} of {counted(fields, 'field')}** reviewed, the highest scores of "
            f"each slide; **{many(len(waiting))}** of {counted(len(patients), 'patient')} have "
            "fields without a verdict."
        )


def _filtered(patients: pd.DataFrame) -> pd.DataFrame:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status = choices.segmented(
            "Review", "status", list_controls.STATUS, label_visibility="collapsed"
        )
        reader.field()
        blinding.control()
    begun = patients["judged"] > 0
    kept = {
        "all": pd.Series(True, index=patients.index),
        "not_begun": ~begun & (patients["open"] > 0),
        "begun": begun & (patients["open"] > 0),
        "done": patients["open"] == 0,
    }
    return patients[kept[status]]


def _picture(every: AllPatches, patient: str, threshold: float, stride: int) -> str:
    own = every.of(patient)
    what = np.where(own["score"] >= threshold, PREDICTED, OTHER)
    return thumbnail(*side_by_side(own, stride), what, stride) or ""


def _columns(raster: Raster, rows: pd.DataFrame) -> list[Column]:
    name = raster.predicted(True)
    slides = [Column(key="slides", title="Slides")] if "slides" in rows else []
    return [
        Column(key="patient", title="Patient", kind="name", width=130, ascending=True),
        Column(
            key="map",
            title="Map",
            kind="picture",
            help=f"One dot per patch: dark blue {name}; empty where there is no patch",
            width=112,
            sorts=False,
            moves=True,
        ),
        *slides,
        Column(key="patches", title="Patches"),
        Column(key="predicted", title=f"{name[0].upper()}{name[1:]}", width=110, moves=True),
        Column(
            key="share",
            title="Share predicted",
            kind="share",
            help=f"Share of patches {name}",
            width=110,
            moves=True,
        ),
        Column(key="highest", title="Highest score"),
        Column(key="verdicts", title="Verdicts", help="Patches with a verdict"),
        Column(
            key="reviewed",
            title="Fields reviewed",
            kind="share",
            help="Of the fields with the highest scores on each slide, the share with a verdict",
            width=110,
        ),
    ]
