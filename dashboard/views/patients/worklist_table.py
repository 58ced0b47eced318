"""The patients of the split with their errors, most unreviewed first."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.cache.predictions import SplitScores
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import counted, many
from dashboard.state.list_place import Place
from dashboard.views.patients import list_controls, moving_rows
from dashboard.views.patients.thumbnail import thumbnail
from dashboard.widgets import figure, paged_list, paged_table
from dashboard.widgets.live import OwnTable
from dashboard.widgets.paged_table import Column, Write
from idc_core.data.places import side_by_side
from idc_core.facts import row_words
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

USUAL = Place("open")


def show(
    run: Run,
    found: SplitScores,
    threshold: float,
    table: pd.DataFrame,
    raster: Raster,
    standing: pd.DataFrame,
) -> None:
    """Draw a `worklist` of patches that were cut as `raster` says; selecting a row opens the
    patient. `standing`: the verdicts in force."""
    list_controls.next_of_errors(table)
    kept = list_controls.filtered(table)
    write = partial(
        written, run=run, found=found, threshold=threshold, stride=raster.stride_px,
        standing=standing,
    )  # fmt: skip
    paged_list.show(
        kept,
        paged_list.PagedList(
            key="worklist",
            named="Patients",
            columns=columns(raster),
            usual=USUAL,
            every=len(table),
            write=write,
            at=threshold,
        ),
    )
    st.html(f'<div class="idc-caption idc-still">{_caption(kept)}</div>')
    figure.download(kept, key="patients", label=f"CSV of all {many(len(kept))} rows")


def columns(raster: Raster) -> list[Column]:
    """The list's columns, in their order."""
    name = raster.positive
    return [
        Column(key="patient", title="Patient", kind="name", width=130, ascending=True),
        Column(
            key="map",
            title="Map",
            kind="picture",
            help=f"One dot per patch: green {name} found, vermillion missed {name}, chequered "
            "amber false alarm, pale grey true negative; empty where there is no patch",
            width=112,
            sorts=False,
            moves=True,
        ),
        Column(key="patches", title="Patches", width=88),
        Column(key="fn", title="Missed (FN)", width=92, moves=True),
        Column(key="fp", title="False alarms (FP)", width=100, moves=True),
        Column(
            key="open",
            title="Unreviewed errors",
            help="Errors without a verdict",
            width=110,
            moves=True,
        ),
        Column(key="sensitivity", title="Sensitivity", help=f"–: no {name} patch", width=104,
               moves=True, ascending=True),
        Column(key="specificity", title="Specificity", help=f"–: only {name} patches", width=104,
               moves=True, ascending=True),
        Column(key="auc", title="AUC", help="ROC-AUC within the patient; –: one class only",
               ascending=True),
        Column(key="tissue", title="Tissue", kind="text", width=80, ascending=True,
               help="Burden is a share of the whole tissue: a sample has none"),
        Column(key="burden", title="Labelled burden", kind="share", width=104,
               help=f"Share of patches labelled {name}; whole slides only"),
        Column(key="predicted", title="Predicted burden", kind="share", width=104, moves=True,
               help=f"Share of patches predicted {name}; whole slides only"),
        Column(key="reviewed", title="Reviewed", kind="share", width=104, moves=True,
               help="Share of this patient's errors with a verdict; empty: no errors"),
    ]  # fmt: skip


def written(
    rows: pd.DataFrame,
    *,
    run: Run,
    found: SplitScores,
    threshold: float,
    stride: int,
    standing: pd.DataFrame,
) -> tuple[paged_list.Cells, OwnTable | None]:
    """The cells of a page's rows, and what they say at other thresholds."""
    others: dict[str, Write] = dict.fromkeys(("sensitivity", "specificity", "auc"), row_words.three)
    others["map"] = lambda patient: _picture(found, str(patient), threshold, stride)
    cells = paged_table.cells(rows.assign(map=rows["patient"]), columns(found.raster), others)
    return cells, moving_rows.told(run, found, rows, standing)


def _picture(found: SplitScores, patient: str, threshold: float, stride: int) -> str:
    own = found.of(patient)
    outcome = outcome_of(own["label"], own["score"], threshold)
    return thumbnail(*side_by_side(own, stride), outcome, stride) or ""


def _caption(kept: pd.DataFrame) -> str:
    return f"Click a row to open its slide, a column's title to sort. {_of_burden(kept)}"


def _of_burden(kept: pd.DataFrame) -> str:
    """For how many of the listed patients burden is defined.

    >>> _of_burden(pd.DataFrame({"burden": [0.5, None]}))
    'Burden is defined only where the tissue is whole: for 1 of 2 patients.'
    """
    whole = int(kept["burden"].notna().sum())
    of = f"{many(whole)} of {counted(len(kept), 'patient')}"
    return f"Burden is defined only where the tissue is whole: for {of}."
