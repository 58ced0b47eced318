"""`export`: a file a slide, in the frame of the program that it is for."""

import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

import train_cli
from idc_core.annotations.frames import in_level0
from idc_core.annotations.opening import read
from idc_core.annotations.writers.tools import TOOLS
from idc_core.cut import one_slide
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.store import put_together
from idc_core.data.split.splits import GivenSplit
from idc_core.data.stores.store import open_store
from idc_core.io.files import write_json, write_parquet
from idc_core.records.slide_frame import SlideFrame
from idc_core.reviews import Verdict, open_reviews
from idc_core.reviews.regions import Region, Regions
from idc_core.reviews.verdict import data_key
from idc_core.runs import ledger
from idc_core.runs.run import open_run
from tests.idc_core.cut.conftest import (
    COLUMNS,
    OUTLINES,
    ROWS,
    SIDE,
    draw_slide,
    laid_out,
    settings_of,
    tissue_and_glass,
)

CORNER = (SIDE, 2 * SIDE)
"""Of what QuPath shows of the slide `b`; its outlines, of QuPath, lie by so much elsewhere."""

FRAMES = {
    "a": SlideFrame(size=(COLUMNS * SIDE, ROWS * SIDE)),
    "b": SlideFrame(size=(COLUMNS * SIDE, ROWS * SIDE), bounds_x=CORNER[0], bounds_y=CORNER[1]),
}
ENDINGS = {"qupath": "geojson", "asap": "xml", "imagescope": "xml", "wsinfer": "csv"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A store of two slides of one patient, `b` with bounds, and a run on it."""
    laid_out(tmp_path)
    draw_slide(tmp_path, "b", OUTLINES[:3])
    (tmp_path / "slides.csv").write_text("slide,patient\na,P\nb,P\n")
    opened = one_slide.open_image

    def with_bounds(path, um):
        image = opened(path, um)
        if path.stem == "b":
            image._source.frame = replace(
                image._source.frame, bounds_x=CORNER[0], bounds_y=CORNER[1]
            )
        return image

    monkeypatch.setattr(one_slide, "open_image", with_bounds)
    listed = jobs(tmp_path / "slides", tmp_path / "outlines", tmp_path / "slides.csv")
    settings = settings_of(tmp_path)
    parts, _ = cut_all(listed, settings, tmp_path / ".cut", workers=1, tell=lambda *_: None)
    rule = GivenSplit({"P": "test"}, "by hand")
    store = put_together(parts, [], settings, tmp_path / "data" / "mine", tmp_path, rule)
    add_run(tmp_path, store)
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("IDC_REVIEWS", raising=False)
    return tmp_path


def add_run(root, store):
    score = np.linspace(0.05, 0.95, len(store.index))
    rows = store.index[["patient", "slide", "x", "y", "label", "split", "file"]]
    folder = root / "models" / "first"
    folder.mkdir(parents=True)
    raster = {"patch_px": SIDE, "um_per_px": 0.5, "positive": "tumour", "negative": "stroma"}
    data = {"name": "mine", "fingerprint": store.fingerprint, "synthetic": True}
    write_json(folder / "run.json", {"status": "imported", "data": data, "raster": raster})
    write_parquet(folder / "predictions.parquet", rows.assign(score=score))


@pytest.fixture
def export(place, monkeypatch, capsys):
    """Calls the command; its exit code and what it said."""

    def run(*words, tool="qupath", out="out"):
        said = ["export", "--run", "first", "--for", tool, "--out", place / out, *words]
        monkeypatch.setattr(sys, "argv", ["train_cli.py", *map(str, said)])
        with pytest.raises(SystemExit) as left:
            train_cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return int(left.value.code or 0), printed.out + printed.err

    return run


@pytest.mark.parametrize("tool", ENDINGS)
def test_every_square_lies_over_its_pixels_in_the_frame_of_the_tool(export, place, tool):
    code, said = export(tool=tool)
    assert code == 0, said
    assert "2 files of 1 patient for" in said
    rows = open_run(place / "models" / "first").predictions()
    pixels = tissue_and_glass()
    for slide, frame in FRAMES.items():
        file = place / "out" / f"{slide}.{ENDINGS[tool]}"
        found = in_level0(read(file, detections=True), frame)
        own = rows[rows["slide"] == slide]
        expected = {(x - 1, y - 1, x - 1 + SIDE, y - 1 + SIDE) for x, y in own[["x", "y"]].values}
        assert {region.shape.bounds for region in found.regions} == expected
        assert set(found.classes) <= {
            *("tumour found", "missed tumour", "false alarm", "true negative"),
        }
        for left, top, right, bottom in expected:
            assert (pixels[top:bottom, left:right] == pixels[top, left]).all()


@pytest.mark.parametrize("tool", ENDINGS)
def test_slides_cut_again_by_the_exported_squares_give_the_same_patches(export, place, tool):
    export(tool=tool)
    (place / "classes.csv").write_text(
        "pattern,class\n(tumour found|missed tumour),positive\n"
        "(false alarm|true negative),negative\n"
    )
    listed = jobs(place / "slides", place / "out", place / "slides.csv")
    again = settings_of(place, detections=True)
    parts, refused = cut_all(listed, again, place / ".again", workers=1, tell=lambda *_: None)
    assert not refused
    rule = GivenSplit({"P": "test"}, "by hand")
    made = put_together(parts, [], again, place / "again", place, rule)
    before = open_store(place / "data" / "mine").index
    columns = ["patient", "slide", "x", "y", "label", "digest"]
    assert made.index[columns].equals(before[columns])


def test_qupath_counts_from_the_corner_that_it_shows(export, place):
    export()
    for slide, frame in FRAMES.items():
        content = json.loads((place / "out" / f"{slide}.geojson").read_text())
        ring = np.array(content["features"][0]["geometry"]["coordinates"][0])
        x, y = first_of(place, slide)
        assert tuple(ring.min(axis=0) + frame.corner) == (x - 1, y - 1)
        assert content["properties"]["frame"] == (
            "level-0 pixels of what QuPath shows, which may be the cropped bounds"
        )
        assert content["properties"]["slide"] == slide
        assert content["properties"]["tissue"] == "synthetic"


def first_of(place, slide):
    """The place of a slide's first square."""
    rows = open_run(place / "models" / "first").predictions()
    return tuple(rows.loc[rows["slide"] == slide, ["x", "y"]].iloc[0].tolist())


def judge(place, reader, verdict, stage="open"):
    """A verdict on the first square of `b`."""
    run = open_run(place / "models" / "first")
    x, y = first_of(place, "b")
    said = Verdict(
        data=data_key(run),
        patient="P",
        slide="b",
        x=x,
        y=y,
        reviewer=reader,
        verdict=verdict,
        run="first",
        model="m",
        split="test",
        threshold=0.5,
        score=0.5,
        label=1,
        stage=stage,
    )
    open_reviews(place / "data" / "reviews.sqlite").record([said])


def properties(place, slide, name="geojson"):
    content = json.loads((place / "out" / f"{slide}.{name}").read_text())
    return [feature["properties"] for feature in content["features"]]


def test_who_said_what_stands_at_the_square_of_the_slide_it_was_said_of(export, place):
    judge(place, "Bo & <Ann>", "idc")
    judge(place, "Cy", "unsure", stage="blind")
    export()
    judged = [each for each in properties(place, "b") if "metadata" in each]
    assert len(judged) == 1
    assert judged[0]["objectType"] == "annotation"
    assert judged[0]["metadata"] == {
        "verdict": "tumour (Bo & <Ann>); unsure, blinded (Cy)",
        "reader": "Bo & <Ann>; Cy",
    }
    x, y = first_of(place, "b")
    assert judged[0]["name"] == f"x{x}_y{y}: tumour (Bo & <Ann>); unsure, blinded (Cy)"
    assert not [each for each in properties(place, "a") if "metadata" in each]
    export(tool="asap", out="asap")
    assert "Bo &amp; &lt;Ann&gt;" in (place / "asap" / "b.xml").read_text()
    export(tool="wsinfer", out="csv")
    table = pd.read_csv(place / "csv" / "b.csv")
    assert table["reader"].dropna().tolist() == ["Bo & <Ann>; Cy"]
    assert table["prob_tumour"].tolist() == table["score"].tolist()
    assert set(table["export_run"]) == {"first"}


def test_readers_patients_and_slides_are_hashed_together(export, place, monkeypatch):
    judge(place, "Bo", "idc")
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    assert export()[0] == 0
    files = sorted((place / "out").iterdir())
    assert len(files) == 2
    for file in files:
        assert file.stem not in FRAMES
        assert '"Bo' not in file.read_text()
        assert "(Bo)" not in file.read_text()
    assert any("metadata" in file.read_text() for file in files)


def test_a_mask_of_the_outcomes_lies_over_the_slide(export, place):
    assert export("--mask-um", 1)[0] == 0
    file = place / "out" / "b.mask.tif"
    names = {"1": "tumour found", "2": "missed tumour", "3": "false alarm", "4": "true negative"}
    mask = in_level0(read(file, names=names), FRAMES["b"])
    squares = in_level0(read(place / "out" / "b.geojson", detections=True), FRAMES["b"])
    for name in names.values():
        here, there = (
            shapely.union_all([each.shape for each in found.regions if each.class_name == name])
            for found in (mask, squares)
        )
        assert here.equals(there), name


def test_looking_at_test_is_written_down(export, place):
    _, said = export("--threshold", 0.25)
    run = open_run(place / "models" / "first")
    assert [look.threshold for look in ledger.looks(run)] == [0.25]
    assert "Threshold 0.25; 1 look at test." in said


def test_slides_that_were_not_cut_here_keep_the_coordinates_of_the_picture(export, place):
    (place / "data" / "mine" / "slides.parquet").unlink()
    code, said = export()
    assert code == 0
    assert "Note: where 2 of these slides lie is not known" in said
    content = json.loads((place / "out" / "b.geojson").read_text())
    assert content["properties"]["frame"].startswith("pixels of the exported picture")
    code, said = export("--mask-um", 1, out="other")
    assert code == 2
    assert "expected slides that were cut here" in said
    assert not (place / "other").exists()


def test_a_run_without_labels_says_what_is_predicted(export, place):
    file = place / "models" / "first" / "predictions.parquet"
    rows = pd.read_parquet(file)
    write_parquet(file, rows.assign(label=np.int8(-1)))
    _, said = export()
    assert "look" not in said
    names = {each["classification"]["name"] for each in properties(place, "a")}
    assert names == {"predicted stroma", "predicted tumour"} or names == {"predicted stroma"}
    assert "label" not in properties(place, "a")[0]["measurements"]


def test_the_same_run_may_write_again_and_nothing_else_is_replaced(export, place):
    assert export()[0] == 0
    assert export("--mask-um", 1)[0] == 0
    assert export("--mask-um", 1)[0] == 0
    (place / "out" / "b.geojson").write_text("drawn by hand")
    code, said = export()
    assert code == 2
    assert "is there already and holds something else" in said
    assert (place / "out" / "b.geojson").read_text() == "drawn by hand"
    assert export("--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--patient", "p"), "expected a patient of the test split of first: p is none."),
        (("--split", "train"), "expected patches of the train split in first: it has test."),
        (("--threshold", "2"), "expected a threshold from 0 to 1: found 2."),
        (("--mask-um", "0.1"), "at least the slide's own 0.5 µm a pixel for a mask: found 0.1."),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(export, place, words, said):
    code, answer = export(*words)
    assert code == 2
    assert said in " ".join(answer.split())
    assert not (place / "out").exists()


