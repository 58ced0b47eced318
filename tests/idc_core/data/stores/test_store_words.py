"""What is said of a store: what is unusual about a whole set, and where its split comes from."""

from pathlib import Path

import pandas as pd

from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.store_words import copies_told, noted, second_copy, told
from idc_core.io import record
from idc_core.records.manifest import Manifest


def store_of(patients=("8863", "8864"), size=50, **manifest):
    rows = [(patient, 1, 51, size, size) for patient in patients]
    index = pd.DataFrame(rows, columns=["patient", "x", "y", "width", "height"])
    plain = {"name": "s", "fingerprint": "f", "whole_patients": [], "rejected": {}}
    return PatchStore(Path("s"), index, record.of(Manifest, plain | manifest, "here"))


def test_of_a_plain_store_there_is_nothing_to_say():
    assert told(store_of()) == []


def test_jpegs_and_bytes_after_the_end_are_counted():
    said = noted(store_of(converted={"JPEG": 2}, bytes_after_end=1))
    assert said[0].startswith("2 of 2 patches are JPEG: compression that loses detail")
    assert said[1] == "1 file has other bytes after the end of the picture: left out."


def test_the_split_of_folders_is_said_and_a_side_that_is_missing():
    by_folders = {"split": {"kind": "folders"}, "patches": {"train": 1, "validation": 0, "test": 1}}
    assert told(store_of(**by_folders)) == [
        "Split: as the folders say (train, test); --fresh-split would make another.",
        "No folder says validation. Training needs train and validation: --fresh-split or --split "
        "FILE makes them.",
    ]


def test_augmented_copies_are_named_and_how_many_patches_are_set_aside():
    store = store_of(("8863", "8863_flip"), set_aside_augmented_copies=1)
    assert copies_told(store) == [
        "1 patient is an augmented copy by name (8863_flip of 8863). Set aside, as their originals "
        "are in another split: 1 of their patches."
    ]


def test_the_archives_second_copy_is_said_in_words():
    assert second_copy({"nested_copy": 289, "name": 3}) == [
        "289 files are the archive's second copy of patches that were taken."
    ]
