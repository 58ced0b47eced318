"""Texts are kept as skeletons and numbers, and come back as they were."""

import pytest

from idc_core.threshold_table.packed import packed


@pytest.mark.parametrize(
    "texts",
    [
        ["0.83 [0.78–0.88]", "–", "–", "0.83 [0.78–0.88]"],
        ["of 38 patients.", "1,234 of 5,678, 90.", ""],
        ["", "", "x"],
        ["#3 of #", "0 # 1", "a;b;3;"],
        ["1e-06", "1 − 1e-07", "−0.10 (p#;7)"],
    ],
)
def test_texts_come_back(texts):
    assert packed(texts).texts() == texts


def test_a_text_that_stays_takes_no_room_and_numbers_share_a_skeleton():
    found = packed(["1 of 2"] * 3 + ["2 of 2"])
    assert (found.skeletons, found.rows) == (["# of #"], ["0;1;2", "", "", "0;2;2"])
