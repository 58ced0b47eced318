"""Of a slide with bounds QuPath shows the scanned part as the whole, ASAP the whole canvas.

No real MRXS or NDPI with bounds was at hand, and a TIFF cannot say them: a TIFF stands in, to whose
frame they are added once it is open.
"""

from dataclasses import replace

import pandas as pd
import pytest

from idc_core.cut import one_slide
from idc_core.cut.jobs import jobs
from idc_core.cut.one_slide import ROWS, cut_slide
from tests.idc_core.cut.conftest import SIDE, draw_slide, square

LEFT, TOP = 2, 1
"""Squares from the canvas's corner to that of the scanned part."""


@pytest.fixture
def bounded(place, monkeypatch):
    opened = one_slide.open_image

    def with_bounds(*said):
        image = opened(*said)
        image._source.frame = replace(
            image._source.frame,
            bounds_x=LEFT * SIDE,
            bounds_y=TOP * SIDE,
            bounds_size=(4 * SIDE, 4 * SIDE),
        )
        return image

    monkeypatch.setattr(one_slide, "open_image", with_bounds)
    return place


def positives(place, settings):
    (job,) = jobs(place / "slides", place / "outlines")
    done = cut_slide(job, settings, place / "part")
    rows = pd.read_parquet(place / "part" / ROWS)
    kept = rows[rows["label"] == 1]
    return done, set(zip((kept["x"] - 1) // SIDE, (kept["y"] - 1) // SIDE, strict=True))


def test_outlines_of_qupath_are_moved_by_the_bounds(bounded, settings):
    draw_slide(bounded, "a", [square(0, 0, 2, 1, "Tumor")])
    done, found = positives(bounded, settings)
    assert found == {(LEFT, TOP), (LEFT + 1, TOP)}
    assert (done.tool, done.origin_x, done.origin_y) == ("QuPath", LEFT * SIDE, TOP * SIDE)


def test_outlines_of_asap_are_not(bounded, settings):
    (bounded / "outlines" / "a.geojson").unlink()
    corners = ((0, 0), (2, 0), (2, 1), (0, 1))
    points = "".join(
        f'<Coordinate Order="{at}" X="{x * SIDE}" Y="{y * SIDE}"/>'
        for at, (x, y) in enumerate(corners)
    )
    (bounded / "outlines" / "a.xml").write_text(
        '<ASAP_Annotations><Annotations><Annotation Name="1" Type="Polygon" PartOfGroup="Tumor">'
        f"<Coordinates>{points}</Coordinates></Annotation></Annotations></ASAP_Annotations>"
    )
    done, found = positives(bounded, settings)
    assert found == {(0, 0), (1, 0)}
    assert done.tool == "ASAP"
