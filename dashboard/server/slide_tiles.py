"""Tiles of the slides that a store was cut from, at `state.slide_address.TILE`.

An address says nothing that becomes a path: the store is one of those that the pages list, the
slide a number of its table, and where its file lies is asked of this machine. What answers stands
behind the same guards as the pages.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.state.slide_address import TILE
from idc_core.data.originals import original
from idc_core.data.stores.slide_frames import CutSlide, slide_frames
from idc_core.data.stores.store import SLIDES, store_folders
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import read_manifest
from idc_core.wsi.part_child import Wanted
from idc_core.wsi.part_pool import PROCESSES, PartPool
from idc_core.wsi.tiles import region_of

KEPT_S = 3600
"""How long a browser may show a tile without asking whether it is still the same."""


class SlideTiles:
    """The route; `pool` reads for it."""

    def __init__(self, pool: PartPool) -> None:
        self._pool = pool
        self._at_once = CapacityLimiter(2 * PROCESSES)

    def route(self) -> Route:
        return Route(TILE, self.answer)

    async def answer(self, request: Request) -> Response:
        """A tile, 304 where the browser has it, 404 with a sentence where there is none."""
        if await request.is_disconnected():  # who pans fast asks for more than is waited for
            return Response(status_code=499)
        try:
            return await to_thread.run_sync(self._answer, request, limiter=self._at_once)
        except Refusal as refused:
            return PlainTextResponse(str(refused), 404, {"cache-control": "no-store"})

    def _answer(self, request: Request) -> Response:
        asked = request.path_params
        wanted = _wanted(
            asked["store"], asked["number"], asked["level"], asked["column"], asked["row"]
        )
        mark = f'"{sha256(repr(wanted).encode()).hexdigest()[:24]}"'
        fresh = {"etag": mark, "cache-control": f"private, max-age={KEPT_S}"}
        if mark in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=fresh)
        return Response(self._pool.part(wanted), media_type="image/jpeg", headers=fresh)


def _wanted(store: str, number: int, level: int, column: int, row: int) -> Wanted:
    folder = next((each for each in store_folders(data_root()) if each.name == store), None)
    table = None if folder is None else folder / SLIDES
    if folder is None or table is None or not table.is_file():
        raise Refusal("expected a store that was cut of slides: there is none of this name.")
    slide = _slides(folder, table.stat().st_mtime_ns).get(number)
    if slide is None:
        raise Refusal(f"expected a slide of {store}: it has none with the number {number}.")
    file = original(folder, slide)
    try:
        changed = file.stat().st_mtime_ns
    except OSError as broken:
        raise Refusal(f"expected the slide in {file.name}: {broken.strerror}.") from None
    size = slide.frame.size
    return Wanted(str(file), changed, *size, region_of(size, level, column, row))


@lru_cache(maxsize=16)
def _slides(store: Path, stamp: int) -> dict[int, CutSlide]:
    known = slide_frames(store, read_manifest(store).raster)
    return {slide.number: slide for slide in known.values()}
