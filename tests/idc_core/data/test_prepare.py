"""From files to a store: every file is accounted for, and nothing is ever half there."""

import csv
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import cv2
import numpy as np
import pandas as pd
import pytest

from idc_core.data.images import decode_patch
from idc_core.data.prepare import prepare
from idc_core.data.split.splits import ByPatient, FromFolders, GivenSplit, audit, read_given_split
from idc_core.data.stores import writer
from idc_core.data.stores.store import INDEX_COLUMNS, fingerprint_of, open_store
from idc_core.data.stores.store_words import told
from idc_core.io import record
from idc_core.io.files import read_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest, Split
from idc_core.records.run_info import read_info


def name(patient, x, y, label):
    return f"{patient}_idx5_x{x}_y{y}_class{label}.png"


def tissue(seed, height=50, width=50):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    return path


def rejected(store):
    with (store / "rejects.csv").open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["reason"] for row in csv.DictReader(file)}


@pytest.fixture
def source(tmp_path):
    """Five patients of four patches in Kaggle's layout."""
    folder = tmp_path / "idc"
    for number in range(5):
        for nth in range(4):
            label = int(nth < number)
            patient = f"{number:02d}"
            file = folder / patient / str(label) / name(patient, 1 + 50 * nth, 51, label)
            write(file, tissue(10 * number + nth))
    return folder


@pytest.fixture
def seed_source(tmp_path):
    folder = tmp_path / "datasets"
    for number, split in enumerate(("training", "training", "validation", "testing")):
        for label in (0, 1):
            file = (
                folder / "idc" / split / str(label) / name(f"p{number}", 1, 1 + 50 * label, label)
            )
            write(file, tissue(10 * number + label))
    return folder


def test_a_store_holds_every_patch_in_the_order_of_its_index(source, tmp_path):
    store = prepare(source, tmp_path / "data" / "one", name="one")
    assert tuple(store.index.columns) == INDEX_COLUMNS
    assert len(store.index) == len(store.patches) == 20
    order = list(zip(store.index["patient"], store.index["y"], store.index["x"], strict=True))
    assert order == sorted(order)
    for row in store.index.itertuples():
        stored = decode_patch((source / row.file).read_bytes()).pixels
        assert np.array_equal(store.patches[row.Index], stored)
    assert set(store.index["split"]) == {"train", "validation", "test"}
    assert audit(store.index).is_clean


def test_the_index_has_the_types_that_its_readers_count_on(source, tmp_path):
    index = prepare(source, tmp_path / "one").index
    kinds = {"x": "int32", "y": "int32", "label": "int8", "width": "int16", "height": "int16"}
    assert {column: str(index[column].dtype) for column in kinds} == kinds
    texts = ("patient", "file", "digest", "split")
    assert all(isinstance(index[column].iloc[0], str) for column in texts)
    assert index["patient"].iloc[0] == "00"


def test_a_clean_source_still_writes_its_empty_list_of_rejects(source, tmp_path):
    store = prepare(source, tmp_path / "one")
    assert (store.path / "rejects.csv").read_text() == "file,reason,detail\n"
    assert (store.path / "duplicates.csv").read_text().startswith("digest,blank,file,patient,label")


