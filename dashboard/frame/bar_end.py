"""The end of the bar: what is selected, in a line, while the bar is folded; copy link; fold."""

from pathlib import Path

import streamlit as st

from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_END = st.components.v2.component(
    "idc_bar_end",
    html="""
<div class="end">
  <span class="selected" hidden></span>
  <div class="copy">
    <button type="button">Copy link</button>
    <div class="by-hand" hidden>
      <label>The browser does not allow copying here: press Ctrl+C (⌘C).<input type="text" readonly>
      </label>
    </div>
  </div>
  <button type="button" class="fold">▲</button>
</div>""",
    css=style(_HERE / "bar_end.css"),
    js=script(_HERE / "bar_end.js"),
)


def show(selected: str) -> None:
    """Draw both buttons. `selected`: what the bar's controls say, shown in their place while they
    are folded away.

    The first copies the address of what is shown, exactly as the browser has it when the button is
    pressed, and says so; where the browser forbids it, on plain http from another machine, the link
    stands in a field, selected, to be copied by hand. The second folds the bar in the browser
    alone: no rerun, and it stays so on every page.
    """
    _END(key="copy_link", data={"selected": selected})
