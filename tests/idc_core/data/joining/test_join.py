"""A joined store is the same patches prepared as one, and says which of its stores is not as it
was."""

import os
import shutil

import numpy as np
import pandas as pd
import pytest

from idc_core.data.joining.join import join
from idc_core.data.split.splits import AsTheyAre, ByPatient, GivenSplit
from idc_core.data.stores.cut_patches import write_store
from idc_core.data.stores.store import INDEX_COLUMNS, open_store
from idc_core.evaluate.seal_check import store_of
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.records.shards import shards_of
from idc_core.score.scoring import Scorer
from idc_core.train.batches import Batches
from idc_core.train.config import AugmentConfig
from tests.joined_world import PATIENTS, as_a_dozen, as_one, drawn
from tests.small_world import write_network


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("joined")
    as_one(root)
    join(as_a_dozen(root), root / "data" / "all")
    return root


@pytest.fixture
def one(root):
    return open_store(root / "data" / "one")


@pytest.fixture
def joined(root):
    return open_store(root / "data" / "all")


@pytest.fixture
def own(root, tmp_path):
    """A copy that may be damaged."""
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path / "data"


def sharing(folder, shown=lambda picture: picture):
    """Two stores of four patients, the first patch of the second shown as that of the first."""
    first = drawn(folder / "a", [f"p{at}" for at in range(4)])
    second = drawn(folder / "b", [f"q{at}" for at in range(4)], seed=1)
    rng = np.random.default_rng(2)
    coarse = rng.normal(150, 60, (12, 12)).repeat(5, axis=0).repeat(5, axis=1)[:50, :50]
    picture = (coarse[..., None] + rng.normal(0, 4, (50, 50, 3))).clip(0, 255).astype(np.uint8)
    stores = []
    for store, pixels in ((first, picture), (second, shown(picture))):
        patches = store.patches[:]
        patches[0] = pixels
        rows = store.index.drop(columns=["width", "height", "digest"])
        stores.append(write_store(store.path, rows, patches, USUAL).path)
    return stores


def test_the_index_is_that_of_the_same_patches_prepared_as_one(one, joined):
    pd.testing.assert_frame_equal(joined.index[list(INDEX_COLUMNS)], one.index)
    assert joined.fingerprint == one.fingerprint
    assert joined.index["source"].unique().tolist() == [f"s{at:02}" for at in range(12)]


def test_the_manifest_counts_what_one_store_counts(one, joined):
    differ = {"name", "source", "source_mark", "made", "others", "set", "left_out"}
    fields = [name for name in one.manifest.__struct_fields__ if name not in differ]
    assert {name: getattr(joined.manifest, name) for name in fields} == {
        name: getattr(one.manifest, name) for name in fields
    }
    assert joined.manifest.source == ", ".join(f"s{at:02}" for at in range(12))
    assert joined.manifest.identical_patches == 2


@pytest.mark.parametrize("key", [0, -1, slice(None), slice(40, 9, -3), [143, 0, 71, 71], []])
def test_rows_are_those_of_one_store(one, joined, key):
    found = joined.patches[key]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, one.patches[key])


def test_batches_are_equal_byte_for_byte(one, joined):
    def made(store):
        rows = np.flatnonzero(store.index["split"] == "train")
        labels = store.index["label"].to_numpy(np.int8)
        batches = Batches(store.patches, labels, rows, 16, AugmentConfig(), seed=3)
        return [(pixels.tobytes(), targets.tobytes()) for pixels, targets in batches.epoch(1)]

    assert made(joined) == made(one)
    assert len(made(one)) == 6


def test_scores_are_equal(one, joined, tmp_path):
    write_network(tmp_path / "model.onnx")
    scorer = Scorer(tmp_path / "model.onnx")
    np.testing.assert_array_equal(scorer.score(joined.patches), scorer.score(one.patches))


