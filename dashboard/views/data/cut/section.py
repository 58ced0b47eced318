"""Cut whole slides into a store: a folder, what its classes mean, a contact sheet, the store."""

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import counted, plain
from dashboard.state import page_state
from dashboard.state.jobs import Job as Work
from dashboard.state.jobs import jobs
from dashboard.state.queue import queue
from dashboard.state.reach import REACH
from dashboard.views.data.cut import contact_sheet
from dashboard.views.data.cut.work import look_at, look_into, meant, start
from dashboard.widgets import guarded, permitted, work
from idc_core.annotations.classes import Role
from idc_core.cut.looking import Drawn, classes_in
from idc_core.io.refusal import Refusal
from idc_core.jobs import cut_slides
from idc_core.jobs.cut_slides import Cut, Place, Wanted
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import CUT_SLIDES
from idc_core.score.save_as_run import plain_name

LOOK, SHEET, CUT = "cut_look", "cut_sheet", "cut_job"
"""Names of the jobs in the address: what was begun is found again after a reload."""

MOST_CLASSES = 40
_REFUSED = "cut_refused"
_MEANINGS = {
    None: "not set",
    Role.POSITIVE.value: "positive",
    Role.NEGATIVE.value: "negative",
    Role.ROI.value: "region of interest",
    Role.EXCLUDE.value: "exclude",
    Role.IGNORE.value: "ignore",
}


def show() -> None:
    """The section; open while something of it is going on."""
    cutting = None if REACH.others else _cutting()
    begun = [name for name in (LOOK, SHEET, CUT) if st.query_params.get(name)]
    refused = st.session_state.pop(_REFUSED, None)
    with st.expander(
        "Cut whole slides and their outlines into a store",
        expanded=bool(begun) or refused is not None or cutting is not None,
        icon=":material/grid_on:",
    ):
        if REACH.others:
            st.caption(
                "Others may reach this server, so its folders are not looked into from here. Cut "
                "on the command line: `python train_cli.py cut --help`."
            )
            return
        if refused is not None:
            st.warning(plain(refused))
        if cutting is not None:
            _shown(cutting)
        _place()
        found = _ended(LOOK)
        if found is not None and found.result[0] != _typed_or_none():
            st.warning("The fields above have changed since: look into the folder again.")
        elif found is not None:
            _classes(found.result)


def _place() -> None:
    begun = jobs().get(st.query_params.get(LOOK))
    if begun is not None and begun.result is not None:
        _filled(begun.result[0])
    left, right = st.columns(2)
    left.text_input(
        "Folder of slides, on this machine", key="cut_slides", placeholder="/data/slides"
    )
    right.text_input(
        "Folder of outlines", key="cut_outlines", placeholder="the same, where they lie beside"
    )
    left.text_input(
        "Table of slides (CSV)",
        key="cut_table",
        placeholder="without one every slide is a patient",
        help="Columns slide, patient, site, um, exhaustive, annotations; all but slide may be left "
        "out.",
    )
    right.number_input(
        "µm per pixel of the slides",
        0.0,
        100.0,
        step=0.05,
        key="cut_slide_um",
        help="Only where their files do not say it: 0 leaves it to them.",
    )
    st.checkbox(
        "Everything positive is outlined: the rest of the tissue is negative",
        key="cut_exhaustive",
        help="Otherwise tissue that nobody outlined is unknown, and left out.",
    )
    permitted.button("Look into the folder", "cut", key="cut_look_go", on_click=_look)


def _filled(place: Place) -> None:
    """After a reload the fields say what was looked into."""
    for key, value in (
        ("cut_slides", place.slides),
        ("cut_outlines", place.annotations),
        ("cut_table", place.table),
        ("cut_slide_um", place.slide_um or 0.0),
        ("cut_exhaustive", place.exhaustive),
    ):
        st.session_state.setdefault(key, value)


def _typed_or_none() -> Place | None:
    try:
        return _typed()
    except Refusal:
        return None