def draw(place, slide, name, *, excluded, side, author="Bo"):
    """Somebody draws a square of `side` pixels from the slide's corner."""
    data = data_key(open_run(place / "models" / "first"))
    path = open_reviews(place / "data" / "reviews.sqlite").where
    Regions(path).record(
        Region(
            region=f"{slide}{name}",
            follows="",
            does="drawn",
            data=data,
            patient="P",
            slide=slide,
            author=author,
            run="first",
            name=name,
            excluded=excluded,
            frame="slide",
            um_x=0.25,
            um_y=0.25,
            shape=shapely.to_wkt(shapely.box(0, 0, side, side)),
        )
    )


@pytest.mark.parametrize("tool", ["qupath", "asap", "imagescope"])
def test_regions_are_written_where_they_were_drawn_and_as_a_table(export, place, tool):
    draw(place, "b", "tumour", excluded=False, side=80)
    code, said = export("--regions", tool=tool)
    assert code == 0
    assert "2 files of regions" in said
    ending = TOOLS[tool].ending
    found = in_level0(read(place / "out" / f"b.regions.{ending}"), FRAMES["b"])
    assert [each.class_name for each in found.regions] == ["tumour"]
    assert found.regions[0].shape.equals(shapely.box(0, 0, 80, 80))
    assert not (place / "out" / f"a.regions.{ending}").exists()
    (row,) = pd.read_csv(place / "out" / "regions.csv").to_dict("records")
    assert (row["name"], row["slide"], row["authors"]) == ("tumour", "b", "Bo")
    assert row["area_mm2"] == pytest.approx((80 * 0.25) ** 2 / 1e6)
    assert row["perimeter_um"] == 80
    assert export("--regions", tool=tool)[0] == 0  # ours may be written again


def test_squares_in_an_excluded_region_say_so_without_being_asked(export, place):
    draw(place, "b", "pen", excluded=True, side=10_000)
    export()
    assert {each["metadata"]["excluded"] for each in properties(place, "b")} == {"pen"}
    assert not [each for each in properties(place, "a") if "metadata" in each]
    export(tool="wsinfer", out="csv")
    assert set(pd.read_csv(place / "csv" / "b.csv")["excluded"]) == {"pen"}
    assert "excluded" not in pd.read_csv(place / "csv" / "a.csv")


def test_without_a_region_nothing_is_written_and_wsinfer_knows_none(export, place):
    _, said = export("--regions")
    assert "Nobody has drawn a region" in said
    assert not (place / "out" / "regions.csv").exists()
    code, said = export("--regions", tool="wsinfer", out="csv")
    assert code == 2
    assert "squares only" in " ".join(said.split())
    assert not (place / "csv").exists()
