"""Watched patches: written once, scores appended once an epoch, and what became of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.train import tracked_patches


def index(validation: int) -> pd.DataFrame:
    count = validation + 3
    return pd.DataFrame(
        {
            "patient": "p",
            "x": np.arange(count),
            "y": 1,
            "label": np.arange(count) % 2,
            "file": [f"{at}.png" for at in range(count)],
            "split": ["train"] * 3 + ["validation"] * validation,
        }
    )


def keep(folder: Path, validation: int) -> None:
    table = index(validation)
    tracked_patches.save_patches(folder, table, np.flatnonzero(table["split"] == "validation"))


def test_every_validation_patch_is_watched_where_they_are_few(tmp_path: Path) -> None:
    keep(tmp_path, 4)
    tracked_patches.append_scores(tmp_path, 1, np.array([0.1, 0.2, 0.3, 0.4], np.float16))
    found = tracked_patches.read_tracked(tmp_path)
    assert found is not None
    assert found.patches["x"].tolist() == [3, 4, 5, 6]
    assert found.scores.shape == (1, 4)


def test_of_many_the_same_ones_are_watched_in_every_run() -> None:
    first, again = tracked_patches.thinned(277_524), tracked_patches.thinned(277_524)
    assert len(set(first)) == tracked_patches.MOST_PATCHES
    assert np.array_equal(first, again)


def test_an_epoch_is_written_once_and_a_torn_one_is_cut_off(tmp_path: Path) -> None:
    keep(tmp_path, 2)
    tracked_patches.append_scores(tmp_path, 1, np.array([0.25, 0.5], np.float16))
    with (tmp_path / tracked_patches.SCORES).open("ab") as file:
        file.write(b"\x01")
    torn = tracked_patches.read_tracked(tmp_path)
    assert torn is not None
    assert torn.scores.tolist() == [[0.25, 0.5]]
    tracked_patches.append_scores(tmp_path, 1, np.array([0.75, 0.75], np.float16))
    tracked_patches.append_scores(tmp_path, 2, np.array([1.0, 0.0], np.float16))
    found = tracked_patches.read_tracked(tmp_path)
    assert found is not None
    assert found.scores.tolist() == [[0.25, 0.5], [1.0, 0.0]]


def test_an_epoch_that_was_lost_is_unknown_not_moved(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    tracked_patches.append_scores(tmp_path, 3, np.array([0.5], np.float16))
    found = tracked_patches.read_tracked(tmp_path)
    assert found is not None
    assert np.isnan(found.scores[:2]).all()
    assert found.scores[2, 0] == 0.5


def test_a_run_without_watched_patches_has_none(tmp_path: Path) -> None:
    assert tracked_patches.read_tracked(tmp_path) is None


def test_other_numbers_in_their_place_are_refused(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    (tmp_path / tracked_patches.SCORES).write_bytes(np.array([7.0], np.float16).tobytes())
    with pytest.raises(Refusal, match="scores from 0 to 1"):
        tracked_patches.read_tracked(tmp_path)


def test_fates_by_hand() -> None:
    labels = np.array([1, 1, 1, 1, 0], np.int8)
    scores = np.array(
        [[0.9, 0.1, 0.9, 0.1, 0.9], [0.8, 0.2, 0.8, 0.1, 0.1], [0.9, 0.9, 0.2, 0.3, 0.1]],
        np.float16,
    )
    found = tracked_patches.fates(labels, scores, np.array([0.5, 0.5, 0.5]))
    assert found["fate"].tolist() == [
        "always right",
        "learned",
        "forgotten",
        "never learned",
        "learned",
    ]
    assert found["turns"].tolist() == [0, 1, 1, 0, 1]
    assert found["since"].tolist() == [1, 3, 3, 1, 2]
    assert found["right"].tolist() == pytest.approx([1, 1 / 3, 2 / 3, 0, 2 / 3])


def test_a_drifting_threshold_is_not_forgetting() -> None:
    labels = np.array([1, 0], np.int8)
    scores = np.array([[0.9, 0.4], [0.3, 0.1]], np.float16)
    assert set(tracked_patches.fates(labels, scores, np.array([0.5, 0.2]))["fate"]) == {
        "always right"
    }
    assert "forgotten" in set(tracked_patches.fates(labels, scores, np.array([0.5, 0.5]))["fate"])
