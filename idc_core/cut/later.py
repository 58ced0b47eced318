"""Outlines that were drawn after slides were cut: the label that each square has by them.

The rule is that of cutting, and so is the frame: a store keeps where its squares lie on each slide.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label
from idc_core.cut.jobs import outlines_in, own_outlines
from idc_core.cut.laid_over import laid_over
from idc_core.cut.outlines import ON_GLASS, Grid, Outlined, over_grid
from idc_core.cut.settings import Settings
from idc_core.data.originals import original
from idc_core.data.places import SLIDE
from idc_core.data.stores.slide_frames import CutSlide, slide_frames
from idc_core.data.stores.store import PatchStore
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import SlideFrame
from idc_core.wsi.reading import open_image


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a slide: its file, the digest of that, what lies over the slide as JSON
    (`laid_over`), the role of each of its classes, and what looks as if it belonged elsewhere, in
    sentences."""

    slide: CutSlide
    file: Path
    sha256: str
    over: str
    roles: Mapping[str, Role]
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """`labels` (n,): a `Label` for each row of the store's index. `drawn`: the slides that have
    outlines; `without`: those that have none, whose squares stay unknown."""

    labels: npt.NDArray[np.int8]
    drawn: tuple[Drawn, ...]
    without: tuple[str, ...]

    def count(self, label: Label) -> int:
        """How many squares have it."""
        return int((self.labels == label).sum())


def labels_later(store: PatchStore, folder: Path, settings: Settings, *, exhaustive: bool) -> Later:
    """The labels of a store's squares by the outlines in `folder`, a file a slide, called as it.

    Raises `Refusal` where the store was not cut from slides, no slide has outlines, or a file of
    them will not do.
    """
    slides = slide_frames(store.path, store.raster)
    if not slides:
        raise Refusal(
            f"expected a store that was cut from slides: where the squares of {store.name} lie on "
            "theirs is not known. Score the slides again: python train_cli.py score SLIDES."
        )
    files = _files(store, slides, folder)
    found = np.full(len(store.index), Label.UNKNOWN, np.int8)
    names = store.index[SLIDE].astype(str).to_numpy()
    drawn = []
    for name, file in files.items():
        own = np.flatnonzero(names == name)
        labels, each = _of_slide(
            store, slides[name], file, store.index.iloc[own], settings, exhaustive=exhaustive
        )
        found[own] = labels
        drawn.append(each)
    without = tuple(name for name in slides if name not in files)
    return Later(found, tuple(drawn), without)


def _files(store: PatchStore, slides: Mapping[str, CutSlide], folder: Path) -> dict[str, Path]:
    """The outlines of each slide that has some."""
    there = outlines_in(folder.resolve())
    found = {name: own_outlines(_file(store, cut), there) for name, cut in slides.items()}
    known = {name: file for name, file in found.items() if file is not None}
    if not known:
        raise Refusal(
            f"expected outlines in {folder}: there is no file called as a slide, as "
            f"{_example(list(slides))}. Name the folder that they lie in."
        )
    return known


def _example(names: Sequence[str]) -> str:
    return f"{names[0][:60]}.geojson"


def _of_slide(
    store: PatchStore,
    cut: CutSlide,
    file: Path,
    rows: pd.DataFrame,
    settings: Settings,
    *,
    exhaustive: bool,
) -> tuple[npt.NDArray[np.int8], Drawn]:
    size, side = cut.frame.size, cut.scale * store.raster.stride_px
    columns, rows_of_grid = (max(math.ceil(length / side - 1e-9), 1) for length in size)
    grid = Grid(columns, rows_of_grid, side, size)
    found = over_grid(file, cut.file, _frame(store, cut), grid, settings, exhaustive=exhaustive)
    step = store.raster.stride_px
    at = tuple((rows[name].to_numpy(np.int64) - 1) // step for name in ("y", "x"))
    counted = np.zeros(found.labels.shape, np.bool_)
    counted[at] = True
    over = laid_over(found.shapes, found.labels, counted)
    alarms = tuple(_alarms(found, counted))
    return found.labels[at], Drawn(cut, file, sha256_of(file), over, found.roles, alarms)


def _file(store: PatchStore, cut: CutSlide) -> Path:
    """The slide's own file, which may lie among its outlines; its name where it is gone."""
    try:
        return original(store.path, cut).resolve()
    except Refusal:
        return Path(cut.file)


def _frame(store: PatchStore, cut: CutSlide) -> SlideFrame:
    """All that the slide's own file says where it is there; else what the store keeps of it."""
    try:
        with open_image(original(store.path, cut)) as image:
            known = image.frame
    except Refusal:
        return cut.frame
    return known if known.size == cut.frame.size else cut.frame


def _alarms(found: Outlined, counted: npt.NDArray[np.bool_]) -> list[str]:
    area = float(found.share.sum())
    if not area:
        return ["No outline covers any square of this slide."]
    missed = 1 - float(found.share[counted].sum()) / area
    if missed < ON_GLASS:
        return []
    return [
        f"{100 * missed:.0f} % of the outlined area holds no square that was scored: do the "
        "outlines belong to this slide, in this size and place?"
    ]
