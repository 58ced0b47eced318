"""One subgroup: its metrics, the patients with most of its errors, and the errors themselves."""

import numpy as np
import streamlit as st

from dashboard.cache import predictions, slices, stores
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import counted, many, plain
from dashboard.state import selection, view
from dashboard.views.failures.subgroups import slice_choice
from dashboard.views.failures.subgroups.charts import size
from dashboard.widgets import figure, patch_gallery
from dashboard.widgets.outcomes import of_outcome
from idc_core.evaluate.slices.table import Slice
from idc_core.facts.rate_words import as_text
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import note
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

PATIENTS = 4


def numbers(each: Slice, raster: Raster) -> None:
    """The subgroup's sensitivity, specificity and the metric compared by, with intervals."""
    third = each.metric if each.metric not in ("sensitivity", "specificity") else "f1"
    rests_on = {
        "sensitivity": f"{many(each.idc)} {raster.positive} patches",
        "specificity": f"{many(each.patches - each.idc)} without {raster.positive}",
        third: size(each),
    }
    figures = each.rates | {each.metric: each.figure}
    # In a subgroup a few patients may hold most of the patches: measured for itself where it is.
    noted = {
        name: note(f"slice_{name}", each.patients) or note(name, each.patients) for name in rests_on
    }
    figure.numbers(
        [
            (
                METRICS[name].title,
                as_text(figures[name]),
                of + f" · {noted[name]}" * bool(noted[name]),
            )
            for name, of in rests_on.items()
        ]
    )


def show(run: Run, found: SortedSplit, each: Slice, threshold: float) -> None:
    """Missed IDC or false alarms of the subgroup at the threshold, most confident first."""
    cut = slices.cuts(run, selection.current().split).cuts[each.attribute]
    value = cut.attribute.values.index(each.value)
    left, right = st.columns([1, 2.4], gap="medium", vertical_alignment="bottom")
    with left:
        outcome = slice_choice.errors(found.raster)
    errors = cut.at(threshold)[value][:, {"fp": 1, "fn": 2}[outcome]]
    with right:
        _patients(errors, found, outcome)
    total = int(errors.sum())
    words = slice_choice.errors_of(found.raster)[outcome]
    held = f"{words} in this subgroup: {counted(total, 'patch', 'patches')}"
    if not isinstance(found, predictions.SplitScores):
        st.caption(f"{held}. They are not shown: the run holds too many patches for memory.")
        return
    st.header(f"{held}, most confident first", anchor=False)
    if not total:
        st.caption("None at this threshold.")
        return
    # Patches of the subgroup only; the gallery keeps the first of them.
    inside = found.rows.iloc[np.flatnonzero(cut.attribute.codes == value)]
    patch_gallery.show(
        of_outcome(inside, threshold, outcome),
        stores.pixels_of(run),
        found.raster,
        key=f"slice_{outcome}",
        to_patients=True,
    )


def _patients(errors: "np.ndarray", found: SortedSplit, outcome: str) -> None:
    """The patients with most of them, each a click away."""
    words = slice_choice.errors_of(found.raster)[outcome]
    most = np.argsort(-errors, kind="stable")[:PATIENTS]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for place, at in enumerate(most.tolist()):
            if not errors[at]:
                break
            name = str(found.patients.patients[at])
            if st.button(
                f"{plain(name)}: {errors[at]:,}",
                key=f"slice_patient_{place}",
                help=f"{words} in this subgroup; opens the patient",
            ):
                selection.change(patient=name)
                view.go("patients")
