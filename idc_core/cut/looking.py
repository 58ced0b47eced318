"""Before anything is cut: which classes were drawn on each slide, what would be cut of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from idc_core.annotations.opening import read
from idc_core.cut.cutting import each, or_refused
from idc_core.cut.jobs import Job
from idc_core.cut.settings import Settings
from idc_core.cut.sheet import Sheet, look_at
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Refused

TellSlides = Callable[[int, int], None]
"""Told after each slide: how many are through, of how many."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a slide: class → number of regions, by which tool; `why` nothing can be
    read, else empty."""

    job: Job
    classes: dict[str, int]
    tool: str = ""
    why: str = ""


def drawn_on(job: Job, *, detections: bool = False) -> Drawn:
    """Read the outlines of a slide; the slide itself is not opened."""
    if job.annotations is None:
        return Drawn(job, {}, why="there are no outlines of its name")
    try:
        found = read(job.annotations, detections=detections, picture=job.file.name)
    except Refusal as refused:
        return Drawn(job, {}, why=str(refused))
    return Drawn(job, found.classes, found.tool)


def classes_in(drawn: Sequence[Drawn]) -> dict[str, int]:
    """Class → number of its regions on all slides, the most frequent first."""
    total: Counter[str] = Counter()
    for one in drawn:
        total.update(one.classes)
    return dict(total.most_common())


def look_at_all(
    jobs: Sequence[Job], settings: Settings, *, workers: int = 2, tell: TellSlides
) -> list[Sheet | Refused]:
    """What would be cut of each slide, in the order of `jobs`, each looked at in a process of its
    own."""
    found: dict[str, Sheet | Refused] = {}
    for job, outcome in each(jobs, partial(_look, settings=settings), workers, apart=True):
        found[job.slide] = outcome
        tell(len(found), len(jobs))
    return [found[job.slide] for job in jobs]


def _look(job: Job, settings: Settings) -> Sheet | Refused:
    return or_refused(job, lambda: look_at(job, settings))
