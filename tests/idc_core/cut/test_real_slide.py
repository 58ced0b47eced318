"""CMU-1-Small-Region is cut with each annotation of it: 2,220 × 2,967 px of 0.499 µm.

The figures are by hand: the outlines are boxes, the squares 224 px.
"""

import pandas as pd
import pytest

from idc_core.annotations.classes import ClassMap, Role, Rule
from idc_core.annotations.labels import Thresholds
from idc_core.cut.jobs import Job
from idc_core.cut.one_slide import ROWS, cut_slide
from idc_core.cut.settings import Settings
from idc_core.io.paths import real_data
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster

UM = 0.499
HALO, MASK = "halo/123456_annotation_from_halo.xml", "masks/mask_full_res.tif"


@pytest.fixture(scope="module")
def real():
    root = real_data() / "annotations"
    if not (root / "slides" / "CMU-1-Small-Region.svs").is_file():
        pytest.skip(f"no real slide in {root}: set IDC_REAL_DATA to a folder with annotations/")
    return root


def cut_with(real, outlines, folder, rules, px=224, **how):
    slide = real / "slides" / "CMU-1-Small-Region.svs"
    settings = Settings(
        Raster(patch_px=px, um_per_px=UM, um_from="given"),
        UM,
        ClassMap(tuple(Rule(name, role) for name, role in rules.items())),
        **how,
    )
    done = cut_slide(Job("CMU", "CMU", slide, real / outlines), settings, folder)
    assert (done.width, done.height, done.um_x, done.um_from) == (2220, 2967, UM, "file")
    rows = pd.read_parquet(folder / ROWS)
    places = zip((rows["x"] - 1) // px, (rows["y"] - 1) // px, strict=True)
    return done, dict(zip(places, rows["label"], strict=True))


def block(columns, rows):
    return {(column, row) for column in columns for row in rows}


def test_boxes_of_histomics_ui(real, tmp_path):
    """512 to 1,333 is other, 1,512 to 2,333 tumour, which leaves the slide at 2,220."""
    done, labels = cut_with(
        real,
        "dsa_and_other/123.annotation.geojson",
        tmp_path / "part",
        {"other": Role.NEGATIVE, "tumor": Role.POSITIVE},
    )
    # 512 / 224 is 2.29 and 1,333 / 224 is 5.95: columns 3 and 4 are whole, 5 but for a twentieth.
    other = dict.fromkeys(block((3, 4, 5), (3, 4, 5)), 0)
    # 1,512 / 224 is 6.75; of column 9 only 204 px lie on the slide, and all of them are tumour.
    tumour = dict.fromkeys(block((7, 8, 9), (7, 8, 9)), 1)
    assert labels == other | tumour
    assert (done.positive, done.negative, done.squares) == (9, 9, 140)
    # Touched: 4 × 4 squares by the one, 4 × 5 by the other, which ends on the slide's last column.
    assert done.undecided == 16 - 9 + 20 - 9
    # 113 of 821 columns of one of two equal boxes.
    assert "7 % of the outlined area lies outside of the slide." in done.alarms


def test_boxes_of_a_table(real, tmp_path):
    """3 × 4 boxes of 512 px from (512, 512) on: to 2,048 across and 2,560 down."""
    done, labels = cut_with(
        real, "csv/luna_123_tiles.csv", tmp_path / "part", {"unclassified": Role.POSITIVE}
    )
    assert labels == dict.fromkeys(block(range(3, 9), range(3, 11)), 1)
    assert (done.regions, done.positive, done.negative) == (12, 48, 0)
    assert done.undecided == 8 * 10 - 48
    assert done.alarms == []


@pytest.mark.parametrize("reader", ["jill_SVBMP-123sdf", "joe_SVBMP-123asd"])
def test_a_malformed_polygon_is_refused_in_a_sentence_that_says_what_is_wrong(
    real, tmp_path, reader
):
    file = f"dsa_and_other/123_{reader}_annot_geojson.json"
    with pytest.raises(Refusal, match="found numbers in place of points, one bracket too few"):
        cut_with(real, file, tmp_path / "part", {".*": Role.POSITIVE})
    assert not (tmp_path / "part").exists()


def test_halo_and_the_mask_that_was_made_of_it_give_the_same_labels(real, tmp_path):
    """A tumour of 60.5 px²; a twentieth of a square of 16 px is enough here to be positive."""
    low = Thresholds(positive_from=0.05, negative_to=0.02)
    drawn, labels = cut_with(
        real,
        HALO,
        tmp_path / "drawn",
        {"tumor": Role.POSITIVE, "layer 1": Role.IGNORE},
        px=16,
        thresholds=low,
    )
    painted, again = cut_with(
        real, MASK, tmp_path / "painted", {"1": Role.POSITIVE}, px=16, thresholds=low
    )
    assert labels == again == {(0, 0): 1, (0, 1): 1}
    assert (drawn.tool, painted.tool) == ("HALO", "a label mask")
    assert drawn.undecided == painted.undecided == 0
    assert drawn.unknown == painted.unknown > 9_000
