"""Replacing a store: in one step, in two, and after a kill between the two."""

import numpy as np
import pytest

from idc_core.data.stores import writer
from idc_core.data.stores.writer import create_patches, keep_rows, replacing
from idc_core.io.refusal import Refusal


def write(folder, text):
    (folder / "manifest.json").write_text(text)


def read(store):
    return (store / "manifest.json").read_text()


@pytest.mark.parametrize("in_one_step", [True, False])
def test_the_new_store_takes_the_place_of_the_old(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(writer, "_exchange", lambda *_: False)
    for text in ("old", "new"):
        with replacing(tmp_path / "one") as part:
            write(part, text)
        assert read(tmp_path / "one") == text
    assert {entry.name for entry in tmp_path.iterdir()} == {"one", ".one.lock"}


def test_a_failure_leaves_the_old_store(tmp_path):
    with replacing(tmp_path / "one") as part:
        write(part, "old")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "one") as part:
        write(part / "no folder", "new")
    assert read(tmp_path / "one") == "old"
    assert {entry.name for entry in tmp_path.iterdir()} == {"one", ".one.lock"}


def test_what_a_kill_between_two_renames_left_is_found_again(tmp_path):
    old = tmp_path / ".one.old"
    old.mkdir()
    write(old, "old")
    (tmp_path / ".one.part").mkdir()
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "one") as part:
        write(part / "no folder", "new")
    assert read(tmp_path / "one") == "old"


def test_a_file_in_the_stores_place_is_refused(tmp_path):
    (tmp_path / "one").write_text("a file")
    with pytest.raises(Refusal, match="there is a file"), replacing(tmp_path / "one"):
        pass


def test_a_half_written_file_of_ours_is_no_reason_to_refuse(tmp_path):
    with replacing(tmp_path / "one") as part:
        write(part, "old")
    (tmp_path / "one" / ".patches.npy.x7.part").write_text("half")
    with replacing(tmp_path / "one") as part:
        write(part, "new")
    assert [entry.name for entry in (tmp_path / "one").iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("kept", [[], [0], [9_999], list(range(0, 10_000, 3)), list(range(10_000))])
def test_rows_are_kept_in_place(tmp_path, kept):
    file = tmp_path / "patches.npy"
    patches = create_patches(file, 10_000, 50)
    patches[:, 0, 0, 0] = np.arange(10_000) % 251
    keep_rows(file, patches, np.array(kept, np.int64))
    loaded = np.load(file, mmap_mode="r")
    assert loaded.shape == (len(kept), 50, 50, 3)
    assert np.array_equal(loaded[:, 0, 0, 0], np.array(kept, np.int64) % 251)
    assert file.stat().st_size == 128 + 7_500 * len(kept)