def test_no_pixel_is_copied(root):
    whole = (root / "data" / "one" / "patches.npy").stat().st_size
    assert whole > 1_000_000
    files = [file for file in (root / "data" / "all").rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < whole / 20


def test_patients_of_two_stores_who_share_a_patch_stand_in_one_split(tmp_path):
    folders = sharing(tmp_path)
    for seed in (2, 5):  # these would part them
        made = join(folders, tmp_path / "all", split=ByPatient(seed=seed))
        split = made.index.drop_duplicates("patient").set_index("patient")["split"]
        assert split["p0"] == split["q0"]
        assert made.manifest.set_aside_for_shared_pixels == 0


def test_a_given_split_that_parts_them_sets_the_learnt_copy_aside(root):
    splits = dict.fromkeys(PATIENTS, "train") | {PATIENTS[1]: "test", PATIENTS[2]: "validation"}
    folders = [root / "data" / f"s{at:02}" for at in range(12)]
    made = join(folders, root / "data" / "given", split=GivenSplit(splits, "by hand"))
    aside = made.index[made.index["split"] == "unused"]
    assert aside["patient"].tolist() == [PATIENTS[0]]
    assert made.manifest.set_aside_for_shared_pixels == 1


def test_splits_are_kept_where_that_is_asked_for(tmp_path):
    drawn(tmp_path / "a", ["p", "q"], splits=["train", "validation"])
    drawn(tmp_path / "b", ["r"], splits=["test"], seed=1)
    made = join([tmp_path / "a", tmp_path / "b"], tmp_path / "all", split=AsTheyAre())
    assert made.index["split"].tolist() == ["train"] * 2 + ["validation"] * 2 + ["test"] * 2
    assert made.manifest.split.kind == "as they are"


def test_a_patient_who_would_be_kept_in_two_splits_is_refused(tmp_path):
    drawn(tmp_path / "a", ["p"], splits=["train"])
    drawn(tmp_path / "b", ["p"], splits=["test"], seed=1)
    folders = [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(Refusal, match="p"):
        join(folders, tmp_path / "all", split=AsTheyAre(), same_name="together")
    assert not (tmp_path / "all").exists()


def test_near_duplicates_of_two_stores_are_said_and_kept_in_one_split(tmp_path):
    folders = sharing(tmp_path, lambda picture: picture[::-1])
    for seed in (2, 5):  # these would part them
        made = join(folders, tmp_path / "all", split=ByPatient(seed=seed), near=True)
        split = made.index.drop_duplicates("patient").set_index("patient")["split"]
        assert split["p0"] == split["q0"]
        assert made.manifest.set == [
            "Near-duplicates: 1 pairs, 1 of them across stores; none stands in two splits."
        ]


def test_a_store_that_moved_beside_is_found(own):
    (own / "s03").rename(own / "renamed")
    np.testing.assert_array_equal(
        open_store(own / "all").patches[:], open_store(own / "one").patches[:]
    )


def test_a_store_that_is_gone_is_named(own):
    shutil.rmtree(own / "s03")
    store = open_store(own / "all")
    assert not store.has_pixels
    with pytest.raises(Refusal, match=r"the store s03, which all joins, in .*: it is not there"):
        store.patches  # noqa: B018


def test_a_store_that_was_made_anew_is_named(own):
    manifest = read_json(own / "s03" / "manifest.json")
    write_json(own / "s03" / "manifest.json", manifest | {"fingerprint": "0" * 64})
    with pytest.raises(Refusal, match=r"the store s03, .*: it holds other data since"):
        open_store(own / "all").patches  # noqa: B018


def test_a_store_whose_pixels_are_damaged_is_named(own):
    file = own / "s07" / "patches.npy"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Refusal, match=r"s07.*damaged"):
        open_store(own / "all").patches  # noqa: B018


@pytest.mark.parametrize("left", [None, -7500])
def test_a_store_that_is_written_over_while_it_is_read_is_named(own, left):
    store = open_store(own / "all")
    assert len(store.patches) == 144
    file = own / "s07" / "patches.npy"
    file.write_bytes(file.read_bytes()[:left])
    os.utime(file, (1, 1))  # a clock may be too coarse to show it
    with pytest.raises(Refusal, match=r"s07.*written over since"):
        store.patches[:]


def test_a_damaged_list_of_stores_is_said_with_its_cure(own):
    (own / "all" / "shards.json").write_text('{"shards": [{"name": "s00"}]}')
    store = open_store(own / "all")
    with pytest.raises(Refusal, match=r"shards\.json.*Join the stores again"):
        store.patches  # noqa: B018


def test_every_pixel_is_checked_against_the_index(own):
    assert store_of(open_store(own / "all")) == []
    pixels = np.load(own / "s05" / "patches.npy")
    pixels[3, 0, 0] ^= 1
    np.save(own / "s05" / "patches.npy", pixels)
    assert store_of(open_store(own / "all")) == [
        "1 patch of the store has other pixels than all's index says."
    ]


def test_stores_of_another_folder_are_named_by_their_path(root, tmp_path):
    made = join([root / "data" / "s00", root / "data" / "s01"], tmp_path / "both")
    assert [each.path for each in shards_of(made.path)] == [
        str(root / "data" / "s00"),
        str(root / "data" / "s01"),
    ]
    assert len(made.patches[:]) == 24


def test_what_was_not_taken_is_listed_with_its_store(tmp_path):
    drawn(tmp_path / "a", ["p"])
    drawn(tmp_path / "b", ["q"], seed=1)
    (tmp_path / "b" / "rejects.csv").write_text('file,reason,detail\n"x,y.png",unreadable,why\n')
    made = join([tmp_path / "a", tmp_path / "b"], tmp_path / "all")
    assert (made.path / "rejects.csv").read_text() == (
        'file,reason,detail\n"b/x,y.png",unreadable,why\n'
    )
