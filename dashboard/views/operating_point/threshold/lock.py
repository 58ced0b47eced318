"""Locking a threshold: a deliberate act, with a name and a reason, written to the ledger."""

from dataclasses import dataclass

import streamlit as st

from dashboard.access import gate
from dashboard.cache import looks, operating, predictions, runs, stamps
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import digits, many, plain
from dashboard.state import selection
from dashboard.views.operating_point.threshold.rules import rule_of
from dashboard.widgets import empty, on_demand, permitted, reader
from idc_core.facts.metric_notes import notes
from idc_core.facts.rate_words import as_text
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal, Uncertain, Unreachable
from idc_core.many import judge
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited
from idc_core.metrics.operating_point import BY_HAND, rule_words
from idc_core.runs import ledger
from idc_core.runs.cross_validated import locked_in_folds
from idc_core.runs.run import Run

_THRESHOLD, _NAME, _REASON = "lock_threshold", "lock_name", "lock_reason"
_REFUSED = "lock_refused"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form offers to lock, and the scores behind its figures."""

    run: str
    threshold: float
    rule: str
    scores: tuple[str | None, stamps.Stamp]
    lines: int


def show(run: Run, threshold: float) -> None:
    """A button that opens the form; disabled without a validation split."""
    validation = predictions.sorted_scores(run, "validation")
    try:
        locked = operating.locked_threshold(run)
    except Unreachable as away:  # the rest of the page needs no ledger
        empty.show(st.session_state.get(_REFUSED) or str(away))
        on_demand.left_out("lock_form", (_NAME, _REASON))
        return
    offered = validation is not None and locked != threshold
    with on_demand.popover(
        "Lock this threshold …",
        "lock_form",
        keeps=(_NAME, _REASON),
        icon=":material/lock:",
        disabled=not offered,
        help=None
        if offered
        else locked_in_folds(run.info) or "Locking needs a validation split, and this run has none."
        if validation is None
        else "This is the run's operating point.",
    ) as is_open:
        if is_open and validation is not None and offered:
            _form(run, validation, threshold)


def _form(run: Run, validation: SortedSplit, threshold: float) -> None:
    rule = rule_of(threshold)
    patients = len(validation.patients)
    found = validation.jackknife.of_rates(
        validation.patients.at(threshold), ("sensitivity", "specificity")
    )
    rates = {name: limited(name, each, patients) for name, each in found.items()}
    # A field, because its text comes back with the click: what was shown at that moment.
    st.session_state[_THRESHOLD] = repr(threshold)
    st.text_input(
        f"Threshold, {plain(rule_words(rule, run.info.raster.say))}", key=_THRESHOLD, disabled=True
    )
    st.markdown(
        f"On validation ({many(validation.patches)} patches of "
        f"{counted(patients, 'patient')}): sensitivity "
        f"{as_text(rates['sensitivity'])}, specificity {as_text(rates['specificity'])}."
        + notes([(METRICS[name].title, name, patients) for name in rates])
    )
    seen = looks.looks(run)
    if seen and rule == BY_HAND:
        noun = "threshold has" if seen == 1 else "thresholds have"
        st.markdown(
            f"**{seen} {noun} been shown on test in this run.** One set by hand after that may "
            "have been chosen on test; the ledger will say so. A rule uses validation only."
        )
    left, right = st.columns([1, 2])
    with left:
        st.caption("Locked by")
        reader.field()
    with right:
        st.text_input("Name of the threshold", key=_NAME, placeholder="for the ward, version 2")
    st.text_area(
        "Reason (for reviewers)",
        key=_REASON,
        height=90,
        placeholder="agreed with the pathologists on 23 November: at most one in ten missed",
    )
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.warning(plain(refused))
    permitted.button(
        "Lock it",
        "lock",
        key="lock",
        type="primary",
        icon=":material/lock:",
        on_click=_pressed,
        args=(_offer(run, threshold, rule),),
    )
    st.caption(
        "The ledger records it with your name, the date, the model and the data. From then on it "
        "is applied to test unchanged, and the report is regenerated."
    )


def _offer(run: Run, threshold: float, rule: str) -> Offer:
    scores = run.calibration_id(), stamps.stamp(run.scores_file)
    return Offer(run.name, threshold, rule, scores, len(run.operating_points()))


def _pressed(offer: Offer) -> None:
    """Lock with the fields as the browser sent them with the click."""
    name, reason = (str(st.session_state.get(key, "")) for key in (_NAME, _REASON))
    try:
        run = runs.run(offer.run)
        _refuse_changed(run, offer, str(st.session_state.get(_THRESHOLD, "")))
        if not reader.name():
            raise Refusal(
                "expected your name: the field is empty. The ledger records who locks a threshold."
            )
        validation = predictions.sorted_scores(run, "validation")
        if validation is None:
            raise Refusal("expected a validation split to lock a threshold on: there is none.")
        with gate.doing("lock", run=run.name, what=f"{offer.threshold!r} as {name.strip()}"):
            ledger.lock_on(
                run,
                validation.ranked,
                validation.patients,
                rule=offer.rule,
                name=name,
                reason=reason,
                threshold=offer.threshold,
                by=reader.name(),
            )
    except Uncertain as unknown:
        st.session_state[_REFUSED] = str(unknown)
        return
    except Refusal as refused:
        st.session_state[_REFUSED] = f"Not locked: {refused}"
        return
    except OSError as broken:
        st.session_state[_REFUSED] = (
            f"Not locked: the ledger cannot be written ({broken.strerror})."
        )
        return
    done = f"Locked {digits(offer.threshold)} as “{name.strip()}”."
    try:
        _report(run)
    except Refusal as refused:
        selection.note(f"{done} The report could not be made again: {refused}")
        return
    selection.note(f"{done} The report is updated.")


def _refuse_changed(run: Run, offer: Offer, shown: str) -> None:
    """Raise `Refusal` where the form no longer shows what would be locked."""
    now = selection.current()
    if now.run != offer.run:
        what = f"the run in the bar is now {now.run}"
    elif now.threshold != offer.threshold or shown != repr(offer.threshold):
        what = f"the form showed {shown}, and the threshold is now {now.threshold!r}"
    elif offer.scores != _offer(run, offer.threshold, offer.rule).scores:
        what = "the run's scores were replaced"
    elif offer.lines != len(run.operating_points()):
        what = "another threshold was locked in the meantime"
    else:
        return
    raise Refusal(f"expected what the form showed: {what}. Check the figures again, then lock.")


def _report(run: Run) -> None:
    """Make the report of what has been locked."""
    judge.evaluate(run)
