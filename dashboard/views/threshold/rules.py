"""Ask for a threshold by rule; the rule looks at validation only."""

import math
from collections.abc import Callable

import streamlit as st

from dashboard.cache import operating, predictions, runs
from dashboard.charts.theme import digits, plain
from dashboard.state import thread
from idc_core.metrics.operating_point import BY_HAND, Chosen, Infeasible, rule_words
from idc_core.runs.run import Run

_RULES = {
    "Find 90 % of IDC": "sensitivity>=0.9",
    "Leave 90 % alone": "specificity>=0.9",
    "Youden": "youden",
    "Best F1": "f1",
}
_MOVED = "threshold_rule"

# Kind: the sentence around the number, its default and its range.
_OWN = {
    "sensitivity": ("find at least this share of the IDC, in %", 95.0, (1.0, 100.0)),
    "sensitivity_low": ("find this share even at the lower 95 % limit, in %", 85.0, (1.0, 100.0)),
    "specificity": ("leave at least this share of the rest alone, in %", 95.0, (1.0, 100.0)),
    "precision": ("make at least this share of the calls IDC, in %", 80.0, (1.0, 100.0)),
    "calls": ("call at most this share of the patches, in %", 20.0, (1.0, 100.0)),
    "cost": ("one missed IDC patch weighs as much as so many false alarms", 5.0, (0.1, 1e4)),
    "fbeta": ("best F-beta, where finding weighs beta times as much", 2.0, (0.1, 20.0)),
}


def show(run: Run, beside: Callable[[], None]) -> None:
    """A row of buttons; each moves the threshold to what its rule chooses on validation.

    `beside` draws what stands at the end of the row.
    """
    there = predictions.scores(run, "validation") is not None
    locked = operating.locked_threshold(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Chosen on validation:", width="content")
        if locked is not None:
            st.button(
                f"Locked {digits(locked)}",
                key="rule_locked",
                icon=":material/lock:",
                on_click=_back,
                args=(run.name, locked),
                help=f"Exactly {locked!r}",
            )
        for name, rule in _RULES.items():
            st.button(
                name,
                key=f"rule_{rule}",
                disabled=not there,
                on_click=_move,
                args=(run.name, rule),
                help=None if there else _NO_VALIDATION,
            )
        if there:
            with st.popover("More …", key="another_rule", help="A rule with a number of your own"):
                _own(run)
        beside()


_NO_VALIDATION = "A rule chooses on validation, and this run has no validation split."


def rule_of(threshold: float) -> str:
    """The rule that moved the threshold to where it is; by hand if none did."""
    moved: tuple[str, float] | None = st.session_state.get(_MOVED)
    return moved[0] if moved is not None and moved[1] == threshold else BY_HAND


def _own(run: Run) -> None:
    """A rule with a number of one's own, said as a sentence, with what it reaches."""
    kind = str(
        st.selectbox(
            "I want to", list(_OWN), key="own_kind", format_func=lambda each: _OWN[each][0]
        )
    )
    _, default, (low, high) = _OWN[kind]
    number = st.number_input(
        "Number",
        low,
        high,
        default,
        key=f"own_number_{kind}",
        label_visibility="collapsed",
    )
    said = "Move there"
    try:
        chosen = operating.chosen(run, written(kind, float(number)))
    except Infeasible as cannot:
        chosen, said = cannot.nearest, "Move to the nearest"
        st.markdown("**No threshold does that on validation.** The nearest one:")
    except ValueError as cannot:
        st.caption(plain(cannot))
        return
    st.markdown(f"**{chosen.threshold!r}**: {reached(chosen)}, on validation.")
    st.button(said, key="own_rule", on_click=_move_own, args=(run.name,), type="primary")


def _move_own(name: str) -> None:
    """To what the sentence says now: its number may have been typed a moment before the click."""
    kind = str(st.session_state["own_kind"])
    _move(name, written(kind, float(st.session_state[f"own_number_{kind}"])))


def written(kind: str, number: float) -> str:
    """A rule from its kind and the number of its sentence.

    >>> written("sensitivity", 95.0), written("cost", 5.0)
    ('sensitivity>=0.95', 'cost:5')
    """
    if kind in ("cost", "fbeta"):
        return f"{kind}:{_plain(number)}"
    return f"{kind}{'<=' if kind == 'calls' else '>='}{_plain(number / 100)}"


def reached(chosen: Chosen) -> str:
    """What a choice does where it was made."""
    return (
        f"finds {100 * chosen.sensitivity:.1f} % of the IDC and leaves "
        f"{100 * chosen.specificity:.1f} % of the rest alone"
    )


def _plain(number: float) -> str:
    """A number without an exponent or needless digits."""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return text if text and math.isfinite(number) else "0"


def _to(chosen: Chosen) -> None:
    st.session_state[_MOVED] = (chosen.rule, chosen.threshold)
    thread.change(threshold=chosen.threshold)


def _back(name: str, locked: float) -> None:
    if name == thread.current().run:
        thread.change(threshold=locked)


def _move(name: str, rule: str) -> None:
    """Nothing where the run in the bar is not the one that the button was drawn for."""
    if name != thread.current().run:
        return
    run = runs.run(name)
    try:
        _to(operating.chosen(run, rule))
    except Infeasible as cannot:
        _to(cannot.nearest)
        thread.note(f"No threshold reaches {rule_words(rule)} on validation: this is the nearest.")
    except ValueError as cannot:
        thread.note(f"{str(cannot)[0].upper()}{str(cannot)[1:]}")
