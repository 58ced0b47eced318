"""Before anything is cut: classes of outlines, and the sheets of all slides."""

import pytest

from idc_core.annotations.classes import read_class_map
from idc_core.cut.jobs import jobs
from idc_core.cut.looking import classes_in, drawn_on, look_at_all
from idc_core.cut.settings import Settings
from idc_core.cut.sheet import Sheet
from idc_core.records.cut_slides import Refused
from idc_core.records.raster import Raster
from tests.cut_world import draw_slides

SIDE = 64


@pytest.fixture
def root(tmp_path):
    draw_slides(tmp_path, SIDE, count=3)
    (tmp_path / "slides" / "S1.geojson").write_text("[{")
    (tmp_path / "slides" / "S2.geojson").unlink()
    return tmp_path


def test_classes_are_read_slide_by_slide_and_what_cannot_be_is_said(root):
    found = [drawn_on(job) for job in jobs(root / "slides", root / "slides")]
    assert found[0].classes == {"Stroma": 1, "T": 1}
    assert (found[0].tool, found[0].why) == ("QuPath", "")
    assert found[1].why.startswith("expected ")
    assert found[2].why == "there are no outlines of its name"
    assert classes_in([found[0], found[0], found[2]]) == {"Stroma": 2, "T": 2}


def test_every_slide_gets_a_sheet_or_a_sentence_in_their_order(root):
    raster = Raster(patch_px=SIDE, um_per_px=0.5, um_from="given")
    settings = Settings(raster, 0.5, read_class_map(root / "classes.csv"))
    told = []
    found = look_at_all(
        jobs(root / "slides", root / "slides"),
        settings,
        tell=lambda done, of: told.append((done, of)),
    )
    assert [type(each) for each in found] == [Sheet, Refused, Refused], found
    assert (found[0].done.positive, found[0].done.negative) == (9, 6)
    assert found[2].why.startswith("expected outlines for S2.tif")
    assert told == [(1, 3), (2, 3), (3, 3)]
