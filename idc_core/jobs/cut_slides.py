"""Cut slides into a store, as a contact sheet showed them. What is cut stays where the job is
cancelled or killed: the same asked for again goes on with the slides that are left."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from idc_core.annotations.classes import ClassMap, Role, Rule
from idc_core.cut.cutting import clear, cut_all, working_place
from idc_core.cut.jobs import Job as Slide
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.split.splits import ByPatient
from idc_core.data.stores.store import SLIDES, open_store
from idc_core.data.stores.writer import refuse_foreign_files
from idc_core.io import record
from idc_core.io.files import read_parquet
from idc_core.io.lock import only_one
from idc_core.io.paths import store_path
from idc_core.io.progress import TellStage
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.jobs.same import stamp_of
from idc_core.records.cut_slides import Refused
from idc_core.records.manifest import Manifest, refuse_taken
from idc_core.records.raster import Raster

TOLD = "told.json"


class Place(Asked, frozen=True, kw_only=True):
    """What was typed: folders of slides and outlines, a table of slides, µm of the slides."""

    slides: str
    annotations: str = ""
    table: str = ""
    slide_um: float | None = None
    exhaustive: bool = False

    def jobs(self) -> list[Slide]:
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


class Wanted(Asked, frozen=True, kw_only=True):
    """How slides are to be cut: all that was chosen on the page. `roles`: pairs of a class and the
    value of its `Role`."""

    place: Place
    roles: list[list[str]]
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


class AskedCut(Asked, frozen=True, kw_only=True):
    """A store to be made; `seen`: the mark of the files that the contact sheet was drawn of."""

    store: str
    wanted: Wanted
    seen: str


class _Told(Record, frozen=True, kw_only=True):
    store: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A store that was made, and the slides that could not be cut."""

    store: str
    patches: int
    slides: int
    refused: tuple[Refused, ...]


def mark_of(slides: list[Slide]) -> str:
    """What tells these slides and outlines from others in their place, without reading them."""
    files = [
        f"{each.slide} {stamp_of(file)}"
        for each in slides
        for file in (each.file, each.annotations)
        if file is not None
    ]
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()


def work(job: Job, place: Path, tell: TellStage) -> None:
    """Cut them; see `kinds.Work`."""
    asked = record.of(AskedCut, msgspec.json.decode(job.asked), f"job {job.id}")
    store = store_path(asked.store)
    if not _made_before(job, store):
        _cut(asked, store, tell)
    clear(working_place(store))
    record.write(place / TOLD, _Told(store=store.name))


def read(job: Job) -> Cut:
    """The store that it made; raises `Refusal` where it is gone."""
    store = open_store(store_path(record.read(_Told, job.found / TOLD).store))
    slides = read_parquet(store.path / SLIDES, ["slide", "file", "state", "why"])
    refused = slides[slides["state"] == "refused"]
    return Cut(
        store.name,
        len(store.index),
        len(slides) - len(refused),
        tuple(
            Refused(slide=slide, file=file, why=why)
            for slide, file, why in zip(
                refused["slide"], refused["file"], refused["why"], strict=True
            )
        ),
    )


def _made_before(job: Job, store: Path) -> bool:
    """Whether a try that was killed had put the store in its place."""
    if job.tries < 2 or not (store / "manifest.json").is_file():
        return False
    manifest = record.read(Manifest, store / "manifest.json")
    return manifest.made is not None and manifest.made >= job.made


def _cut(asked: AskedCut, store: Path, tell: TellStage) -> None:
    refuse_taken(store, overwrite=False)
    refuse_foreign_files(store)
    wanted, place = asked.wanted, working_place(store)
    slides, settings = wanted.place.jobs(), wanted.settings()
    if mark_of(slides) != asked.seen:
        raise Refusal(
            "expected the slides and outlines as the contact sheet showed them: they were changed "
            "since. Nothing was cut; draw it again."
        )
    store.parent.mkdir(parents=True, exist_ok=True)
    with only_one(store.parent / f".{store.name}.cut.lock", "cutting"):
        tell("cutting", 0, len(slides))
        parts, refused = cut_all(
            slides,
            settings,
            place,
            apart=True,
            tell=lambda done, of, _: tell("cutting", done, of),
        )
        if not parts:
            clear(place)
            raise Refusal(f"none of {len(slides):,} slides could be cut: {refused[0].why}")
        tell("putting the store together", 0, 0)
        source = Path(wanted.place.slides).expanduser()
        put_together(parts, refused, settings, store, source, ByPatient())
