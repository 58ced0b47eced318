"""What lies around a patch on the slide that it was cut from."""

from dashboard.cache import slides
from dashboard.charts.montage import Image
from dashboard.state.slide_parts import pool
from idc_core.data.stores.store import PatchStore
from idc_core.wsi.fields import SHOWN_PX, region_around, with_outline
from idc_core.wsi.part_child import Wanted


def has_slide(store: PatchStore | None, slide: str | None) -> bool:
    """Whether the slide's own file is on this machine."""
    return store is not None and slides.file_of(store, slide) is not None


def of_slide(store: PatchStore, slide: str | None, place: tuple[int, int], um: float) -> Image:
    """A square field of `um` µm around the patch at `place`, which is outlined.

    Raises `Refusal` where the slide is gone or damaged.
    """
    known, file = slides.needed(store, slide)
    patch = store.raster.patch_px
    field = known.field(place, patch, um)
    changed = file.stat().st_mtime_ns
    jpeg = pool().part(Wanted(str(file), changed, *known.frame.size, region_around(field)))
    return with_outline(jpeg, round(SHOWN_PX * patch * known.scale / field[2]))
