"""Tiles of the slides that a store was cut from, at `state.slide_address.TILE`, and square fields
around its patches, at `FIELD`.

An address says nothing that becomes a path: the store is one of those that the pages list, the
slide a number of its table, and where its file lies is asked of this machine. What answers stands
behind the same guards as the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.state.slide_address import FIELD, FIELDS, TILE
from idc_core.data.originals import original
from idc_core.data.stores.slide_frames import CutSlide, slide_frames
from idc_core.data.stores.store import SLIDES, store_folders
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import read_manifest
from idc_core.records.raster import Raster
from idc_core.wsi.fields import SHOWN_PX, outlined_jpeg, region_around
from idc_core.wsi.part_child import Wanted
from idc_core.wsi.part_pool import PROCESSES, PartPool
from idc_core.wsi.tiles import region_of

KEPT_S = 3600
"""How long a browser may show a tile without asking whether it is still the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a slide, and the side in pixels of the square that is outlined in its middle."""

    part: Wanted
    outlined: int = 0


class SlideTiles:
    """The routes; `pool` reads for them."""

    def __init__(self, pool: PartPool) -> None:
        self._pool = pool
        self._at_once = CapacityLimiter(2 * PROCESSES)

    def routes(self) -> list[Route]:
        return [
            Route(TILE, partial(self._answer, _tile)),
            Route(FIELD, partial(self._answer, _field)),
        ]

    async def _answer(self, asked: Callable[[Request], Asked], request: Request) -> Response:
        """A picture, 304 where the browser has it, 404 with a sentence where there is none."""
        if await request.is_disconnected():  # who pans fast asks for more than is waited for
            return Response(status_code=499)
        try:
            return await to_thread.run_sync(self._read, asked, request, limiter=self._at_once)
        except Refusal as refused:
            return PlainTextResponse(str(refused), 404, {"cache-control": "no-store"})

    def _read(self, asked: Callable[[Request], Asked], request: Request) -> Response:
        wanted = asked(request)
        mark = f'"{sha256(repr(wanted).encode()).hexdigest()[:24]}"'
        fresh = {"etag": mark, "cache-control": f"private, max-age={KEPT_S}"}
        if mark in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=fresh)
        picture = self._pool.part(wanted.part)
        if wanted.outlined:
            picture = outlined_jpeg(picture, wanted.outlined)
        return Response(picture, media_type="image/jpeg", headers=fresh)


def _tile(request: Request) -> Asked:
    at = request.path_params
    _, slide, file = _slide(at["store"], at["number"])
    size = slide.frame.size
    part = region_of(size, at["level"], at["column"], at["row"])
    return Asked(Wanted(str(file), _changed(file), *size, part))


def _field(request: Request) -> Asked:
    at = request.path_params
    raster, slide, file = _slide(at["store"], at["number"])
    place, um = (at["x"], at["y"]), at["um"]
    if um not in FIELDS:
        raise Refusal(f"expected a field of {', '.join(map(str, FIELDS))} µm: {um} came.")
    left, top, side = slide.field(place, raster.patch_px, um)
    wide, high = slide.frame.size
    if not (0 < left + side / 2 < wide and 0 < top + side / 2 < high):
        raise Refusal(f"expected a patch on the slide: x{place[0]} y{place[1]} is outside.")
    part = region_around((left, top, side))
    outline = round(SHOWN_PX * raster.patch_px * slide.scale / side)
    return Asked(Wanted(str(file), _changed(file), wide, high, part), outline)


def _slide(store: str, number: int) -> tuple[Raster, CutSlide, Path]:
    """A slide, how the store's patches were cut, and where the slide's file lies."""
    folder = next((each for each in store_folders(data_root()) if each.name == store), None)
    table = None if folder is None else folder / SLIDES
    if folder is None or table is None or not table.is_file():
        raise Refusal("expected a store that was cut of slides: there is none of this name.")
    raster, slides = _slides(folder, table.stat().st_mtime_ns)
    if number not in slides:
        raise Refusal(f"expected a slide of {store}: it has none with the number {number}.")
    return raster, slides[number], original(folder, slides[number])


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as broken:
        raise Refusal(f"expected the slide in {file.name}: {broken.strerror}.") from None


@lru_cache(maxsize=16)
def _slides(store: Path, stamp: int) -> tuple[Raster, dict[int, CutSlide]]:
    raster = read_manifest(store).raster
    return raster, {slide.number: slide for slide in slide_frames(store, raster).values()}
