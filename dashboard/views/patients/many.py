"""The patients of a run with too many predictions for memory: counted, without patches."""

import streamlit as st

from dashboard.cache import cutoff, predictions, runs
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.views.patients import worklist, worklist_counted
from dashboard.widgets import page_start
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.records.raster import Raster

_RATES = ("sensitivity", "specificity")


def stop_where_too_many() -> None:
    """Draw the page of such a run, and end it there; nothing of any other run."""
    name = selection.current().run
    try:
        many = name is not None and predictions.are_too_many(runs.run(name))
    except Refusal:
        return
    if not many:
        return
    chosen, run, found = page_start.judged()
    threshold, raster = cutoff.now().value, run.info.raster
    if chosen.patient is not None:
        _one(found, chosen.patient, threshold, raster)
    worklist_counted.show(worklist.worklist(found, threshold, ()), raster, threshold)
    st.stop()


def _one(found: SortedSplit, patient: str, threshold: float, raster: Raster) -> None:
    """What is counted of the patient in the bar."""
    at = found.names.index(patient)
    tn, fp, fn, tp = found.patients.at(threshold)[at].tolist()
    rates = {name: RATES[name](tn, fp, fn, tp) for name in _RATES}
    said = ", ".join(f"{METRICS[name].in_a_sentence} {value:.3f}" for name, value in rates.items())
    st.markdown(
        f"**{plain(patient)}**: {tn + fp + fn + tp:,} patches, {fn + tp:,} with "
        f"{plain(raster.positive)}; {fn:,} missed, {counted(fp, 'false alarm')}; {said}."
    )
    st.caption(
        "The run holds too many predictions to show patches. Import this patient as a run of its "
        "own to review them: python train_cli.py import-predictions FILE --run NAME "
        f"--where patient={plain(patient)}"
    )
