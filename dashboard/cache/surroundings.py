"""What lies around a patch on the slide that it was cut from."""

import cv2
import numpy as np

from dashboard.cache import slides
from dashboard.charts.montage import Image, outlined
from dashboard.state.slide_parts import pool
from idc_core.data.stores.store import PatchStore
from idc_core.wsi.part_child import Wanted
from idc_core.wsi.tiles import Region

SHOWN_PX = 600
"""Side of the picture: sharp on screens that show two pixels for one."""


def has_slide(store: PatchStore | None, slide: str | None) -> bool:
    """Whether the slide's own file is on this machine."""
    return store is not None and slides.file_of(store, slide) is not None


def of_slide(store: PatchStore, slide: str | None, place: tuple[int, int], um: float) -> Image:
    """A square field of `um` µm around the patch at `place`, which is outlined.

    Raises `Refusal` where the slide is gone or damaged.
    """
    known, file = slides.needed(store, slide)
    patch = store.raster.patch_px
    middle = [(each - 1 + patch / 2) * known.scale for each in place]
    wide = um / known.um_per_px
    part = Region(middle[0] - wide / 2, middle[1] - wide / 2, wide, wide, SHOWN_PX, SHOWN_PX)
    changed = file.stat().st_mtime_ns
    content = pool().part(Wanted(str(file), changed, *known.frame.size, part))
    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    found = np.asarray(bgr[:, :, ::-1] if bgr is not None else 255, np.uint8)
    return outlined(np.ascontiguousarray(found), round(SHOWN_PX * patch * known.scale / wide))
