"""Tag, rename and archive the chosen run."""

from collections.abc import Callable

import streamlit as st

from dashboard import thread
from dashboard.charts.theme import plain
from idc_core.refusal import Refusal
from idc_core.run_notes import Notes, read_notes, rename, tags_of, write_notes
from idc_core.runs import Run


def show(run: Run) -> None:
    """A popover; what is typed counts at once, a new name when its button is pressed."""
    try:
        notes = read_notes(run.path)
    except Refusal as refusal:
        st.caption(plain(refusal))
        return
    with st.popover("Tag, rename, archive", icon=":material/sell:", width="stretch"):
        _tags(run, notes)
        _name(run)
        _archive(run, notes)


def _tags(run: Run, notes: Notes) -> None:
    key = f"tags_{run.name}"
    if key not in st.session_state:
        st.session_state[key] = ", ".join(notes.tags)

    def keep() -> None:
        _tried(lambda: write_notes(run.path, Notes(tags_of(st.session_state[key]), notes.archived)))

    st.text_input("Tags, with commas between", key=key, on_change=keep)
    if notes.tags:
        st.caption("Tagged: " + ", ".join(map(plain, notes.tags)))


def _name(run: Run) -> None:
    wanted = st.text_input("Another name", key=f"name_{run.name}", placeholder=run.name).strip()
    if not wanted or wanted == run.name:
        return
    if st.button(f"Rename to {plain(wanted)}", key="rename"):
        try:
            moved = rename(run.path, wanted)
        except (Refusal, OSError) as refused:
            st.warning(plain(refused))
            return
        thread.change(run=moved.name)
        st.rerun()


def _archive(run: Run, notes: Notes) -> None:
    def keep() -> None:
        put_aside = bool(st.session_state[key])
        _tried(lambda: write_notes(run.path, Notes(notes.tags, put_aside)))

    key = f"archived_{run.name}"
    st.session_state[key] = notes.archived
    st.toggle(
        "Archived: kept, and no longer offered", key=key, on_change=keep,
        help="It stays where it is; the table of runs shows it when asked to.",
    )  # fmt: skip


def _tried(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        thread.note(f"Not kept: the run's folder cannot be written ({error.strerror}).")
