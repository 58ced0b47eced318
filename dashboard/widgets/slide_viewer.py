"""One slide to pan and zoom, or two that move together; a click opens a patch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import browser
from dashboard.cache.slides import Whole
from dashboard.charts.theme import ACCENT, COLOURS, LABEL_COLOURS, SCORE_SCALE
from dashboard.state import static_files
from dashboard.widgets.overlays import Overlay
from dashboard.widgets.script import script, style
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster
from idc_core.wsi.tiles import TILE_PX

_HERE = Path(__file__).parent
_KEY = "slide_viewer"
_VIEW = st.components.v2.component(
    "idc_slide_viewer",
    html="""
<div class="slide">
  <div class="panes"></div>
  <div class="buttons">
    <button type="button" data-does="whole">Whole slide</button>
    <button type="button" data-does="closer" aria-label="Zoom in">+</button>
    <button type="button" data-does="farther" aria-label="Zoom out">−</button>
    <button type="button" data-does="patch" hidden>Show the patch</button>
    <span class="hint">Wheel or pinch to zoom, drag to pan, click a patch to open it</span>
  </div>
  <div class="regions" hidden></div>
</div>""",
    css=style(_HERE / "slide_viewer.css") + style(_HERE / "region_desk.css"),
    js=script(_HERE / "slide_viewer.js"),
)


@dataclass(frozen=True)
class Map:
    """One view of the slide: its `squares` (JSON of `slide_map.squares`) under one overlay.

    `threshold`: of its predictions, where it is not the page's: another run's own.
    """

    name: str
    squares: bytes
    overlay: Overlay
    threshold: float | None = None


def is_there() -> bool:
    """Whether the viewer's library was fetched at set-up."""
    return browser.OPENSEADRAGON.is_file()


def show(
    maps: Sequence[Map],
    *,
    tissue: bytes | None,
    threshold: float,
    opacity: float,
    picked: tuple[int, int] | None,
    strip: Sequence[tuple[int, int]],
    judged: Mapping[tuple[int, int], str],
    um_per_px: float | None,
    said: str,
    on_pick: Callable[[int, int], None],
    raster: Raster,
    chosen: Sequence[tuple[int, int]] = (),
    on_area: Callable[[list[int]], None] | None = None,
    whole: Whole | None = None,
    outlines: bool = False,
    regions: Mapping[str, Any] | None = None,
    on_region: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """Draw one or two maps of one patient; `on_pick` gets a clicked patch before the rerun.

    `strip`: places to mark. `judged`: the letter of each verdict. `said`: the text alternative.
    `chosen`: places selected together; `on_area` gets left, top, right, bottom of a rectangle.
    `raster`: what the classes are called. `whole`: the slide itself, in place of the `tissue`;
    `outlines`: with what was drawn on it, which says the labels. `regions`: what readers drew, as
    `region_bench.js` takes it, if regions may be drawn here; `on_region` gets each act on one.
    """

    def clicked() -> None:
        square = st.session_state[_KEY].get("square")
        if isinstance(square, list) and len(square) == 3:
            on_pick(int(square[0]), int(square[1]))

    def drawn() -> None:
        area = st.session_state[_KEY].get("area")
        if on_area is not None and isinstance(area, list) and len(area) == 5:
            on_area([int(side) for side in area[:4]])

    def acted() -> None:
        act = st.session_state[_KEY].get("region")
        if on_region is not None and isinstance(act, Mapping):
            on_region(act)

    addresses = [
        static_files.address(each.squares, "application/json", f"squares_{at}")
        for at, each in enumerate(maps)
    ]
    data = {
        "library": static_files.script(browser.OPENSEADRAGON),
        "tissue": static_files.address(tissue, "image/jpeg", "tissue") if tissue else None,
        "whole": _placed(whole, outlines) if whole else None,
        "maps": [
            {
                "name": each.name,
                "overlay": each.overlay.key,
                "rule": each.overlay.rule,
                "kinds": list(each.overlay.kinds),
                "contour": each.overlay.contour,
                "squares": address,
                "threshold": each.threshold,
            }
            for each, address in zip(maps, addresses, strict=True)
        ],
        "threshold": threshold,
        "opacity": opacity,
        "picked": list(picked) if picked else None,
        "strip": [list(place) for place in strip],
        "judged": {f"{x},{y}": letter for (x, y), letter in judged.items()},
        "chosen": [list(place) for place in chosen],
        "areas": on_area is not None,
        "regions": regions,
        "um_per_px": um_per_px,
        "said": said,
        "words": words_of(raster),
        "classes": [raster.negative, raster.positive],
        "ink": _ink(),
    }
    with st.container(key="slide_box"):  # as high as most slides, so that nothing moves
        _VIEW(
            key=_KEY,
            data=data,
            on_square_change=clicked,
            on_area_change=drawn,
            on_region_change=acted,
        )


def _placed(whole: Whole, drawn: bool) -> dict[str, object]:
    picture, over = whole.picture, whole.over if drawn else None
    return {
        "side": whole.side,
        "width": whole.width,
        "height": whole.height,
        "tiles": whole.tiles or None,
        "stamp": whole.stamp,
        "tile": TILE_PX,
        "picture": static_files.address(picture, "image/jpeg", "whole") if picture else None,
        "over": static_files.address(over, "application/json", "over") if over else None,
    }


def _ink() -> dict[str, object]:
    """Colours as the browser's canvas takes them; those of paper and text come from the page."""
    return {
        **{outcome: _rgb(colour) for outcome, colour in COLOURS.items()},
        "score": _rgb(SCORE_SCALE[1]),
        "near": _rgb(ACCENT),
        "label": _rgb(LABEL_COLOURS[1]),
        "contour": "#08306B",
        "verdict": "#1C2733",
    }


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
