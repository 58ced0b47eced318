"""The long work of cutting slides, in the background."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.state.jobs import Job as Work
from idc_core.annotations.classes import ClassMap, Role, Rule
from idc_core.cut.cutting import clear, cut_all, working_place
from idc_core.cut.jobs import Job, jobs
from idc_core.cut.looking import Drawn, drawn_on, look_at_all
from idc_core.cut.settings import Settings
from idc_core.cut.sheet import Sheet
from idc_core.cut.store import put_together
from idc_core.data.split.splits import ByPatient
from idc_core.data.stores.writer import refuse_foreign_files
from idc_core.io.lock import only_one
from idc_core.io.paths import store_path
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Refused
from idc_core.records.manifest import refuse_taken
from idc_core.records.raster import Raster


@dataclass(frozen=True, slots=True)
class Place:
    """What was typed: folders of slides and outlines, a table of slides, µm of the slides."""

    slides: str
    annotations: str = ""
    table: str = ""
    slide_um: float | None = None
    exhaustive: bool = False

    def jobs(self) -> list[Job]:
        """The slides that lie there; raises `Refusal`."""
        slides = Path(self.slides).expanduser()
        folder = slides if slides.is_dir() else slides.parent
        return jobs(
            slides,
            Path(self.annotations).expanduser() if self.annotations else folder,
            Path(self.table).expanduser() if self.table else None,
            um=self.slide_um,
            exhaustive=self.exhaustive,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """How slides are to be cut: all that was chosen on the page."""

    place: Place
    roles: tuple[tuple[str, str], ...]
    """Class, and the value of its `Role`."""
    um: float
    px: int
    positive: str
    negative: str

    def settings(self) -> Settings:
        """Raises `Refusal` where a number or a name will not do."""
        rules = tuple(Rule(re.escape(name), Role(role)) for name, role in self.roles)
        raster = Raster(
            patch_px=self.px,
            um_per_px=self.um,
            um_from="given",
            positive=self.positive,
            negative=self.negative,
        )
        return Settings(raster, self.um, ClassMap(rules, "what the classes mean"))


@dataclass(frozen=True, slots=True)
class Cut:
    """A store that was made, and the slides that could not be cut."""

    store: str
    patches: int
    slides: int
    refused: tuple[Refused, ...]


def look_into(place: Place, work: Work) -> list[Drawn]:
    """Which classes were drawn on which slide."""
    found, slides = [], place.jobs()
    for at, job in enumerate(slides, start=1):
        _go_on(work, "reading outlines", at, len(slides))
        found.append(drawn_on(job))
    return found


def look_at(wanted: Wanted, work: Work) -> list[Sheet | Refused]:
    """What would be cut of each slide."""
    slides, settings = wanted.place.jobs(), wanted.settings()
    return look_at_all(
        slides, settings, tell=lambda done, of: _go_on(work, "looking at slides", done, of)
    )


def cut(wanted: Wanted, name: str, work: Work) -> Cut:
    """Cut all slides into the store `name`; what was cut stays if it is stopped."""
    store = store_path(name)
    refuse_taken(store, overwrite=False)
    refuse_foreign_files(store)
    slides, settings, place = wanted.place.jobs(), wanted.settings(), working_place(store)
    store.parent.mkdir(parents=True, exist_ok=True)
    with only_one(store.parent / f".{store.name}.cut.lock", "cutting"):
        parts, refused = cut_all(
            slides,
            settings,
            place,
            apart=True,
            tell=lambda done, of, _: _go_on(work, "cutting", done, of),
        )
        if not parts:
            clear(place)
            raise Refusal(f"none of {len(slides):,} slides could be cut: {refused[0].why}")
        source = Path(wanted.place.slides).expanduser()
        made = put_together(parts, refused, settings, store, source, ByPatient())
        clear(place)
    return Cut(made.name, len(made.index), len(parts), tuple(refused))


def meant(classes: Sequence[str], roles: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The classes that have a meaning, with it.

    >>> meant(["Tumor", "Note"], {"Tumor": "positive", "Note": None})
    (('Tumor', 'positive'),)
    """
    return tuple((name, role) for name in classes if (role := roles.get(name)) is not None)


def _go_on(work: Work, doing: str, done: int, of: int) -> None:
    if work.stop.is_set():
        raise Refusal("stopped. What was cut is kept: start it again to go on.")
    work.tell(doing, done, of)
