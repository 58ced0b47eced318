"""Packed patches answer like the array they hold, and survive what is done to their file."""

import os
import subprocess
import sys

import numpy as np
import pytest

from idc_core.data.stores.pixels import PackedPixels
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal

HELD = np.random.default_rng(5).integers(0, 256, (40, 50, 50, 3)).astype(np.uint8)


@pytest.fixture
def file(tmp_path):
    np.save(tmp_path / "patches.npy", HELD)
    return tmp_path / "patches.npy"


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(7),
        slice(None),
        slice(5, 9),
        slice(30, 99),
        slice(9, 5),
        slice(None, None, 7),
        slice(None, None, -1),
        [3, 1, 1, -40],
        [],
        np.arange(40) % 3 == 0,
        np.array([8, 9, 10, 2], np.int32),
    ],
)
def test_rows_are_those_of_the_array(file, key):
    found = PackedPixels(file)[key]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, HELD[key])


@pytest.mark.parametrize("key", [40, -41, [3, 40], [-41]])
def test_a_row_that_is_not_there_is_an_index_error(file, key):
    with pytest.raises(IndexError):
        PackedPixels(file)[key]


def test_what_is_no_packed_file_is_said(tmp_path, file):
    cut = tmp_path / "cut.npy"
    cut.write_bytes(file.read_bytes()[:-1])
    np.save(tmp_path / "other.npy", np.zeros((3, 4)))
    for bad in ("cut.npy", "other.npy"):
        with pytest.raises(ValueError, match=r"it (ends|holds)"):
            PackedPixels(tmp_path / bad)


IN_PLACE = """
import sys
from idc_core.data.stores.pixels import PackedPixels
from idc_core.io.refusal import Refusal
packed = PackedPixels(sys.argv[1])
packed[39]
with open(sys.argv[1], "r+b") as file:
    file.truncate(300)  # as `cp` over it begins
try:
    packed[39]
except Refusal as refused:
    print(refused)
"""


def test_a_file_cut_short_under_it_is_a_sentence_and_ends_no_process(file):
    done = subprocess.run(
        [sys.executable, "-c", IN_PLACE, str(file)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == 0, f"ended by signal {-done.returncode}"
    assert "written over since" in done.stdout


def test_a_file_written_over_in_place_gives_no_mixture(file):
    packed = PackedPixels(file)
    with file.open("r+b") as opened:
        opened.seek(1000)
        opened.write(b"other pixels")
    os.utime(file, ns=(0, 10**18))  # clocks of files are coarse
    with pytest.raises(Refusal, match="written over since"):
        packed[0]
    assert PackedPixels(file)[0].shape == (50, 50, 3)


def test_a_file_replaced_by_rename_goes_on_giving_what_was_opened(file, tmp_path):
    packed = PackedPixels(file)
    np.save(tmp_path / "new.npy", HELD[::-1])
    (tmp_path / "new.npy").replace(file)
    np.testing.assert_array_equal(packed[3], HELD[3])
    np.testing.assert_array_equal(PackedPixels(file)[3], HELD[-4])
