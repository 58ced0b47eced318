"""`score`: whole slides that nobody drew on, or a store, as a run to be looked at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from idc_core.cli.console import KEEP, NONE_DONE, SOME_REFUSED, app, progress, say, sign
from idc_core.cli.words import RunName, SlideTable, SlideUm
from idc_core.io.names import needed_run, needed_store
from idc_core.io.paths import models_root, run_path, store_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.data.stores.store import PatchStore
    from idc_core.records.cut_slides import Refused
    from idc_core.runs.run import Run

Option = typer.Option


@app.command(rich_help_panel=KEEP)
def score(
    slides: Annotated[
        Path | None, typer.Argument(help="a folder of whole slides, or one slide")
    ] = None,
    run: RunName = "",
    name: Annotated[str, Option("--as", help="name of the new run, and of the store")] = "",
    data: Annotated[
        str | None, Option("--data", help="score this patch store instead of slides")
    ] = None,
    table: SlideTable = None,
    slide_um: SlideUm = None,
    jobs: Annotated[int, Option(help="slides that are cut at once")] = 2,
) -> None:
    """Score slides with a run's network and keep them as a run; 0 all, 3 some, 2 none.

    All tissue of the slides is cut as the network knows patches. Without labels nothing is judged:
    the run is reviewed on Patients. Outlines that come later: evaluate --outlines.
    """
    from idc_core.data.stores.store import open_store
    from idc_core.runs.run import open_run
    from idc_core.score.score_store import score_store

    if (slides is None) == (data is None):
        raise Refusal("expected slides, or a store with --data: say one of the two.")
    if not name:
        raise Refusal("expected a name for the new run: --as NAME.")
    parent = open_run(needed_run(run_path(run)))
    refused: list[Refused] = []
    if slides is not None:
        store, refused = _cut(slides, parent, name, table, slide_um, max(jobs, 1))
    else:
        store = open_store(needed_store(store_path(str(data))))
    with progress() as show:
        made = score_store(
            parent, store, name, models_root(), tell=lambda done, of: show("scoring", done, of)
        )
    say(f"{len(store.index):,} patches scored: {made.path}")
    say("Next: make dashboard, and choose this run.")
    if refused:
        raise typer.Exit(SOME_REFUSED)


def _cut(
    slides: Path, parent: "Run", name: str, table: Path | None, slide_um: float | None, workers: int
) -> tuple["PatchStore", list["Refused"]]:
    """All tissue of the slides, cut as the run's network knows patches."""
    from idc_core.annotations.classes import ClassMap
    from idc_core.cut.cutting import clear, cut_all, working_place
    from idc_core.cut.jobs import jobs as slides_of
    from idc_core.cut.settings import Settings
    from idc_core.cut.store import put_together
    from idc_core.io import record
    from idc_core.io.lock import only_one
    from idc_core.records.manifest import refuse_taken
    from idc_core.score.save_as_run import refuse_name

    theirs = parent.info.raster
    if theirs.um_per_px is None:
        raise Refusal(
            f"expected a run that knows how many µm a pixel of its patches is: {parent.name} does "
            "not say. Score its slides on the page Score, where the µm can be given."
        )
    store = store_path(name)
    refuse_taken(store, overwrite=False)
    refuse_name(name, models_root())
    side_by_side = record.replace(theirs, stride_px=theirs.patch_px, codec=None)
    settings = Settings(
        side_by_side, theirs.um_per_px, ClassMap(()), theirs.codec or "jpeg", unlabelled=True
    )
    sign(f"Looking for slides in {slides}.")
    found, place = slides_of(slides, None, table, um=slide_um), working_place(store)
    store.parent.mkdir(parents=True, exist_ok=True)
    with only_one(store.parent / f".{store.name}.cut.lock", "cutting"):
        with progress() as show:
            parts, refused = cut_all(
                found,
                settings,
                place,
                workers=workers,
                tell=lambda done, of, _: show("cutting", done, of),
            )
        for each in refused:
            say(f"Not scored: {each.slide}: {each.why}")
        if not parts:
            clear(place)
            raise typer.Exit(NONE_DONE)
        made = put_together(parts, refused, settings, store, slides, None)
        clear(place)
    return made, refused
