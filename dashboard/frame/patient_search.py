"""The patient in the bar, where there are too many for a list: a search that the server answers."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.state import selection
from dashboard.widgets import guarded
from dashboard.widgets.script import script, style
from idc_core.io.digits import many

MOST = 50
"""Names that are suggested at once."""
KEY = "bar_patient_search"
_SEARCH, _TURN = f"{KEY}_letters", f"{KEY}_turn"
_HERE = Path(__file__).parent
_PICKER = st.components.v2.component(
    "idc_patient_search",
    html="""
<div class="picker">
  <label for="name"></label>
  <input id="name" type="text" role="combobox" autocomplete="off" spellcheck="false" maxlength="80"
    aria-autocomplete="list" aria-expanded="false" aria-controls="found">
  <div class="found" hidden>
    <ul id="found" role="listbox" aria-label="Patients"></ul>
    <p class="more" role="status"></p>
  </div>
</div>""",
    css=style(_HERE / "patient_search.css"),
    js=script(_HERE / "patient_search.js"),
)


def matching(names: Sequence[str], search: str, most: int = MOST) -> tuple[list[str], int]:
    """The names that hold the letters, those that begin with them first; and how many do.

    >>> matching(["A10", "AB1", "B1", "b100"], "B1")
    (['B1', 'b100', 'AB1'], 3)
    >>> matching(["A10", "B1", "b100"], "10", most=1)
    (['A10'], 2)
    """
    wanted = search.casefold()
    found = [name for name in names if wanted in name.casefold()]
    first = [name for name in found if name.casefold().startswith(wanted)]
    begun = set(first[:most])
    rest = [name for name in found[: 2 * most] if name not in begun]
    return [*first[:most], *rest][:most], len(found)


@guarded.fragment()
def show(names: Sequence[str], chosen: str | None) -> None:
    """Draw the search among `names`; letters redraw this part alone."""
    if selection.current().patient != chosen:
        st.rerun()  # another was chosen: all of the page is another

    def searched() -> None:
        told = st.session_state[KEY].get("searched")
        if isinstance(told, dict) and isinstance(told.get("search"), str):
            st.session_state[_SEARCH] = told["search"][:80]
            st.session_state[_TURN] = told.get("turn")

    def picked() -> None:
        told = st.session_state[KEY].get("picked")
        if told is None or isinstance(told, dict):
            name = (told or {}).get("name")
            if name is None or isinstance(name, str):
                selection.change(patient=name)

    search = st.session_state.get(_SEARCH, "")
    found, count = matching(names, search)
    more = f"{many(count)} found, the first {MOST} are listed: type more." if count > MOST else ""
    _PICKER(
        key=KEY,
        data={
            "label": "Patient",
            "chosen": chosen,
            "any": f"All {many(len(names))} patients",
            "found": found,
            "more": more if count else "No patient of this split is called so.",
            "turn": st.session_state.get(_TURN),
        },
        on_searched_change=searched,
        on_picked_change=picked,
        width="stretch",
        height="content",
    )
