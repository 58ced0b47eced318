"""How uncertain is the threshold itself? Other validation patients would give another one."""

import math

import streamlit as st

from dashboard.cache import cutoff, predictions
from dashboard.charts.theme import counted, digits, plain, rate
from dashboard.views.operating_point.threshold import cache
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import ends
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.operating_point import BY_HAND, rule_words
from idc_core.metrics.threshold_range import figure_name
from idc_core.records.raster import Raster
from idc_core.runs.run import Run


def show(run: Run, split: str, threshold: float) -> None:
    """A sentence, where the threshold in the bar is the locked one and a rule chose it."""
    if cutoff.locked(run) != threshold:
        return
    point = run.operating_point()
    rule = "" if point is None else point.rule or ""
    if rule in ("", BY_HAND):
        return
    found = cache.chosen_range(run, rule)
    judged, validation = (predictions.sorted_scores(run, each) for each in (split, "validation"))
    if found is None or judged is None or validation is None:
        return
    # Locked on other scores or patients than the current ones: its uncertainty is not known.
    if math.isclose(found.value, threshold, abs_tol=1e-6):
        patients = len(validation.patients)
        st.caption(in_words(found, rule, patients, judged.ranked, split, run.info.raster))


def in_words(
    found: Interval, rule: str, patients: int, ranked: Ranked, split: str, raster: Raster
) -> str:
    """The interval of the threshold, and what it means on the split shown."""
    found = limited(figure_name(rule), found, patients)
    words = rule_words(rule, lambda words: raster.say(words, plain))
    said = f"“{words}” chose {digits(found.value)} on {counted(patients, 'patient')}"
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return f"{said}; too few to estimate its uncertainty."
    low, high = ranked.counts(found.low), ranked.counts(found.high)
    return (
        f"{said}; unlimited patients would put it between {digits(found.low)} and "
        f"{digits(found.high)} ({_held(rule, patients)}). On {split} that means sensitivity "
        f"{_span(high.sensitivity, low.sensitivity)} and "
        f"specificity {_span(low.specificity, high.specificity)}: the intervals above take the "
        "threshold as given and do not include this."
    )


def _held(rule: str, patients: int) -> str:
    short = note(figure_name(rule), patients)
    return f"95 %; {short}" if short else "95 %"


def _span(low: float, high: float) -> str:
    return ends(low, high, rate) or UNDEFINED
