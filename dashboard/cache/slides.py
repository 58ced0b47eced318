"""A patient's slide: the tissue image and the squares."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import all_patches, stores
from dashboard.cache.stamps import Stamp, stamp
from dashboard.charts import slide_map
from dashboard.state.slide_address import address_of
from idc_core.data.originals import laid_over, original, picture
from idc_core.data.places import SLIDE
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.writer import rows_at_once
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run, open_run


@dataclass(frozen=True)
class Whole:
    """The slide that patches were cut from. `width`, `height`: pixels of its finest level, of which
    a square of the grid has `side`. `tiles`: where the server has its tiles (`server.slide_tiles`),
    empty where the slide is gone, and `why`. `stamp`: another where the file is another.
    `picture`: of all of it, JPEG. `over`: what lies over it, JSON of `cut.laid_over`."""

    side: float
    width: int
    height: int
    tiles: str
    stamp: str
    picture: bytes | None
    over: bytes | None
    why: str = ""


@dataclass(frozen=True)
class Slide:
    """A patient's slide in a store: the frame, the positions with tissue, the tissue image, which
    is put together from patches where there is no `Whole` slide."""

    frame: slide_map.Frame
    places: frozenset[tuple[int, int]]
    tissue: bytes | None


def slide(store: PatchStore, patient: str, name: str | None = None) -> Slide | None:
    """A patient's slide, by its name where slides have one; None if the store does not hold it."""
    alone = whole(store, name) is None
    return _slide(str(store.path), patient, name, stamp(store.pixel_file), alone)


def whole(store: PatchStore, name: str | None) -> Whole | None:
    """The slide of this name, if the store was cut of slides, and there is a picture of it."""
    known = None if name is None else stores.slides_in(store).get(name)
    if known is None:
        return None
    kept = [of(store.path, known) for of in (picture, laid_over)]
    seen, over = (None if file is None else file.read_bytes() for file in kept)
    try:
        _, changed, _, size = stamp(original(store.path, known))
        tiles, mark, why = address_of(store.path.name, known.number), f"{changed}-{size}", ""
    except Refusal as refused:
        tiles, mark, why = "", "", str(refused)
    if not tiles and seen is None:
        return None
    return Whole(
        side=known.scale * store.raster.stride_px,
        width=known.frame.size[0],
        height=known.frame.size[1],
        tiles=tiles,
        stamp=mark,
        picture=seen,
        over=over,
        why=why,
    )


def picture_of(store: PatchStore | None, name: str) -> bytes | None:
    """The small picture (JPEG) of a slide that the store keeps; None where it keeps none."""
    known = stores.slides_in(store).get(name) if store is not None else None
    file = None if store is None or known is None else picture(store.path, known)
    return None if file is None else file.read_bytes()


def file_of(store: PatchStore, name: str | None) -> Path | None:
    """The slide's own file; None where it is not on this machine, or there is no such slide."""
    try:
        return needed(store, name)[1]
    except Refusal:
        return None


def needed(store: PatchStore, name: str | None) -> tuple[CutSlide, Path]:
    """A slide and its own file; raises `Refusal` where it is not on this machine."""
    known = None if name is None else stores.slides_in(store).get(name)
    if known is None:
        raise Refusal(f"expected a slide that {store.name} was cut from: none is called {name}.")
    return known, original(store.path, known)


@st.cache_resource(max_entries=24, show_spinner="Assembling the slide …")
def _slide(
    path: str, patient: str, name: str | None, stamp: Stamp, put_together: bool
) -> Slide | None:
    store = stores.opened(path)
    own = (store.index["patient"] == patient).to_numpy()
    if name is not None and SLIDE in store.index:
        own = own & (store.index[SLIDE] == name).to_numpy()
    at = np.flatnonzero(own)
    if not len(at):
        return None
    x, y = (store.index[name].to_numpy()[at] for name in ("x", "y"))
    frame = slide_map.frame_of(x, y, store.raster.stride_px)
    places = frozenset(zip(x.tolist(), y.tolist(), strict=True))
    picture = slide_map.picture(_each(store, at), x, y, frame) if put_together else None
    return Slide(frame, places, picture)


def _each(store: PatchStore, at: "np.ndarray[Any, Any]") -> Iterator["np.ndarray[Any, Any]"]:
    """Patches of a store one by one, read some at a time: a slide of large ones fills memory."""
    step = rows_at_once(store.raster.patch_px)
    for start in range(0, len(at), step):
        yield from store.patches[at[start : start + step]]


def squares(
    chosen: Run, split: str, patient: str, slide: Slide | None, name: str | None = None
) -> tuple[slide_map.Frame, bytes]:
    """The frame of a patient's slide and its squares for the viewer (`slide_map.squares`).

    `slide`: that of the store; squares without a prediction are marked. `name`: of the slide.
    """
    file = stamp(chosen.scores_file)
    store = None if slide is None else id(slide)
    known = chosen.calibration_id()
    return _squares(str(chosen.path), split, patient, name, known, store, file, slide)


@st.cache_resource(max_entries=48, show_spinner=False)
def _squares(
    path: str,
    split: str,
    patient: str,
    name: str | None,
    calibration: str | None,
    store: int | None,
    stamp: Stamp,
    _slide: Slide | None,
) -> tuple[slide_map.Frame, bytes]:
    run = open_run(Path(path))
    found = all_patches.of_split(run, split)
    if found is None:
        raise Refusal(f"the {split} split of this run holds no patch.")
    rows = found.of(patient)
    if name is not None and SLIDE in rows:
        rows = rows[rows[SLIDE] == name]
    places = set(zip(rows["x"].tolist(), rows["y"].tolist(), strict=True))
    if _slide is None or not places <= _slide.places:
        frame = slide_map.frame_of(rows["x"], rows["y"], run.info.raster.stride_px)
        return frame, slide_map.squares(rows, frame)
    return _slide.frame, slide_map.squares(
        rows, _slide.frame, unscored=sorted(_slide.places - places)
    )


def hidden_squares(rows: pd.DataFrame, slide: Slide, hidden: "np.ndarray[Any, Any]") -> bytes:
    """The squares for a blinded reader: label and score of `hidden` patches are not sent."""
    return slide_map.squares(rows, slide.frame, hidden=hidden)
