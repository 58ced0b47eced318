"""Copy the address of what is shown, exactly as the browser has it when the button is pressed."""

from pathlib import Path

import streamlit as st

from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_BUTTON = st.components.v2.component(
    "idc_copy_link",
    html="""
<div class="copy">
  <button type="button">Copy link</button>
  <div class="by-hand" hidden>
    <label>The browser may not copy here: press Ctrl+C (⌘C).<input type="text" readonly></label>
  </div>
</div>""",
    css=style(_HERE / "copy_link.css"),
    js=script(_HERE / "copy_link.js"),
)


def show() -> None:
    """A button that says so once the link is copied; where the browser forbids it, on plain http
    from another machine, the link stands in a field, selected, to be copied by hand."""
    _BUTTON(key="copy_link")
