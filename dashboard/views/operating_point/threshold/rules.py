"""Choose a threshold by a rule, which uses validation only."""

from collections.abc import Callable

import streamlit as st

from dashboard.cache import cutoff, operating, predictions, runs
from dashboard.charts.theme import digits, plain
from dashboard.state import selection
from dashboard.widgets import on_demand
from idc_core.metrics.operating_point import BY_HAND, Chosen, Infeasible, rule_words
from idc_core.metrics.rules import RULE_KINDS, written
from idc_core.runs.cross_validated import locked_in_folds
from idc_core.runs.run import Run

FIRST = ("sensitivity", "specificity", "youden", "f1")
"""Kinds whose buttons come first."""
BUTTONS = sorted(
    (each for each in RULE_KINDS if each.label),
    key=lambda each: FIRST.index(each.key) if each.key in FIRST else len(FIRST),
)
ASKED = {
    each.key: (each, each.number)
    for each in sorted(RULE_KINDS, key=lambda each: each.number is None or not each.number.share)
    if each.number is not None
}
"""Kinds that ask for a number, shares first."""
_KIND, _NUMBER = "own_kind", "own_number_{}"
_FIELDS = (_KIND, *map(_NUMBER.format, ASKED))
_MOVED = "threshold_rule"


def show(run: Run, beside: Callable[[], None]) -> None:
    """A row of buttons; each sets the threshold that its rule chooses on validation.

    `beside` draws the end of the row.
    """
    there = predictions.sorted_scores(run, "validation") is not None
    locked = cutoff.locked(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Choose on validation:", width="content")
        if locked is not None:
            st.button(
                f"Locked {digits(locked)}",
                key="rule_locked",
                icon=":material/lock:",
                on_click=_back,
                args=(run.name, locked),
                help=f"Exactly {locked!r}",
            )
        for kind in BUTTONS:
            st.button(
                kind.label,
                key=f"rule_{kind.example}",
                disabled=not there,
                on_click=_move,
                args=(run.name, kind.example),
                help=None if there else locked_in_folds(run.info) or _NO_VALIDATION,
            )
        if there:
            with on_demand.popover(
                "More …", "another_rule", keeps=_FIELDS, help="Other rules and values"
            ) as is_open:
                if is_open:
                    _own_value(run)
        beside()


_NO_VALIDATION = "Rules use validation, and this run has no validation split."


def rule_of(threshold: float) -> str:
    """The rule that chose the current threshold, or `BY_HAND`."""
    moved: tuple[str, float] | None = st.session_state.get(_MOVED)
    return moved[0] if moved is not None and moved[1] == threshold else BY_HAND


def _own_value(run: Run) -> None:
    """A rule with a value to enter, and what it achieves on validation."""
    words = {key: run.info.raster.say(asked.asks) for key, (_, asked) in ASKED.items()}
    picked = st.selectbox("Rule", list(words), key=_KIND, format_func=words.__getitem__)
    kind, asked = ASKED[str(picked)]
    number = st.number_input(
        "Number",
        asked.low,
        asked.high,
        asked.usual,
        key=_NUMBER.format(kind.key),
        label_visibility="collapsed",
    )
    action = "Apply"
    try:
        chosen = operating.chosen(run, written(kind, float(number)))
    except Infeasible as cannot:
        chosen, action = cannot.nearest, "Apply nearest"
        st.markdown("**No threshold satisfies this on validation.** The nearest:")
    except ValueError as cannot:
        st.caption(plain(cannot))
        return
    st.markdown(f"**{chosen.threshold!r}**: {reached(chosen)}, on validation.")
    st.button(action, key="own_rule", on_click=_move_own, args=(run.name,), type="primary")


def _move_own(name: str) -> None:
    """Apply the rule as entered: its number may have been typed just before the click."""
    kind = str(st.session_state[_KIND])
    _move(name, written(ASKED[kind][0], float(st.session_state[_NUMBER.format(kind)])))


def reached(chosen: Chosen) -> str:
    """What a choice achieves on validation."""
    return (
        f"sensitivity {100 * chosen.sensitivity:.1f} %, "
        f"specificity {100 * chosen.specificity:.1f} %"
    )


def _to(chosen: Chosen) -> None:
    st.session_state[_MOVED] = (chosen.rule, chosen.threshold)
    selection.change(threshold=chosen.threshold)


def _back(name: str, locked: float) -> None:
    if name == selection.current().run:
        selection.change(threshold=locked)


def _move(name: str, rule: str) -> None:
    """Apply a rule, unless the bar has another run than the button was drawn for."""
    if name != selection.current().run:
        return
    run = runs.run(name)
    try:
        _to(operating.chosen(run, rule))
    except Infeasible as cannot:
        _to(cannot.nearest)
        words = rule_words(rule, lambda words: run.info.raster.say(words, plain))
        selection.note(f"No threshold satisfies “{words}” on validation: this is the nearest.")
    except ValueError as cannot:
        selection.note(f"{str(cannot)[0].upper()}{str(cannot)[1:]}")
