"""A slide is cut where its outlines say so: every square's label, place, pixels and counts."""

import json

import numpy as np
import pandas as pd
import pytest

from idc_core.annotations.labels import Thresholds
from idc_core.cut.jobs import jobs
from idc_core.cut.one_slide import FILE, ROWS, cut_slide
from idc_core.data.stores.coded import CONTENT, ENDS
from idc_core.io.refusal import Refusal
from tests.idc_core.cut.conftest import (
    OUTLINES,
    SIDE,
    draw_slide,
    settings_of,
    square,
    tissue_and_glass,
)
from tests.slides import tissue


def job(place, **more):
    (found,) = jobs(place / "slides", place / "outlines", **more)
    return found


def table(part):
    rows = pd.read_parquet(part / ROWS)
    at = zip((rows["x"] - 1) // SIDE, (rows["y"] - 1) // SIDE, strict=True)
    return rows.assign(square=list(at)).set_index("square")


def test_squares_are_positive_negative_undecided_or_unknown_and_counted(place, settings):
    done = cut_slide(job(place), settings, place / "part")
    labels = table(place / "part")["label"].to_dict()
    positive = {(column, row) for column in (0, 1) for row in (0, 1, 2)}
    negative = {(column, row) for column in (3, 4) for row in (0, 1)}
    assert {at for at, label in labels.items() if label == 1} == positive
    assert {at for at, label in labels.items() if label == 0} == negative
    # 36 squares of tissue: half a square of tumour is undecided, the fold is excluded.
    assert (done.tissue, done.squares) == (36, 48)
    assert (done.positive, done.negative, done.undecided) == (6, 4, 1)
    assert (done.excluded, done.unknown) == (1, 24)
    assert (done.regions, done.holes, done.repaired, done.conflicts) == (4, 0, 0, 0)
    assert (done.width, done.height, done.um_x, done.um_from) == (128, 96, 0.5, "file")
    assert done.alarms == []


def test_on_a_slide_that_is_outlined_exhaustively_the_rest_of_the_tissue_is_negative(
    place, settings
):
    done = cut_slide(job(place, exhaustive=True), settings, place / "part")
    assert (done.positive, done.negative, done.undecided) == (6, 28, 1)
    assert (done.unknown, done.excluded) == (0, 1)
    # Glass stays out: it is no tissue, and nobody outlined it.
    assert table(place / "part")["x"].max() == 5 * SIDE + 1


def test_a_share_that_is_asked_for_moves_the_border(place):
    half = settings_of(place, thresholds=Thresholds(positive_from=0.5))
    done = cut_slide(job(place), half, place / "part")
    assert (done.positive, done.undecided) == (7, 0)
    assert table(place / "part").loc[[(2, 0)], "share"].tolist() == [0.5]


def test_what_is_outlined_is_tissue_whatever_the_rule_says(place, settings):
    draw_slide(place, "a", [*OUTLINES, square(6, 4, 7, 5, "stroma")])
    done = cut_slide(job(place), settings, place / "part")
    assert (done.tissue, done.negative) == (37, 5)
    found = table(place / "part").loc[[(6, 4)]]
    assert (found["label"].item(), found["tissue"].item()) == (0, 0.0)


def test_pixels_at_the_slides_own_scale_come_to_the_byte(place, settings):
    cut_slide(job(place), settings, place / "part")
    rows = table(place / "part")
    ends = np.load(place / "part" / ENDS)
    content = (place / "part" / CONTENT).read_bytes()
    assert np.diff(ends, prepend=0).tolist() == [SIDE * SIDE * 3] * 10
    whole = tissue_and_glass()
    for number, (column, row) in enumerate(rows.index):
        kept = np.frombuffer(content[ends[number] - SIDE**2 * 3 : ends[number]], np.uint8)
        expected = whole[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        np.testing.assert_array_equal(kept.reshape(SIDE, SIDE, 3), expected)


def test_a_square_at_the_edge_keeps_its_true_size(place, settings):
    draw_slide(place, "a", OUTLINES[:3], pixels=tissue_and_glass()[: 2 * SIDE + 10])
    cut_slide(job(place), settings, place / "part")
    sizes = table(place / "part")[["width", "height"]]
    assert sizes.loc[[(0, 2)]].to_numpy().tolist() == [[16, 10]]
    assert sizes.loc[[(0, 0)]].to_numpy().tolist() == [[16, 16]]


@pytest.mark.parametrize("exhaustive", [False, True])
def test_a_square_at_the_edge_is_judged_by_what_of_it_is_there(place, settings, exhaustive):
    pixels = tissue_and_glass()[: 2 * SIDE + 10, : 5 * SIDE + 3]
    outlines = [square(0, 2, 2, 2.625, "Tumor"), square(5, 0, 5.1875, 2, "Tumor")]
    draw_slide(place, "a", [*outlines, square(2, 2, 4, 2.625, "Stroma")], pixels=pixels)
    cut_slide(job(place, exhaustive=exhaustive), settings, place / "part")
    found = table(place / "part")
    # 10 of 16 rows, 3 of 16 columns: all of what is there is outlined.
    rim = [(0, 2), (1, 2), (5, 0), (5, 1), (2, 2), (3, 2)]
    assert found.loc[rim, "label"].tolist() == [1, 1, 1, 1, 0, 0]
    assert found.loc[rim, "share"].tolist() == [1, 1, 1, 1, 0, 0]
    assert found.loc[[(5, 0)], ["width", "height"]].to_numpy().tolist() == [[3, 16]]


def test_what_is_done_is_taken_again_and_done_anew_where_something_changed(place, settings):
    part = place / "part"
    first = cut_slide(job(place), settings, part)
    (part / CONTENT).write_bytes(b"as it was")
    assert cut_slide(job(place), settings, part) == first
    assert (part / CONTENT).read_bytes() == b"as it was"
    draw_slide(place, "a", OUTLINES[:1])
    assert cut_slide(job(place), settings, part).negative == 0
    again = cut_slide(job(place, um=0.25), settings_of(place, um=0.25), part)
    assert (again.um_x, again.um_from) == (0.25, "given")
    assert len({first.mark, again.mark}) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no JSON", "expected"),
        (json.dumps([square(0, 0, 1, 1, "Necrosis")]), r"Necrosis \(1\)"),
        (json.dumps([square(900, 900, 901, 901, "Tumor")]), r"they reach from \(14,400, 14,400\)"),
    ],
)
def test_outlines_that_will_not_do_leave_nothing_half_made(place, settings, content, said):
    (place / "outlines" / "a.geojson").write_text(content)
    for _ in range(2):
        with pytest.raises(Refusal, match=said):
            cut_slide(job(place), settings, place / "part")
        assert not (place / "part").exists()


