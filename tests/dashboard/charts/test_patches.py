"""Patches that are brought along: each is taken, or refused with a reason."""

import cv2
import numpy as np

from dashboard.charts import patches
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv


def png(height=50, width=50, channels=3):
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, channels), dtype=np.uint8)
    return pixels, cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes()


def test_a_patch_is_taken_pixel_for_pixel():
    pixels, data = png()
    (taken,), refused = patches.read_uploads([("10253_idx5_x1001_y1051_class1.png", data)])
    assert refused == []
    assert np.array_equal(taken.pixels, pixels)
    facts = taken.facts
    assert (facts.patient, facts.x, facts.y, facts.label) == ("10253", 1001, 1051, 1)


def test_an_edge_patch_is_padded_and_says_so():
    pixels, data = png(20, 50)
    (taken,), _ = patches.read_uploads([("edge.png", data)])
    assert np.array_equal(taken.pixels[:20], pixels)
    assert (taken.pixels[20:] == 255).all()
    assert taken.note == "50×20, padded with white"


def test_one_bad_file_does_not_stop_the_others():
    _, good = png()
    _, large = png(60, 60)
    files = [("a.png", b"no image"), ("b.png", good), ("c.png", large), ("d.png", good[:-9])]
    taken, refused = patches.read_uploads(files)
    assert [each.facts.file for each in taken] == ["b.png"]
    assert [each.file for each in refused] == ["a.png", "c.png", "d.png"]
    assert "60×60" in refused[1].reason


def test_a_name_that_says_nothing_leaves_the_label_unknown():
    assert patches.facts_of("![](http://x)/tissue.png") == patches.PatchFacts("tissue.png")


def test_folders_of_both_systems_are_cut_off_a_name():
    name = "08863_idx5_x51_y101_class0.png"
    for folder in ("C:\\slides\\", "slides/8863/0/"):
        facts = patches.facts_of(folder + name)
        assert (facts.file, facts.patient, facts.label) == (name, "08863", 0)


def test_a_score_on_the_threshold_is_called():
    assert patches.outcome(1, 0.5, 0.5) == "tp"
    assert patches.outcome(0, 0.499, 0.5) == "tn"


def test_a_name_that_is_a_formula_is_no_formula_in_the_table():
    table = patches.table([patches.PatchFacts("=cmd().png")], np.float32([0.1]), 0.5)
    assert table_csv(table, Facts()).splitlines()[1].startswith("'=cmd().png,,,,,0.1,0,")


def test_the_table_says_what_a_name_tells_and_what_was_called():
    facts = [patches.facts_of("10253_idx5_x1_y51_class1.png"), patches.facts_of("b.png")]
    table = patches.table(facts, np.float32([0.75, 0.25]), 0.5)
    assert list(table.columns) == ["file", "patient", "x", "y", "label", "score", "called"]
    assert table["called"].tolist() == [1, 0]
    assert table.iloc[0][["patient", "x", "y", "label"]].tolist() == ["10253", 1, 51, 1]
    assert table.iloc[1][["patient", "x", "y", "label"]].isna().all()
    assert "b.png,,,,,0.25,0," in table_csv(table, Facts())