def _typed() -> Place:
    """The fields as the browser sent them with the click."""

    def text(name: str) -> str:
        return str(st.session_state.get(name) or "").strip()

    if not text("cut_slides"):
        raise Refusal("expected a folder of slides: none was named. Type where they lie.")
    return Place(
        slides=text("cut_slides"),
        annotations=text("cut_outlines"),
        table=text("cut_table"),
        slide_um=float(st.session_state.get("cut_slide_um") or 0) or None,
        exhaustive=bool(st.session_state.get("cut_exhaustive")),
    )


def _look() -> None:
    try:
        place = _typed()
        with gate.doing("cut", what=f"looked into {place.slides}"):
            place.jobs()  # a folder that is not there is said at once
            started = jobs().start(place.slides, lambda job: (place, look_into(place, job)))
    except Refusal as refused:
        st.session_state[_REFUSED] = str(refused)
        return
    for name in (SHEET, CUT):
        page_state.remember(name, None)
    page_state.remember(LOOK, started.id)


def _classes(found: tuple[Place, list[Drawn]]) -> None:
    place, drawn = found
    st.dataframe(
        pd.DataFrame(
            {
                "slide": [each.job.slide for each in drawn],
                "patient": [each.job.patient for each in drawn],
                "outlines": [_file(each) for each in drawn],
                "regions": [sum(each.classes.values()) for each in drawn],
                "classes": [", ".join(each.classes) for each in drawn],
                "problem": [each.why for each in drawn],
            }
        ),
        hide_index=True,
        key="cut_slides_found",
    )
    classes = classes_in(drawn)
    if not classes:
        st.warning("No slide has outlines that can be read: see the column “problem”.")
        return
    st.markdown("**What do the classes mean?**")
    boxes = st.columns(4)
    for at, (name, count) in enumerate(list(classes.items())[:MOST_CLASSES]):
        boxes[at % 4].selectbox(
            f"{plain(name[:60])} ({counted(count, 'region')})",
            list(_MEANINGS),
            key=f"cut_class {name}",
            format_func=_MEANINGS.__getitem__,
        )
    if len(classes) > MOST_CLASSES:
        st.caption(
            f"{len(classes) - MOST_CLASSES:,} more classes are not shown: cut on the command line, "
            "where a pattern speaks for many."
        )
    _how(place, list(classes))


def _how(place: Place, classes: list[str]) -> None:
    fields = st.columns(4)
    fields[0].number_input("µm per pixel of a patch", 0.01, 100.0, 0.5, 0.05, key="cut_um")
    fields[1].number_input("Side of a patch in pixels", 16, 1024, 224, 16, key="cut_px")
    fields[2].text_input("Positive class is called", "tumour", max_chars=40, key="cut_positive")
    fields[3].text_input("Negative class is called", "no tumour", max_chars=40, key="cut_negative")
    permitted.button(
        "Contact sheet", "cut", key="cut_sheet_go", on_click=_sheet, args=(place, classes)
    )
    sheet = _ended(SHEET)
    if sheet is None:
        return
    wanted, (seen, sheets) = sheet.result
    contact_sheet.show(sheets)
    if wanted != _wanted(place, classes):
        st.warning("The fields have changed since: draw the contact sheet again before cutting.")
        return
    name, button = st.columns([2, 1], vertical_alignment="bottom")
    name.text_input("Name of the store", plain_name(place.slides), max_chars=64, key="cut_name")
    many = counted(len(sheets), "slide")
    with button:
        permitted.button(
            f"Cut {many}",
            "cut",
            key="cut_go",
            type="primary",
            on_click=_cut,
            args=(wanted, seen, classes),
        )


def _wanted(place: Place, classes: list[str]) -> Wanted:
    """What is asked for, by the fields as they stand."""
    roles = {name: st.session_state.get(f"cut_class {name}") for name in classes}
    return Wanted(
        place=place,
        roles=meant(classes, roles),
        um=float(st.session_state.get("cut_um") or 0.5),
        px=int(st.session_state.get("cut_px") or 224),
        positive=str(st.session_state.get("cut_positive") or "").strip(),
        negative=str(st.session_state.get("cut_negative") or "").strip(),
    )


