"""The threshold in the bar: a slider, and a number to type.

While it moves, the browser alone follows; the server hears of a threshold once it rests, with the
run and the split that it was chosen for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.cache import threshold_table
from dashboard.state import drawn_at, left_as_it_was, selection
from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_KEY = "bar_threshold"
_ANSWERED = "bar_threshold_answered"
_SLIDER = st.components.v2.component(
    "idc_threshold_slider",
    html="""
<div class="threshold">
  <div class="head">
    <span class="words"><span class="name"></span><span class="state"></span></span>
    <button type="button" class="help" aria-label="Help on the threshold" aria-describedby="tip"
      ><span aria-hidden="true">?</span></button>
    <span class="tip" id="tip" role="tooltip"></span>
  </div>
  <input type="range" class="range" min="0" max="1" step="any" aria-label="Threshold">
  <input type="text" class="number" inputmode="decimal" autocomplete="off" spellcheck="false"
    aria-label="Threshold as a number">
  <div class="trouble" role="alert" hidden></div>
</div>""",
    css=style(_HERE / "threshold_slider.css"),
    js=script(_HERE / "threshold_slider.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that the slider shows."""

    value: float
    """Exactly the threshold in force, on the slider's grid or off it."""
    label: str
    state: str
    help: str
    rates: Sequence[str]
    """Sensitivity and specificity at it, in words; empty where they are not known."""
    steps: Sequence[float] | None
    """Where the slider stops until it has the table, on a logit scale; None for steps of 0.001."""
    table: threshold_table.Told | None
    """What the page says at each threshold of the slider."""
    follows: bool
    """Whether the page's figures follow the threshold."""


def show(shown: Shown) -> None:
    """Draw the slider; a threshold that comes to rest is chosen before the rerun."""

    def moved() -> None:
        act = st.session_state[_KEY].get("moved")
        if not isinstance(act, dict) or act.get("token") == st.session_state.get(_ANSWERED):
            return  # delivered twice
        st.session_state[_ANSWERED] = str(act.get("token"))
        threshold = chosen(act, _about())
        if threshold is not None:
            selection.change(threshold=threshold)
            left_as_it_was.shown(str(act.get("shown", "")))
            if act.get("painted") is True:
                drawn_at.painted()

    answered = st.session_state.get(_ANSWERED, "")
    table = shown.table and {"address": shown.table.address, "of": shown.table.of}
    data = asdict(shown) | {"table": table, "about": _about(), "answered": answered}
    _SLIDER(key=_KEY, data=data, on_moved_change=moved, width="stretch", height="content")


def chosen(act: Mapping[str, Any], about: Mapping[str, str | None]) -> float | None:
    """The threshold that the browser sends; None where it was moved for another run or split than
    those chosen now, or is none.

    >>> about = {"run": "demo", "split": "test"}
    >>> chosen({"threshold": 0.4, "about": about}, about)
    0.4
    >>> chosen({"threshold": 0.4, "about": about}, {"run": "demo", "split": "train"})
    >>> chosen({"threshold": 1.4, "about": about}, about)
    """
    value = act.get("threshold")
    if act.get("about") != about or isinstance(value, bool):
        return None
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _about() -> dict[str, str | None]:
    """What a threshold is chosen for."""
    now = selection.current()
    return {"run": now.run, "split": now.split}
