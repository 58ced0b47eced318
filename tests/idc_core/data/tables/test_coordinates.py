import numpy as np
import pandas as pd
import pytest

from idc_core.data.tables.coordinates import Places, off_grid, read_places
from idc_core.data.tables.lattice import lattice_of
from idc_core.io.refusal import Refusal
from tests.idc_core.importing.world import tissue

TABLE = tissue()
OWNER = np.repeat([0, 1], [int((TABLE["patient"] == name).sum()) for name in ("9001", "9002")])
X, Y = (TABLE[name].to_numpy(np.float64) for name in ("x", "y"))


def read(x: np.ndarray, y: np.ndarray, how: str = "auto") -> Places:
    return read_places(OWNER, x, y, how)


@pytest.mark.parametrize(
    ("x", "y", "step"),
    [
        ((X - 1) / 50, (Y - 1) / 50, 1.0),
        (X - 1, Y - 1, 50.0),
        (X + 24.5, Y + 24.5, 50.0),
        (X + 25, Y + 25, 50.0),
        ((X - 1) * 16, (Y - 1) * 16, 800.0),
        ((X - 1) * 16 + 1, (Y - 1) * 16 + 1, 800.0),
        ((X - 1) / 50 * 256, (Y - 1) / 50 * 256, 256.0),
        ((X - 1) / 2, (Y - 1) / 2, 25.0),
        ((X - 1) / 16, (Y - 1) / 16, 3.125),
        (np.round((X - 1) / 16), np.round((Y - 1) / 16), 3.125),
        (np.round((X - 1) * 1.0096, 1), np.round((Y - 1) * 1.0096, 1), 50.48),
    ],
    ids=[
        "indices",
        "from-0",
        "centre",
        "centre-whole",
        "level-0",
        "level-0-from-1",
        "stride-256",
        "stride-25",
        "thumbnail",
        "thumbnail-rounded",
        "micrometres",
    ],
)
def test_every_frame_is_brought_to_the_same_squares(x, y, step) -> None:
    found = read(x, y)
    assert found.x.tolist() == X.tolist()
    assert found.y.tolist() == Y.tolist()
    assert found.step == pytest.approx(step, rel=0.02)
    assert found.words.startswith("x and y ")
    assert found.warning() is None


def test_the_usual_grid_is_left_alone_without_a_word() -> None:
    assert read(X, Y).record() == {"words": "", "step": None, "phase": None, "sharing": 0}
    few = slice(0, 3)
    assert read_places(OWNER[few], X[few], Y[few]).step is None


def test_words_say_what_was_seen() -> None:
    assert read((X - 1) / 50, (Y - 1) / 50).words == (
        "x and y as columns and rows of patches, counted from 0, 3 to 14 and 1 to 9: each is 50 "
        "pixels here"
    )
    assert read((X - 1) * 16, (Y - 1) * 16).words == (
        "x and y as steps of 800, 16 times 50 (level 0 of a slide, as it seems): each step is one "
        "square of 50 pixels here"
    )
    assert "through the centres of patches" in read(X + 24.5, Y + 24.5).words
    assert "counted from 0" in read(X - 1, Y - 1).words
    assert "tiles that overlap" in read((X - 1) / 2, (Y - 1) / 2).words


def test_a_step_and_its_phase_lead_back_to_the_table() -> None:
    found = read((X - 1) / 50 * 256 + 7, (Y - 1) / 50 * 256 + 9)
    assert found.record()["step"] == 256
    assert found.record()["phase"] == [7, 9]
    assert ((found.x - 1) / 50 * 256 + 7).tolist() == ((X - 1) / 50 * 256 + 7).tolist()


def test_a_grid_that_begins_elsewhere_in_each_patient_is_one_grid() -> None:
    found = read(X + 7 * OWNER, Y + 11 * OWNER)
    assert found.x.tolist() == X.tolist()
    assert found.record()["phase"] is None


def test_places_on_no_grid_that_lie_on_each_other_are_a_question() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 500, 60).astype(float), rng.integers(0, 500, 60).astype(float)
    with pytest.raises(Refusal, match=r"--places indices; .* --places pixels\.$"):
        read_places(np.zeros(60, np.int64), x, y)
    kept = read_places(np.zeros(60, np.int64), x, y, "pixels")
    assert kept.x.tolist() == x.tolist()
    assert kept.sharing > 20
    assert str(kept.warning()).startswith(f"{kept.sharing} patches share a square of 50×50 pixels")


def test_scattered_places_that_do_not_touch_are_pixels() -> None:
    x, y = np.array([3.0, 330.0, 777.0]), np.array([8.0, 200.0, 90.0])
    found = read_places(np.zeros(3, np.int64), x, y)
    assert (found.x.tolist(), found.words, found.sharing) == ([3, 330, 777], "", 0)


def test_an_option_answers_whatever_would_be_guessed() -> None:
    column, row = (X - 1) / 50, (Y - 1) / 50
    assert read(column, row, "pixels").x.tolist() == column.tolist()
    assert read(column + 1, row + 1, "indices-from-1").x.tolist() == X.tolist()
    assert read((X - 1) * 2 + 1, (Y - 1) * 2 + 1, "pixels").step is None
    assert read(column, row, "pixels").sharing == len(X)
    with pytest.raises(Refusal, match="found 'metres'"):
        read(X, Y, "metres")
    with pytest.raises(Refusal, match="share none"):
        read_places(np.zeros(2, np.int64), np.array([0.0, 1.3]), np.array([0.0, 7.7]), "grid")


def test_the_grid_of_scattered_places_is_none() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 4000, (2, 2000)).astype(float)
    assert lattice_of(np.arange(2000) % 3, x, y) is None


def test_places_beyond_any_slide_are_refused() -> None:
    with pytest.raises(Refusal, match="below 2,147,483,648"):
        read(X * 1e9, Y * 1e9, "pixels")


def test_places_kept_as_they_are_say_where_squares_do_not_hold() -> None:
    patient = TABLE["patient"]
    assert off_grid(patient, X, Y) is None
    assert off_grid(patient, X - 1, Y - 1) is None
    assert str(off_grid(patient, (X - 1) / 50, (Y - 1) / 50)).startswith(
        "These places are no pixels of patches side by side, but x and y as columns and rows of "
        "patches, counted from 0, 3 to 14 and 1 to 9: slide maps, neighbours and tumour areas"
    )
    assert "but x and y as steps of 100, 2 times 50" in str(
        off_grid(patient, (X - 1) * 2 + 1, (Y - 1) * 2 + 1)
    )
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 500, (2, 60))
    assert "share a square" in str(off_grid(pd.Series(["one"] * 60), x, y))