def _sheet(place: Place, classes: list[str]) -> None:
    try:
        if _typed_or_none() != place:
            raise Refusal("the folder's fields have changed since: look into it again.")
        wanted = _wanted(place, classes)
        wanted.settings().classes.roles(dict.fromkeys(classes, 1))
        with gate.doing("cut", what=f"looked at {place.slides}"):
            started = jobs().start(place.slides, lambda job: (wanted, look_at(wanted, job)))
    except Refusal as refused:
        st.session_state[_REFUSED] = str(refused)
        return
    page_state.remember(CUT, None)
    page_state.remember(SHEET, started.id)


def _cut(wanted: Wanted, seen: str, classes: list[str]) -> None:
    """Only what the contact sheet shows: who typed and clicked at once is told."""
    if _typed_or_none() != wanted.place or _wanted(wanted.place, classes) != wanted:
        st.session_state[_REFUSED] = (
            "Nothing was cut: the fields have changed since. Draw the contact sheet again."
        )
        return
    name = str(st.session_state.get("cut_name") or "").strip()
    if plain_name(name) != name:
        st.session_state[_REFUSED] = (
            f"expected a name of letters, digits, dots and dashes: found {name[:60]!r}."
        )
        return
    try:
        with gate.doing("cut", what=f"into the store {name}") as here:
            started = start(wanted, seen, name, here)
    except Refusal as refused:
        st.session_state[_REFUSED] = str(refused)
        return
    page_state.remember(CUT, started.id)


def _cutting() -> Job | None:
    """The cutting of the address, else one that is under way: whoever comes back finds it."""
    known = queue().get(st.query_params.get(CUT))
    if known is not None and known.kind == CUT_SLIDES.key:
        return known
    return next((job for job in queue().of(CUT_SLIDES.key) if not job.ended), None)


def _shown(job: Job) -> None:
    """Draw a cutting: how far it is, or how it ended."""
    said = f"The store {plain(job.name)}"
    if not job.ended:
        work.under_way(job.id, said, "cut", "cut_stop")
    elif job.state == "done":
        _told(cut_slides.read(job))
    elif job.state == "cancelled":
        st.caption(f"{said}: stopped. What was cut is kept: cut it again to go on.")
    else:
        work.ended(job, said)


def _ended(name: str) -> Work | None:
    """The job of this name with its result; while it runs its progress is drawn, and if it was
    refused the sentence."""
    job = jobs().get(st.query_params.get(name))
    if job is None:
        return None
    if not job.ended:
        _waiting(job.id, name)
    elif job.refused:
        st.warning(plain(job.refused))
    return job if job.ended and job.result is not None else None


@guarded.fragment(run_every=0.5)
def _waiting(number: str, name: str) -> None:
    job = jobs().get(number)
    if job is None or job.ended:
        st.rerun()
    left = f": {job.done:,} of {job.of:,}" if job.of else " …"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.done / job.of if job.of else 0.0, f"{job.doing}{left}", width=560)
        st.button("Stop", key=f"{name}_stop", on_click=_stop, args=(number, name))


@permitted.said
def _stop(number: str, name: str) -> None:
    with gate.doing("cut", what="stopped"):
        jobs().drop(number)
    page_state.remember(name, None)


def _told(done: Cut) -> None:
    st.success(
        f"The store {plain(done.store)} holds {counted(done.patches, 'patch', 'patches')} of "
        f"{counted(done.slides, 'slide')}. Train on it: "
        f"`python train_cli.py train --data {done.store} --run NAME`."
    )
    if done.refused:
        st.warning(f"{counted(len(done.refused), 'slide')} could not be cut:")
        refused = [(each.slide, each.why) for each in done.refused]
        st.dataframe(pd.DataFrame(refused, columns=["slide", "why"]), hide_index=True)


def _file(drawn: Drawn) -> str:
    return drawn.job.annotations.name if drawn.job.annotations is not None else "none"