def test_every_file_is_taken_or_rejected_with_its_reason(source, tmp_path):
    good = next(source.glob("00/0/*.png"))
    write(source / "01" / "1" / name("01", 901, 1, 0), tissue(1))
    write(source / "01" / "0" / name("02", 951, 1, 0), tissue(2))
    write(source / "01" / "0" / name("01", 1001, 1, 0), tissue(3, 51, 50))
    write(source / "01" / "0" / name("01", 1051, 1, 0), np.dstack([tissue(4), tissue(5)[..., 0]]))
    (source / "01" / "0" / name("01", 1101, 1, 0)).write_bytes(good.read_bytes()[:-12])
    (source / "01" / "0" / name("01", 1151, 1, 0)).write_bytes(b"text")
    (source / "01" / "0" / name("01", 1201, 1, 0)).write_bytes(b"")
    (source / "01" / "0" / name("01", 1251, 1, 0)).symlink_to(good)
    shutil.copy(good, source / "00" / "0" / good.name.replace(".png", "-checkpoint.png"))
    shutil.copy(good, source / "=cmd.png")
    shutil.copytree(source / "04", source / "IDC_regular_ps50_idx5" / "04")
    write(source / "copies" / "00" / "0" / good.name, tissue(99))
    with pytest.raises(Refusal, match=r"expected to take nearly all 29 patches: 9 \(31 %\)"):
        prepare(source, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    store = prepare(source, tmp_path / "one", accept_loss=True)
    reasons = rejected(store.path)
    expected = {
        "class_disagrees": 1,
        "patient_disagrees": 1,
        "too_large": 1,
        "wrong_mode": 1,
        "truncated": 1,
        "not_an_image": 2,
        "symlink": 1,
        "name": 2,
        "nested_copy": 5,
    }
    assert store.manifest.rejected == dict(sorted(expected.items()))
    assert len(reasons) == sum(expected.values())
    assert reasons["'=cmd.png"] == "name"
    assert reasons[f"copies/00/0/{good.name}"] == "nested_copy"
    assert store.manifest.files == len(store.index) + len(reasons)
    assert len(store.index) == 20
    for row in store.index.itertuples():
        stored = decode_patch((source / row.file).read_bytes()).pixels
        assert np.array_equal(store.patches[row.Index], stored)


def test_grey_patches_are_converted_and_counted(source, tmp_path):
    grey = tissue(7)[..., 0]
    write(source / "01" / "0" / name("01", 901, 1, 0), grey)
    store = prepare(source, tmp_path / "one")
    assert store.manifest.converted == {"grey": 1}
    row = store.index.index[store.index["x"] == 901][0]
    assert np.array_equal(store.patches[row], np.repeat(grey[..., None], 3, axis=2))


def test_edge_patches_are_padded_and_keep_their_size(source, tmp_path):
    edge = tissue(8, 20, 3)
    write(source / "01" / "0" / name("01", 901, 1, 0), edge)
    store = prepare(source, tmp_path / "one")
    row = store.index[store.index["x"] == 901].iloc[0]
    assert (row.width, row.height) == (3, 20)
    assert np.array_equal(store.patches[row.name][:20, :3], edge)
    assert (store.patches[row.name][20:] == 255).all()
    assert store.manifest.edge_patches == 1


def test_identical_pixels_are_listed_with_labels_and_stay_on_one_side(source, tmp_path):
    write(source / "00" / "0" / name("00", 901, 1, 0), tissue(500))
    write(source / "04" / "1" / name("04", 901, 1, 1), tissue(500))
    for seed in range(8):
        store = prepare(source, tmp_path / "one", split=ByPatient(seed=seed))
        splits = store.index.groupby("patient")["split"].first()
        assert splits["00"] == splits["04"]
    table = pd.read_csv(store.path / "duplicates.csv", dtype={"patient": str})
    assert list(table["patient"]) == ["00", "04"]
    assert list(table["label"]) == [0, 1]
    assert table["digest"].nunique() == 1
    assert store.manifest.identical_patches == 2


def test_in_a_given_split_the_copy_that_is_learned_from_gives_way(source, tmp_path):
    write(source / "00" / "0" / name("00", 901, 1, 0), tissue(500))
    write(source / "04" / "1" / name("04", 901, 1, 1), tissue(500))
    given = GivenSplit({"00": "train", "04": "test"}, "split.csv")
    store = prepare(source, tmp_path / "one", split=given)
    copies = store.index[store.index["x"] == 901]
    assert list(copies["split"]) == ["unused", "test"]
    assert store.manifest.set_aside_for_shared_pixels == 1
    assert audit(store.index).is_clean


def augmented(source, patient, call):
    """Mirrored copies of a patient's patches, named by `call`; the names."""
    for file in list(source.glob(f"{patient}/*/{patient}_*.png")):
        pixels = cv2.imread(str(file))[:, ::-1, ::-1]
        copy = call(patient)
        write(source / copy / file.parent.name / file.name.replace(patient, copy, 1), pixels)
    return call(patient)


def test_augmented_copies_are_split_with_their_originals(source, tmp_path):
    copies = {
        augmented(source, f"{number:02d}", call): f"{number:02d}"
        for number in range(4)
        for call in ("aug_0_{}".format, "{}_flip".format, "rot90_{}".format)
    }
    for seed in range(5):
        store = prepare(source, tmp_path / "one", split=ByPatient(seed=seed))
        splits = store.index.groupby("patient")["split"].unique().map(list)
        assert all(splits[copy] == splits[original] for copy, original in copies.items())
        assert store.manifest.augmented_copies == 12
        assert store.manifest.set_aside_augmented_copies == 0


def test_an_augmented_copy_that_a_split_puts_elsewhere_is_set_aside(source, tmp_path):
    copy = augmented(source, "04", "{}_flip".format)
    given = GivenSplit({"00": "train", copy: "train", "04": "test"}, "split.csv")
    store = prepare(source, tmp_path / "one", split=given)
    splits = store.index.groupby("patient")["split"].unique().map(list)
    assert (splits["04"], splits[copy]) == (["test"], ["unused"])
    assert store.manifest.set_aside_augmented_copies == 4
    assert store.manifest.set_aside_for_shared_pixels == 0
    assert audit(store.index).is_clean


def test_folders_that_put_an_augmented_copy_elsewhere_have_it_set_aside(seed_source, tmp_path):
    for label in (0, 1):
        file = (
            seed_source / "idc" / "training" / str(label) / name("aug_p3", 1, 1 + 50 * label, label)
        )
        write(file, tissue(31 + label))
    store = prepare(seed_source, tmp_path / "one")
    assert set(store.index.loc[store.index["patient"] == "aug_p3", "split"]) == {"unused"}
    assert store.manifest.patches == {"train": 4, "validation": 2, "test": 2, "unused": 2}
    assert store.manifest.set_aside_augmented_copies == 2


def test_blank_tiles_may_be_equal_on_two_sides(source, tmp_path):
    for number in range(5):
        file = source / f"0{number}" / "0" / name(f"0{number}", 901, 1, 0)
        write(file, np.full((50, 50, 3), 250, np.uint8))
    store = prepare(source, tmp_path / "one")
    blank = store.index[store.index["x"] == 901]
    assert set(blank["split"]) == {"train", "validation", "test"}
    assert store.manifest.blank_digests == [blank["digest"].iloc[0]]


def test_a_given_split_is_kept_and_who_is_not_named_is_unused(source, tmp_path):
    given = GivenSplit({"00": "train", "01": "test", "99": "train"}, "split.csv")
    manifest = prepare(source, tmp_path / "one", split=given).manifest
    assert manifest.patients == {"train": 1, "validation": 0, "test": 1, "unused": 3}
    assert manifest.split.patients_not_named == 3
    assert manifest.split.named_but_absent == 1


def test_the_seeds_folders_are_taken_as_the_split(seed_source, tmp_path):
    store = prepare(seed_source, tmp_path / "one")
    splits = store.index.groupby("patient")["split"].first().to_dict()
    assert splits == {"p0": "train", "p1": "train", "p2": "validation", "p3": "test"}
    assert store.manifest.split == Split(kind="folders")


def test_a_patient_in_two_of_the_seeds_folders_is_refused_unless_split_afresh(
    seed_source, tmp_path
):
    write(seed_source / "idc" / "testing" / "0" / name("p0", 901, 1, 0), tissue(77))
    with pytest.raises(Refusal, match="patient p0 stands in train and test"):
        prepare(seed_source, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    store = prepare(seed_source, tmp_path / "one", split=ByPatient())
    assert audit(store.index).is_clean
    assert store.manifest.split.folders_say == ["train", "validation", "test"]
    assert told(store)[0] == (
        "A fresh or given split: what the folders say (train, validation, test) is not used."
    )


def test_the_same_file_in_two_of_the_seeds_folders_is_a_leak_too(seed_source, tmp_path):
    twin = next((seed_source / "idc" / "training" / "0").glob("p0*"))
    shutil.copy(twin, seed_source / "idc" / "testing" / "0")
    with pytest.raises(Refusal, match="patient p0 stands in train and test"):
        prepare(seed_source, tmp_path / "one")


@pytest.mark.parametrize(
    "layout", ["{split}/{patient}/{label}", "{split}/{word}", "{split}/{patient}"]
)
def test_a_split_by_folders_is_kept_in_any_layout(tmp_path, layout):
    wanted = {"p1": "Train", "p2": "train", "p3": "validate", "p4": "holdout"}
    for patient, split in wanted.items():
        for label, word in enumerate(("non-IDC", "IDC")):
            folder = layout.format(split=split, patient=patient, label=label, word=word)
            pixels = tissue(int(patient[1]) * 2 + label)
            write(tmp_path / "in" / folder / name(patient, 1, 1 + 50 * label, label), pixels)
    store = prepare(tmp_path / "in", tmp_path / "one")
    assert store.manifest.split == Split(kind="folders")
    assert store.manifest.rejected == {}
    splits = store.index.drop_duplicates("patient").set_index("patient")["split"].to_dict()
    assert splits == {"p1": "train", "p2": "train", "p3": "validation", "p4": "test"}


def test_a_folder_that_says_no_side_beside_others_is_asked_about(seed_source, tmp_path):
    (seed_source / "idc" / "validation").rename(seed_source / "idc" / "checking")
    with pytest.raises(
        Refusal, match=r"found 6 in folders that say train.* and 2 in others, like 'idc/checking/"
    ):
        prepare(seed_source, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    store = prepare(seed_source, tmp_path / "one", split=ByPatient())
    assert len(store.index) == 8


def test_folders_of_patients_give_no_split(source, tmp_path):
    with pytest.raises(Refusal, match="found folders of patients"):
        prepare(source, tmp_path / "one", split=FromFolders())


def test_a_zip_gives_the_same_store_as_its_folder(source, tmp_path):
    packed = tmp_path / "kaggle.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for path in sorted(source.rglob("*.png")):
            file.write(path, f"idc/{path.relative_to(source).as_posix()}")
        file.writestr("../evil.png", b"x")
    one = prepare(source, tmp_path / "one")
    two = prepare(packed, tmp_path / "two")
    assert one.fingerprint == two.fingerprint
    assert np.array_equal(one.patches, two.patches)
    assert rejected(two.path) == {"../evil.png": "unsafe_name"}


def test_the_same_files_give_the_same_fingerprint_and_a_changed_pixel_another(source, tmp_path):
    one = prepare(source, tmp_path / "one").fingerprint
    assert prepare(source, tmp_path / "one", threads=1).fingerprint == one
    changed = tissue(0)
    changed[0, 0, 0] ^= 1
    write(next(source.glob("00/0/*x1_*.png")), changed)
    assert prepare(source, tmp_path / "one").fingerprint != one


def test_the_fingerprint_is_that_of_the_index(source, tmp_path):
    store = prepare(source, tmp_path / "one")
    assert store.fingerprint == fingerprint_of(store.index)
    other = store.index.assign(split="train")
    assert fingerprint_of(other) != store.fingerprint


def test_whole_patients_are_measured_and_can_be_overruled(source, tmp_path):
    for column in range(8):
        for row in range(8):
            x, y = 1 + 50 * column, 501 + 50 * row
            write(source / "03" / "0" / name("03", x, y, 0), tissue(1000 + 8 * row + column))
    assert prepare(source, tmp_path / "one").whole_patients == {"03"}
    said = {"03": False, "00": True}
    store = prepare(source, tmp_path / "one", whole=said)
    assert store.whole_patients == {"00"}
    assert store.manifest.whole_said == said


def test_progress_is_told_up_to_the_last_file(source, tmp_path):
    told = []
    prepare(source, tmp_path / "one", progress=lambda *step: told.append(step))
    assert ("packing", 20, 20) in told
    assert told[0][0] == "listing"


@pytest.mark.parametrize("moment", ["listing", "packing", "splitting"])
def test_an_interrupt_leaves_the_old_store_and_nothing_else(source, tmp_path, moment):
    data = tmp_path / "data"
    before = prepare(source, data / "one").fingerprint
    write(source / "00" / "0" / name("00", 901, 1, 0), tissue(500))

    def interrupt(step, done, total):
        if step == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, data / "one", progress=interrupt)
    assert open_store(data / "one").fingerprint == before
    assert [entry.name for entry in data.iterdir() if entry.is_dir()] == ["one"]
    assert prepare(source, data / "one").fingerprint != before


def test_a_store_of_another_source_is_not_replaced_unless_told(source, seed_source, tmp_path):
    before = prepare(source, tmp_path / "one").fingerprint
    with pytest.raises(Refusal, match=r"it was made from .*--overwrite"):
        prepare(seed_source, tmp_path / "one")
    assert open_store(tmp_path / "one").fingerprint == before
    assert open_store(tmp_path / "one").manifest.source == source.name
    assert prepare(seed_source, tmp_path / "one", overwrite=True).fingerprint != before


def test_a_folder_that_is_no_store_is_not_replaced(source, tmp_path):
    precious = tmp_path / "one" / "thesis.tex"
    precious.parent.mkdir()
    precious.write_text("years of work")
    for overwrite in (False, True):
        with pytest.raises(Refusal, match=r"'thesis\.tex', which is no part"):
            prepare(source, tmp_path / "one", overwrite=overwrite)
    assert precious.read_text() == "years of work"


def test_a_store_cannot_lie_in_its_source(source):
    for store in (source, source / "store", source.parent):
        with pytest.raises(Refusal, match="lie in one another"):
            prepare(source, store)


def test_nothing_to_take_is_refused_with_the_reason(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="there are no files"):
        prepare(tmp_path / "empty", tmp_path / "one")
    write(tmp_path / "odd" / "overview.png", tissue(1))
    with pytest.raises(Refusal, match=r"none of 1 files .* 'name', like 'overview\.png'"):
        prepare(tmp_path / "odd", tmp_path / "one")
    (tmp_path / "cut" / "8863" / "0").mkdir(parents=True)
    (tmp_path / "cut" / "8863" / "0" / name("8863", 1, 1, 0)).write_bytes(b"")
    with pytest.raises(Refusal, match=r"none of 1 files .* 'not_an_image'"):
        prepare(tmp_path / "cut", tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_a_file_that_goes_while_it_is_read_is_listed(source, tmp_path):
    """Row 15."""
    gone = source / "00" / "0" / name("00", 901, 1, 0)
    write(gone, tissue(1))

    def remove(step, done, total):
        gone.unlink(missing_ok=True)

    store = prepare(source, tmp_path / "one", progress=remove)
    assert set(rejected(store.path).values()) == {"unreadable"}


def test_a_full_disk_is_refused_before_anything_is_mapped(source, tmp_path, monkeypatch):
    """A mapped write to a full disk kills the process."""
    before = prepare(source, tmp_path / "one").fingerprint
    if hasattr(os, "posix_fallocate"):

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "posix_fallocate", full)
            with pytest.raises(Refusal, match=r"MB free for .* No space left"):
                prepare(source, tmp_path / "one")
    usage = shutil._ntuple_diskusage(10, 10, 0)
    monkeypatch.setattr(writer.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(Refusal, match="IDC_DATA"):
        prepare(source, tmp_path / "one")
    assert open_store(tmp_path / "one").fingerprint == before
    assert not [entry for entry in tmp_path.iterdir() if entry.name.endswith(".part")]


def test_two_at_once_are_refused(source, tmp_path):
    def again(step, done, total):
        if step == "packing":
            prepare(source, tmp_path / "one")

    with pytest.raises(Refusal, match="expected to be alone"):
        prepare(source, tmp_path / "one", progress=again)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("kills", [4, pytest.param(24, marks=pytest.mark.long)])
def test_a_kill_at_any_moment_leaves_a_whole_store(source, tmp_path, kills):
    """Row 34: the old store or the new one, never half of one."""
    store = tmp_path / "data" / "one"
    prepare(source, store)
    code = (
        "import sys, itertools; from pathlib import Path;"
        "from idc_core.data.prepare import prepare;"
        "from idc_core.data.split.splits import ByPatient; print('go', flush=True);"
        "[prepare(Path(sys.argv[1]), Path(sys.argv[2]), split=ByPatient(seed=seed))"
        " for seed in itertools.count()]"
    )
    rng = np.random.default_rng(0)
    for _ in range(kills):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(source), str(store)],
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
        )
        with child:
            child.stdout.readline()
            time.sleep(rng.uniform(0.02, 0.3))
            child.kill()
        opened = open_store(store)
        assert fingerprint_of(opened.index) == opened.fingerprint
        assert opened.patches.shape == (20, 50, 50, 3)
    prepare(source, store)
    assert sorted(entry.name for entry in store.parent.iterdir()) == [".one.lock", "one"]


@pytest.mark.slow
def test_the_real_patches_are_all_taken_and_split_as_given(real_root, tmp_path):
    given = read_given_split(real_root / "splits" / "reference_split.csv")
    store = prepare(real_root / "idc", tmp_path / "real", split=given)
    known = pd.read_csv(real_root / "idc_index.csv", dtype={"patient": str})
    assert len(store.index) == len(known) == 20_771
    assert store.manifest.rejected == {}
    assert store.manifest.edge_patches == 199
    assert store.manifest.patients == {"train": 173, "validation": 39, "test": 39, "unused": 0}
    trained_on = read_info(REPOSITORY / "models" / "reference").fingerprint
    assert store.fingerprint == trained_on  # of before stores had a raster
    merged = store.index.merge(known, on=["patient", "x", "y", "label", "width", "height"])
    assert len(merged) == 20_771
    assert store.whole_patients == set(known.loc[known["whole_patient"] == 1, "patient"])
    row = store.index.sample(1, random_state=0).iloc[0]
    shown = store.patches[row.name][: row.height, : row.width]
    listed = known[(known.patient == row.patient) & (known.x == row.x) & (known.y == row.y)]
    assert shown.mean() == pytest.approx(listed["mean_rgb"].iloc[0], abs=0.1)
    with pytest.raises(Refusal, match="patient 10253"):
        read_given_split(real_root / "splits" / "michaeldiam_random_split.csv.gz")
    lists = read_given_split(real_root / "splits")
    again = prepare(real_root / "idc", tmp_path / "real", split=lists)
    assert 251 - again.manifest.patients["unused"] == 137


def test_the_odd_files_are_refused_as_a_source(real_root, tmp_path):
    said = "expected both classes: without the 2 patches left out"
    with pytest.raises(Refusal, match=said):
        prepare(real_root / "odd" / "idc", tmp_path / "odd")


def cut(file):
    file.write_bytes(file.read_bytes()[:-20])


def asked(source, store):
    """What is asked before patches are lost; nothing is written."""
    with pytest.raises(Refusal) as refused:
        prepare(source, store)
    assert not store.exists()
    return str(refused.value)


def test_a_class_that_would_be_lost_is_asked_about_and_nothing_is_written(source, tmp_path):
    for file in source.rglob("*class1.png"):
        cut(file)
    said = asked(source, tmp_path / "one")
    assert said.startswith(
        "expected no loss that falls on one class: all 10 patches labelled IDC are left out, and 0 "
        "of the other 10, for “cut off”. Fetch them again, or go on without them: --accept-loss."
    )
    store = prepare(source, tmp_path / "one", accept_loss=True)
    assert store.manifest.left_out.left_out == 10
    assert store.manifest.left_out.reasons == {"cut off": 10}
    assert len(store.manifest.left_out.accepted) >= 1
    assert len(store.index) == 10


def test_a_side_that_would_be_lost_is_asked_about(seed_source, tmp_path):
    for file in (seed_source / "idc" / "validation").rglob("*.png"):
        cut(file)
    said = asked(seed_source, tmp_path / "one")
    assert "all 2 patches of the split validation are left out, and 0 of the other 6" in said


def test_a_patient_that_would_be_lost_is_asked_about(source, tmp_path):
    for file in (source / "03").rglob("*.png"):
        cut(file)
    assert "1 patient (03) would be lost whole" in asked(source, tmp_path / "one")


def test_an_even_loss_is_said_by_class_and_patient_and_a_small_one_is_not(source, tmp_path):
    for nth in range(80):
        write(source / "00" / "0" / name("00", 2001 + 50 * nth, 51, 0), tissue(900 + nth))
        write(source / "04" / "1" / name("04", 2001 + 50 * nth, 51, 1), tissue(990 + nth))
    cut(source / "00" / "0" / name("00", 2001, 51, 0))
    assert prepare(source, tmp_path / "one").manifest.left_out.sentences == []
    cut(source / "04" / "1" / name("04", 2001, 51, 1))
    store = prepare(source, tmp_path / "one")
    assert store.manifest.left_out.sentences[0] == (
        "2 of 180 patches (1.1 %) are left out: 2 for “cut off”."
    )
    assert store.manifest.left_out.accepted == []


def test_a_second_copy_and_files_of_a_system_are_no_loss(source, tmp_path):
    shutil.copytree(source, source / "IDC_regular_ps50_idx5")
    for file in source.rglob("*.png"):
        (file.parent / ("._" + file.name)).write_bytes(b"mac")
    store = prepare(source, tmp_path / "one")
    assert len(store.index) == 20
    assert store.manifest.rejected == {"nested_copy": 20, "system_file": 40}
    assert store.manifest.left_out.left_out == 0


def test_jpegs_and_pngs_with_more_bytes_are_taken_and_counted(source, tmp_path):
    file = next(source.glob("00/0/*.png"))
    file.write_bytes(file.read_bytes() + b"a note")
    assert cv2.imwrite(str(source / "01" / "0" / name("01", 901, 1, 0)[:-4]) + ".jpg", tissue(1))
    store = prepare(source, tmp_path / "one")
    assert len(store.index) == 21
    assert (store.manifest.converted, store.manifest.bytes_after_end) == ({"JPEG": 1}, 1)


def test_an_archive_whose_patients_are_zips_says_to_unpack_them(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        for patient in ("8863", "8864"):
            packed.writestr(f"{patient}.zip", b"PK\3\4")
    with pytest.raises(Refusal, match=r"'archive', like '8863\.zip' .* Unpack them first\."):
        prepare(tmp_path / "all.zip", tmp_path / "one")


def test_the_manifest_is_json_without_surprises(source, tmp_path):
    store = prepare(source, tmp_path / "one", name="called so")
    manifest = read_json(store.path / "manifest.json")
    assert manifest["format"] == 2
    assert record.of(Manifest, manifest, "here") == store.manifest
    assert manifest["name"] == "called so"
    assert sum(manifest["patches"].values()) == 20
    assert manifest["positives"] == {
        split: int(store.index.loc[store.index["split"] == split, "label"].sum())
        for split in ("train", "validation", "test", "unused")
    }
