"""Tag, rename and archive the selected run."""

from collections.abc import Callable

import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.widgets import permitted, reader
from idc_core.io.refusal import Refusal
from idc_core.records.notes import Notes, read_notes
from idc_core.runs.notes import archive, tag, tags_of
from idc_core.runs.rename import rename
from idc_core.runs.run import Run

_SHOWN = 3


def show(run: Run) -> None:
    """A popover. Tags are saved as typed; a new name is saved when its button is pressed."""
    try:
        notes = read_notes(run.path)
    except Refusal as refusal:
        st.caption(plain(refusal))
        return
    with st.popover("Tag, rename, archive", icon=":material/sell:", width="stretch"):
        st.caption("Your name")
        reader.field()
        refused = st.session_state.pop(_refused(run), None)
        if refused is not None:
            st.warning(plain(refused))
        _tags(run, notes)
        _name(run)
        _archive(run, notes)
        for change in notes.changes[: -_SHOWN - 1 : -1]:
            st.caption(plain(f"{change.what}, by {change.by}, {change.at}"))


def _tags(run: Run, notes: Notes) -> None:
    key = f"tags_{run.name}"
    if key not in st.session_state:
        st.session_state[key] = ", ".join(notes.tags)

    def save() -> None:
        def write() -> None:
            with gate.doing("tag", run=run.name, what=st.session_state[key]):
                tag(run.path, tags_of(st.session_state[key]), by=reader.name())

        _tried(run, write)

    missing = gate.needs("tag")
    st.text_input("Tags, separated by commas", key=key, on_change=save, disabled=bool(missing))
    permitted.say(missing)
    if notes.tags:
        st.caption("Tagged: " + ", ".join(map(plain, notes.tags)))


def _name(run: Run) -> None:
    key = f"name_{run.name}"

    def give() -> None:
        wanted = str(st.session_state[key]).strip()

        def write() -> None:
            with gate.doing("rename", run=run.name, what=wanted):
                rename(run.path, wanted, by=reader.name())

        if wanted and wanted != run.name and _tried(run, write):
            selection.change(run=wanted)

    st.text_input("New name", key=key, placeholder=run.name)
    permitted.button("Rename", "rename", key=f"rename_{run.name}", on_click=give)


def _archive(run: Run, notes: Notes) -> None:
    def save() -> None:
        def write() -> None:
            archived = bool(st.session_state[key])
            with gate.doing("archive", run=run.name, what="" if archived else "taken out"):
                archive(run.path, archived, by=reader.name())

        _tried(run, write)

    key = f"archived_{run.name}"
    st.session_state[key] = notes.archived
    missing = gate.needs("archive")
    st.toggle(
        "Archived: kept, but no longer offered",
        key=key,
        on_change=save,
        disabled=bool(missing),
        help="The run stays where it is; the table of runs can still show it.",
    )
    permitted.say(missing)


def _tried(run: Run, write: Callable[[], object]) -> bool:
    """Whether it was saved; if not, the popover says why and keeps what was typed."""
    try:
        write()
    except Refusal as refused:
        st.session_state[_refused(run)] = f"Not saved: {refused}"
    except OSError as error:
        st.session_state[_refused(run)] = (
            f"Not saved: cannot write to the run's folder ({error.strerror})."
        )
    else:
        return True
    return False


def _refused(run: Run) -> str:
    return f"manage_refused_{run.name}"
