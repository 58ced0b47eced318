"""The second demo's patch store `data/demo-slides`, cut from synthetic slides as any other.

The slides lie beside it in `data/synthetic-slides`, to be opened in QuPath too. Neither is shipped,
only the run `models/demo-slides`: the fingerprint of its data says whether what is drawn here is
what it learnt from. Patches of 64 px are kept as they are, so that no encoder has a say in it.
"""

from collections.abc import Sequence
from pathlib import Path

from idc_core.annotations.classes import read_class_map
from idc_core.cut.cutting import clear, cut_all, working_place
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.originals import remember
from idc_core.data.split.splits import GivenSplit
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.demo.close_up import UM
from idc_core.demo.slide_files import CLASS_TABLE, SLIDE_TABLE, draw_files, slide_file
from idc_core.demo.slide_plans import SLIDES, SlidePlan
from idc_core.io.lock import only_one
from idc_core.io.paths import mark_of
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import FILE, read_manifest
from idc_core.records.raster import Raster

NAME, SLIDES_IN = "demo-slides", "synthetic-slides"
RASTER = Raster(patch_px=64, um_per_px=UM, um_from="given", positive="IDC", negative="no IDC")


def ensure_slides(
    data: Path,
    wanted: str | None,
    progress: TellStage | None = None,
    slides: Sequence[SlidePlan] = SLIDES,
) -> PatchStore:
    """Open the store in `data`, and draw and cut first what is missing of it.

    `wanted`: the fingerprint that it should have. What has another is drawn once more, as an older
    version may have drawn it; raises `Refusal` where that does not help.
    """
    with only_one(data / f".{NAME}.demo.lock", "drawing slides"):
        draw_files(data / SLIDES_IN, progress, slides)
        if (store := _whole(data)) is None:
            store = _cut(data, progress, slides)
        if wanted is None or store.fingerprint == wanted:
            return store
        store = _anew(data, progress, slides)
    if store.fingerprint == wanted:
        return store
    raise Refusal(
        f"expected the slides drawn here to give the fingerprint {wanted[:12]} of the run {NAME}: "
        f"they have {store.fingerprint[:12]}. Train it again on what is drawn here (some minutes): "
        "python train_cli.py demo --slides --rebuild."
    )


def build_slides(
    data: Path, progress: TellStage | None = None, slides: Sequence[SlidePlan] = SLIDES
) -> PatchStore:
    """Draw all slides and cut them, whatever is there."""
    with only_one(data / f".{NAME}.demo.lock", "drawing slides"):
        return _anew(data, progress, slides)


def _anew(data: Path, progress: TellStage | None, slides: Sequence[SlidePlan]) -> PatchStore:
    for each in slides:
        slide_file(data / SLIDES_IN, each).unlink(missing_ok=True)
    draw_files(data / SLIDES_IN, progress, slides)
    return _cut(data, progress, slides)


def _whole(data: Path) -> PatchStore | None:
    """The store, if it has its pixels and its slides are where it was cut from: the folder may have
    been moved since."""
    folder, source = data / NAME, data / SLIDES_IN
    if not (folder / FILE).is_file():
        return None
    store = open_store(folder)
    if not store.has_pixels or store.manifest.source_mark != mark_of(str(source.resolve())):
        return None
    remember(source, folder)
    return store


def _cut(data: Path, progress: TellStage | None, slides: Sequence[SlidePlan]) -> PatchStore:
    store, source = data / NAME, data / SLIDES_IN
    if (store / FILE).is_file() and not read_manifest(store).is_synthetic:
        raise Refusal(
            f"expected the demo of slides in {store}: a store of other patches is there. Rename "
            f"it: python train_cli.py rename NEW --data {NAME}."
        )
    settings = Settings(RASTER, UM, read_class_map(source / CLASS_TABLE))
    found = jobs(source, source, source / SLIDE_TABLE)

    def tell(done: int, total: int, _: object) -> None:
        if progress:
            progress("cutting", done, total)

    place = working_place(store)
    parts, refused = cut_all(found, settings, place, workers=1, tell=tell)
    if refused:
        raise Refusal(refused[0].why)
    split = GivenSplit({each.patient: each.plan.split for each in slides}, "the plans of the demo")
    made = put_together(parts, refused, settings, store, source, split, synthetic=True)
    clear(place)
    return made
