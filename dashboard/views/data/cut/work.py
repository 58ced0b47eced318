"""The look before slides are cut, in the background, and the start of the cutting itself."""

from collections.abc import Mapping, Sequence

from dashboard.access import starters
from dashboard.access.person import Here
from dashboard.state.jobs import Job as Work
from dashboard.state.queue import queue
from idc_core.cut.looking import Drawn, drawn_on, look_at_all
from idc_core.cut.sheet import Sheet
from idc_core.data.stores.writer import refuse_foreign_files
from idc_core.io.paths import store_path
from idc_core.io.refusal import Refusal
from idc_core.jobs.cut_slides import AskedCut, Place, Wanted, mark_of
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import CUT_SLIDES
from idc_core.records.cut_slides import Refused
from idc_core.records.manifest import refuse_taken


def look_into(place: Place, work: Work) -> list[Drawn]:
    """Which classes were drawn on which slide."""
    found, slides = [], place.jobs()
    for at, job in enumerate(slides, start=1):
        _go_on(work, "reading outlines", at, len(slides))
        found.append(drawn_on(job))
    return found


def look_at(wanted: Wanted, work: Work) -> tuple[str, list[Sheet | Refused]]:
    """What would be cut of each slide, after the mark of the files that were looked at."""
    slides, settings = wanted.place.jobs(), wanted.settings()
    seen = mark_of(slides)
    return seen, look_at_all(
        slides, settings, tell=lambda done, of: _go_on(work, "looking at slides", done, of)
    )


def start(wanted: Wanted, seen: str, name: str, here: Here) -> Job:
    """Put the cutting into the queue; a name that is taken is refused at once."""
    store = store_path(name)
    refuse_taken(store, overwrite=False)
    refuse_foreign_files(store)
    asked = AskedCut(store=name, wanted=wanted, seen=seen)
    return queue().start(CUT_SLIDES.key, name, asked, by=starters.of(here))


def meant(classes: Sequence[str], roles: Mapping[str, str | None]) -> list[list[str]]:
    """The classes that have a meaning, with it.

    >>> meant(["Tumor", "Note"], {"Tumor": "positive", "Note": None})
    [['Tumor', 'positive']]
    """
    return [[name, role] for name in classes if (role := roles.get(name)) is not None]


def _go_on(work: Work, doing: str, done: int, of: int) -> None:
    if work.stop.is_set():
        raise Refusal("stopped.")
    work.tell(doing, done, of)