def test_a_slide_without_outlines_is_refused_by_its_name(place, settings):
    (place / "outlines" / "a.geojson").unlink()
    with pytest.raises(Refusal, match=r"expected outlines for a\.tif: there are none of its name"):
        cut_slide(job(place), settings, place / "part")


def test_outlines_on_glass_raise_an_alarm(place, settings):
    draw_slide(place, "a", [square(5.5, 0, 8, 6, "Tumor")])
    (alarm,) = cut_slide(job(place), settings, place / "part").alarms
    # Half a column of tissue and two of glass.
    assert alarm.startswith("80 % of the outlined area is glass")


def test_outlines_that_reach_beyond_the_slide_raise_an_alarm(place, settings):
    draw_slide(place, "a", [square(0, 5, 2, 6.25, "Tumor")])
    (alarm,) = cut_slide(job(place), settings, place / "part").alarms
    assert alarm == "20 % of the outlined area lies outside of the slide."


def test_ink_and_sharpness_are_columns(place):
    pixels = tissue_and_glass()
    pixels[:SIDE, :SIDE] = (20, 40, 200)  # blue ink
    pixels[:SIDE, SIDE : 2 * SIDE] = tissue(SIDE, seed=1)
    draw_slide(place, "a", pixels=pixels)
    cut_slide(job(place), settings_of(place), place / "part")
    rows = table(place / "part")
    assert rows.loc[[(0, 0)], "pen"].item() > 0.8
    assert rows.loc[[(1, 1)], "pen"].item() == 0
    assert rows.loc[[(1, 0)], "sharpness"].item() > 10 * rows.loc[[(1, 1)], "sharpness"].item()


def test_a_kill_leaves_no_folder_that_looks_finished(place, settings, monkeypatch):
    monkeypatch.setattr("idc_core.cut.one_slide.write_parquet", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cut_slide(job(place), settings, place / "part")
    assert not (place / "part" / FILE).exists()
