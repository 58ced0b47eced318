"""Which patches are classified differently at another threshold, and in which patients."""

import streamlit as st

from dashboard.cache import cutoff, predictions, stores
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import digits, many, plain
from dashboard.state import choices, selection
from dashboard.views.operating_point.threshold.confusion_matrix import NOT_IN_MEMORY
from dashboard.views.operating_point.threshold.reclassified_chart import MOST, patients_chart
from dashboard.widgets import figure, patch_gallery
from dashboard.widgets.outcomes import MOST as MOST_PATCHES
from dashboard.widgets.outcomes import with_outcome
from idc_core.evaluate.reclassified import Flips, by_patient, flips
from idc_core.io.digits import counted
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

_FROM, _OF = "flips_from", "flips_of"
_KINDS = {"all": "All", "right": "Now correct", "wrong": "Now wrong"}


def show(run: Run, found: SortedSplit, threshold: float) -> None:
    """The sentence, the patients and the patches."""
    if not isinstance(found, predictions.SplitScores):
        st.caption(NOT_IN_MEMORY)
        return
    before = _before(run)
    moved = flips(found.patients, before, threshold)
    table = by_patient(found.patients, moved)
    st.markdown(in_words(moved, len(table), before, threshold, found.raster))
    if not len(moved):
        return
    left, right = st.columns([1, 1.7], gap="large")
    with left:
        figure.altair(
            patients_chart(table),
            key="flips",
            alt_text="Patches that become correct and wrong, per patient",
            caption=f"{len(moved):,} patches of {counted(len(table), 'patient')}"
            + f"; the {MOST} with the most are shown" * (len(table) > MOST)
            + ".",
            table=table,
        )
        _open(table["patient"].tolist())
    with right:
        kind = choices.segmented("Patches", "flips_kind", _KINDS, label_visibility="collapsed")
        at = moved.rows if kind == "all" else moved.rows[moved.better == (kind == "right")]
        some = with_outcome(found.rows.iloc[at[:MOST_PATCHES]], threshold)
        if some.empty:
            st.caption("None of this kind.")
        else:
            patch_gallery.show(
                some, stores.pixels_of(run), found.raster, key="flipped", to_patients=True
            )


def in_words(moved: Flips, patients: int, before: float, after: float, raster: Raster) -> str:
    """What changes between the two thresholds, in words."""
    if not len(moved):
        return f"From {digits(before)} to {digits(after)} no prediction changes."
    better = int(moved.better.sum())
    patches = "patch" if len(moved) == 1 else "patches"
    whose = "1 patient" if patients == 1 else f"{many(patients)} patients"
    changed = "is reclassified" if len(moved) == 1 else "are reclassified"
    now = plain(raster.predicted(moved.called))
    return (
        f"From {digits(before)} to {digits(after)}, **{many(len(moved))} {patches} in {whose} "
        f"{changed}** and now {now}: {many(better)} from wrong to correct, "
        f"{many(len(moved) - better)} from correct to wrong."
    )


def _before(run: Run) -> float:
    """The threshold to compare with: the operating point until another is entered."""
    if st.session_state.get(_OF) != run.name:
        st.session_state[_OF] = run.name
        st.session_state.pop(_FROM, None)
    st.session_state.setdefault(_FROM, cutoff.own(run).value)
    return float(
        st.number_input(
            "Compared with threshold",
            0.0,
            1.0,
            step=0.01,
            format="%.6g",
            key=_FROM,
            width=260,
        )
    )


def _open(patients: list[str]) -> None:
    def opened() -> None:
        patient = st.session_state["open_flipped"]
        if patient:
            selection.change(patient=patient)
            st.session_state["open_patients"] = True
            st.session_state["open_flipped"] = None

    st.selectbox(
        "Open a patient",
        patients[:400],
        index=None,
        key="open_flipped",
        on_change=opened,
        placeholder="open one of these patients",
        label_visibility="collapsed",
        width=260,
    )
