"""Every real file at hand, read, written for its own tool and for QuPath, and read again."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import shapely
from scipy.spatial import KDTree

from idc_core.annotations.areas import by_class, solid
from idc_core.annotations.frames import in_level0
from idc_core.annotations.opening import read
from idc_core.annotations.region import Annotations, Region
from idc_core.annotations.writers.outline import outlines_of
from idc_core.annotations.writers.tools import TOOLS, written
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import SlideFrame

FILES = 52
FARTHEST = 0.01
DOCUMENT = REPOSITORY / "docs" / "slides.md"
SLIDE = SlideFrame(size=(10**9, 10**9), bounds_x=12_345, bounds_y=678)
"""Wide enough for all, and shown from another corner than the canvas's."""

OWN: dict[str, tuple[str, ...]] = {"asap": ("asap",), "imagescope": ("imagescope",)}
"""Folder → the tools, beside QuPath, that its files are of."""


class Measured(NamedTuple):
    """`distance`: px, of a vertex from the nearest there and back; `area`: px², of what only one of
    the two covers. The largest of all tools that it was written for."""

    file: str
    objects: int
    holes: int
    tools: str
    distance: float
    area: float

    def line(self) -> str:
        """As it stands in the document, rounded up."""
        distance, area = (
            f"{np.ceil(value / unit) * unit:.{digits}f}"
            for value, unit, digits in ((self.distance, 1e-6, 6), (self.area, 0.01, 2))
        )
        return (
            f"| {self.file} | {self.objects:,} | {self.holes:,} | {self.tools} | {distance} "
            f"| {area} |"
        )


def vertices(regions: Sequence[Region]) -> np.ndarray:
    return shapely.get_coordinates([region.shape for region in regions])


def holes(regions: Sequence[Region]) -> int:
    parts = shapely.get_parts([region.shape for region in regions])
    return int(shapely.get_num_interior_rings(parts).sum())


def measured(first: Annotations, keys: Sequence[str], place: Path, name: str) -> Measured:
    """A file's regions written for each of the tools and read again."""
    drawn, before = solid(first), by_class(first)
    here = vertices(drawn)
    away, differs = [], []
    for key in keys:
        place.write_text(written(TOOLS[key], outlines_of(first), SLIDE, {}), encoding="utf-8")
        again = in_level0(read(place, detections=True), SLIDE)
        found, after = solid(again), by_class(again)
        there = vertices(found)
        assert before.keys() == after.keys(), (name, key)
        assert holes(drawn) == holes(found), (name, key)
        away += [KDTree(there).query(here)[0].max(), KDTree(here).query(there)[0].max()]
        differs += [shapely.symmetric_difference(before[each], after[each]).area for each in before]
    tools = ", ".join(TOOLS[key].title for key in keys)
    return Measured(name, len(drawn), holes(drawn), tools, float(max(away)), float(max(differs)))


@pytest.fixture(scope="module")
def table(real_annotations: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Measured]:
    place = tmp_path_factory.mktemp("again") / "outlines"
    found = []
    for file in sorted(real_annotations.glob("[!s]*/*")):  # all but `slides`
        name = file.relative_to(real_annotations).as_posix()
        with contextlib.suppress(Refusal, IsADirectoryError):
            regions = read(file, detections=True)
            if regions.regions:
                keys = (*OWN.get(file.parent.name, ()), "qupath")
                found.append(measured(regions, keys, place, name))
    return found


def test_every_real_file_comes_back_in_its_own_form_and_in_qupaths(table: list[Measured]) -> None:
    assert len(table) == FILES
    for each in table:
        assert each.distance <= FARTHEST, each
        assert each.area <= 0.1, each


def test_the_document_says_what_is_measured(table: list[Measured]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    expected = [each.line() for each in table]
    assert [line for line in text.splitlines() if line in expected] == expected
