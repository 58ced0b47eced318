"""Many patches at once: what one thread packs, several pack too."""

import zlib

import cv2
import numpy as np
import pytest

from idc_core.data.folders.layout import place_all, resolve_duplicates
from idc_core.data.folders.sources import list_folder
from idc_core.data.images import digest
from idc_core.data.packing import pack


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "idc"
    (folder / "1" / "0").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for nth in range(600):
        pixels = rng.integers(0, 256, (50, 50 - nth % 3, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / "1" / "0" / f"1_idx5_x{1 + 50 * nth}_y1_class0.png"), pixels)
    return folder


@pytest.mark.parametrize("threads", [1, 4])
def test_rows_pixels_and_digests_belong_together(source, tmp_path, threads):
    broken = source / "1" / "0" / "1_idx5_x151_y1_class0.png"
    broken.write_bytes(broken.read_bytes()[:100])
    folder = list_folder(source)
    candidates, _ = resolve_duplicates(place_all(folder.names, "idc")[0], lambda one, other: True)
    told = []
    packed = pack(folder, candidates, tmp_path, lambda *step: told.append(step), threads)
    patches = np.load(tmp_path / "patches.npy", mmap_mode="r")
    assert len(packed.index) == len(patches) == 599
    assert [reject.reason for reject in packed.rejects] == ["truncated"]
    for row in packed.index.itertuples():
        assert row.digest == digest(patches[row.Index, : row.height, : row.width])
        assert (patches[row.Index, :, row.width :] == 255).all()
    assert told == [("packing", 256, 600), ("packing", 512, 600), ("packing", 600, 600)]


def test_a_bug_is_not_taken_for_a_bad_file(source, tmp_path, monkeypatch):
    folder = list_folder(source)
    candidates, _ = resolve_duplicates(place_all(folder.names, "idc")[0], lambda one, other: True)
    monkeypatch.setattr(zlib, "crc32", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pack(folder, candidates, tmp_path, lambda *step: None)


def test_an_interrupt_does_not_wait_for_the_rest(source, tmp_path):
    folder = list_folder(source)
    candidates, _ = resolve_duplicates(place_all(folder.names, "idc")[0], lambda one, other: True)
    packed = []

    def interrupt(doing, done, total):
        packed.append(done)
        raise KeyboardInterrupt

    class Counting:
        path, names, skipped = folder.path, folder.names, folder.skipped
        reads = 0

        def read(self, name, limit):
            self.reads += 1
            return folder.read(name, limit)

    counting = Counting()
    with pytest.raises(KeyboardInterrupt):
        pack(counting, candidates * 20, tmp_path, interrupt, 1)
    assert packed == [256]
    assert counting.reads < 12_000 / 2
