"""`cut`: from whole slides and their outlines to a patch store."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from idc_core.cli.console import DATA, NONE_DONE, SOME_REFUSED, app, progress, say, sign
from idc_core.cli.data import split_rule, tell_store
from idc_core.cli.words import (
    Detections,
    Fractions,
    GivenSplit,
    NegativeTo,
    Overwrite,
    PositiveFrom,
    Priority,
    Seed,
    StoreName,
    named_classes,
)
from idc_core.io.paths import store_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.cut.jobs import Job
    from idc_core.cut.settings import Settings
    from idc_core.records.cut_slides import Done, Refused

Option = typer.Option


@app.command(rich_help_panel=DATA)
def cut(
    slides: Annotated[Path, typer.Argument(help="a folder of slides, or one slide")],
    name: StoreName,
    um: Annotated[float, Option(help="µm per pixel of the patches")],
    classes: Annotated[
        Path,
        Option(
            help="what the outlines' classes mean: a table with the columns pattern and class "
            "(positive, negative, roi, exclude, ignore)"
        ),
    ],
    annotations: Annotated[
        Path | None, Option(help="the folder of outlines; without it that of the slides")
    ] = None,
    px: Annotated[int, Option(help="side of a patch in pixels, 16 to 1,024")] = 224,
    table: Annotated[
        Path | None,
        Option(
            "--slides",
            help="a table of slides with any of the columns slide, patient, site, "
            "um, exhaustive, annotations",
        ),
    ] = None,
    slide_um: Annotated[
        float | None, Option(help="µm per pixel of the slides, where their files do not say it")
    ] = None,
    exhaustive: Annotated[
        bool,
        Option(
            "--exhaustive",
            help="all that is positive is outlined: the rest of the tissue is negative",
        ),
    ] = False,
    positive: Annotated[str, Option(help="name of the positive class")] = "positive",
    negative: Annotated[str, Option(help="name of the negative class")] = "negative",
    positive_from: PositiveFrom = 0.8,
    negative_to: NegativeTo = 0.0,
    priority: Priority = "",
    detections: Detections = False,
    tissue_chroma: Annotated[int, Option(help="least difference of colours in tissue")] = 18,
    tissue_light: Annotated[int, Option(help="tissue is darker than this")] = 245,
    tissue_least: Annotated[float, Option(help="least share of tissue in a square")] = 0.2,
    lossless: Annotated[
        bool, Option("--lossless", help="keep patches above 64 px as PNG, three times as large")
    ] = False,
    split: GivenSplit = None,
    fractions: Fractions = "0.7,0.15,0.15",
    seed: Seed = 0,
    by_site: Annotated[
        bool, Option("--by-site", help="keep patients of one site in one split")
    ] = False,
    jobs: Annotated[int, Option(help="slides that are cut at once")] = 2,
    dry: Annotated[
        bool, Option("--dry", help="cut nothing: write a contact sheet of what would be cut")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Cut whole slides and their outlines into a patch store; 0 all, 3 some, 2 none.

    A cutting that was stopped goes on when the same command is given again.
    """
    from idc_core.annotations.classes import read_class_map
    from idc_core.annotations.labels import Thresholds
    from idc_core.cut.jobs import jobs as slides_of
    from idc_core.cut.settings import Settings
    from idc_core.records.manifest import refuse_taken
    from idc_core.records.raster import Raster
    from idc_core.wsi.tissue import TissueRule

    if not dry:
        refuse_taken(store_path(name), overwrite=overwrite)
    sign(f"Looking for slides in {slides}.")
    settings = Settings(
        raster=Raster(
            patch_px=px, um_per_px=um, um_from="given", positive=positive, negative=negative
        ),
        um=um,
        classes=read_class_map(classes),
        codec="png" if lossless else "jpeg",
        thresholds=Thresholds(positive_from, negative_to),
        tissue=TissueRule(chroma=tissue_chroma, light=tissue_light, least=tissue_least),
        priority=named_classes(priority),
        detections=detections,
    )
    folder = annotations or (slides if slides.is_dir() else slides.parent)
    found = slides_of(slides, folder, table, um=slide_um, exhaustive=exhaustive)
    if dry:
        _sheet(found, settings, name)
        return
    rule = split_rule(split, fractions, seed, True)
    _cut(found, settings, name, slides, rule, by_site=by_site, workers=max(jobs, 1))


def _cut(
    found: list["Job"],
    settings: "Settings",
    name: str,
    source: Path,
    rule: Any,
    *,
    by_site: bool,
    workers: int,
) -> None:
    from idc_core.cut.cutting import clear, cut_all, working_place
    from idc_core.cut.store import put_together
    from idc_core.data.stores.writer import refuse_foreign_files
    from idc_core.io.lock import only_one

    store = store_path(name)
    refuse_foreign_files(store)  # before hours of cutting, not after
    place, started = working_place(store), time.monotonic()
    store.parent.mkdir(parents=True, exist_ok=True)
    with only_one(store.parent / f".{store.name}.cut.lock", "cutting"):
        with progress() as show:

            def tell(done: int, total: int, outcome: "Done | Refused") -> None:
                show("cutting", done, total)
                _tell(outcome)

            parts, refused = cut_all(found, settings, place, workers=workers, tell=tell)
        if not parts:
            clear(place)
            say(f"None of {len(found):,} slides could be cut.")
            raise typer.Exit(NONE_DONE)
        made = put_together(parts, refused, settings, store, source, rule, by_site=by_site)
        clear(place)
    tell_store(made, time.monotonic() - started)
    if refused:
        say(f"{len(refused):,} of {len(found):,} slides were refused; slides.parquet lists them.")
        raise typer.Exit(SOME_REFUSED)


def _sheet(found: list["Job"], settings: "Settings", name: str) -> None:
    from idc_core.cut.sheet import look_at
    from idc_core.export.contact_sheet import contact_sheet
    from idc_core.io.files import write_text
    from idc_core.records.cut_slides import Refused

    sheets, refused = [], []
    with progress() as show:
        for number, job in enumerate(found, start=1):
            try:
                sheets.append(look_at(job, settings))
                _tell(sheets[-1].done)
            except Refusal as why:
                refused.append(Refused(slide=job.slide, file=job.file.name, why=str(why)))
                _tell(refused[-1])
            show("looking", number, len(found))
    file = store_path(name).parent / f"{Path(name).name}_contact_sheet.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, contact_sheet(Path(name).name, settings, sheets, refused))
    say(f"Nothing was cut. Contact sheet: {file}")
    if refused:
        raise typer.Exit(SOME_REFUSED if sheets else NONE_DONE)


def _tell(outcome: "Done | Refused") -> None:
    from idc_core.records.cut_slides import Refused

    if isinstance(outcome, Refused):
        say(f"{outcome.slide}: refused. {outcome.why}")
        return
    say(
        f"{outcome.slide}: {outcome.positive:,} positive, {outcome.negative:,} negative, "
        f"{outcome.undecided:,} undecided, {outcome.unknown:,} unknown, "
        f"{outcome.excluded:,} excluded."
    )
    for alarm in outcome.alarms:
        say(f"  Check: {alarm}")
