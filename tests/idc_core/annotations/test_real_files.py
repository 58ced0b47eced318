"""Every real file at hand against truths that another reader measured, and against its twin."""

import contextlib
import json
import random
import re
from pathlib import Path

import pytest

from idc_core.annotations.areas import areas
from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED
from idc_core.io.refusal import Refusal

FILES = 43
WITHIN = 0.001
ROUNDED = 0.05  # the truths have one decimal


def class_of(key: str) -> str:
    """Our name of a class that `expected.json` writes as it stands in the file."""
    if key == "None":
        return UNCLASSIFIED
    written = re.fullmatch(r"\{'name': '(.*)'\}", key)
    return written[1] if written else key.removeprefix("name=")


def test_areas_of_all_files_agree_with_those_of_another_reader(real_annotations: Path) -> None:
    expected = json.loads((real_annotations / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == FILES
    for name, truth in expected.items():
        found = areas(read(real_annotations / name, detections=True))
        wanted = {class_of(key): area for key, area in truth["area"].items()}
        assert found.keys() == wanted.keys(), name
        for each, area in wanted.items():
            assert found[each] == pytest.approx(area, rel=WITHIN, abs=ROUNDED), (name, each)


def test_objects_holes_and_repairs_are_counted_as_by_another_reader(real_annotations: Path) -> None:
    expected = json.loads((real_annotations / "expected.json").read_text(encoding="utf-8"))
    for name, truth in expected.items():
        found = read(real_annotations / name, detections=True)
        assert len(found.regions) + sum(found.left_out.values()) == truth["n"], name
        assert found.holes == truth["holes"], name
        flat = found.left_out.get("an outline without an area", 0)
        assert found.repaired <= truth["invalid"] <= found.repaired + flat, name


@pytest.mark.parametrize(
    ("one", "other", "classes"),
    [
        (
            "qupath/TCGA-EJ-5519-01Z-00-DX1.json",
            "imagescope/TCGA-EJ-5519-01Z-00-DX1.xml",
            {"Tumor": "CaP", "Other": "colour 16776960", "Negative": "colour 255"},
        ),
        (
            "qupath/multiple_holes_new.geojson",
            "halo/multiple_holes.annotations",
            {"Layer 1": "Layer 1"},
        ),
    ],
)
def test_two_tools_say_the_same_of_one_slide(
    real_annotations: Path, one: str, other: str, classes: dict[str, str]
) -> None:
    left, right = (areas(read(real_annotations / name)) for name in (one, other))
    assert set(classes) == set(left)
    for mine, theirs in classes.items():
        assert left[mine] == pytest.approx(right[theirs], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dsa_and_other/123_jill_SVBMP-123sdf_annot_geojson.json", "one bracket too few"),
        ("dsa_and_other/123_joe_SVBMP-123asd_annot_geojson.json", "one bracket too few"),
        ("ndpa/annotations_malformed.ndpa", "expected XML"),
        ("asap/wsiprocess_rule.json", "benign, malignant, foreground, and no outlines"),
        ("qupath/derived-class.json", "the description of a QuPath class"),
        ("csv/pyslide_polygon_points.csv", "a column that tells polygons apart"),
        ("labelme_coco_voc/coco_annotations.json", "one of the 105 pictures"),
        ("labelme_coco_voc/20181347-PASM.jpg", "a JPEG"),
        ("slides/CMU-1-Small-Region.svs", "expected labels"),
    ],
)
def test_what_is_malformed_or_no_outlines_is_refused_in_a_sentence(
    real_annotations: Path, name: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        read(real_annotations / name)


def test_a_pyramid_is_read_at_its_finest_level(real_annotations: Path) -> None:
    found = read(real_annotations / "masks/test-mask.tif")
    assert (found.picture.width, found.picture.height) == (864, 800)
    assert areas(found) == {"1": 316_958}


def test_a_mask_without_0_has_a_class_for_every_label(real_annotations: Path) -> None:
    found = areas(read(real_annotations / "masks/13236M-320-0001_Simple Segmentation.tiff"))
    assert set(found) == {"1", "2", "3"}
    assert sum(found.values()) == 1920 * 1080


def test_no_damage_to_a_file_raises_anything_but_a_refusal(
    real_annotations: Path, tmp_path: Path
) -> None:
    """Cut short, bytes changed, stretches lost: at random, the same at every run."""
    chance = random.Random(18)
    files = [
        file
        for file in sorted(real_annotations.rglob("*"))
        if file.is_file() and file.stat().st_size < 60_000 and file.parent.name != "slides"
    ]
    assert len(files) > 40
    for file in files:
        whole = file.read_bytes()
        for _ in range(12):
            damaged = tmp_path / "damaged"
            damaged.write_bytes(hurt(whole, chance))
            with contextlib.suppress(Refusal):
                areas(read(damaged, detections=True))


def hurt(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one kind of damage."""
    at = chance.randrange(len(whole))
    match chance.randrange(4):
        case 0:
            return whole[:at]
        case 1:
            return whole[:at] + whole[at + chance.randrange(1, 200) :]
        case 2:
            return whole[:at] + chance.randbytes(3) + whole[at + 3 :]
        case _:
            changed = bytearray(whole)
            for _ in range(20):
                place = chance.randrange(len(whole))
                changed[place] = chance.choice(b'0123456789-.,"<>[]{}eNx\x00\xff')
            return bytes(changed)
