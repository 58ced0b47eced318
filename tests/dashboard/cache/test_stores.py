"""The store of a run is found by what it holds, not by its name."""

import numpy as np
import pytest

from dashboard.cache import runs, stores
from idc_core.data.joining.join import join
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from tests.joined_world import drawn


def test_the_store_of_a_run_is_found_by_its_fingerprint_not_its_name(own_world, own_run):
    (own_world / "data" / "tiny").rename(own_world / "data" / "renamed")
    assert stores.store_of(runs.run("small")).path.name == "renamed"
    info = read_json(own_run / "run.json")
    write_json(own_run / "run.json", info | {"data": {"name": "tiny", "fingerprint": "other"}})
    assert stores.store_of(runs.run("small")) is None


def test_without_pixels_there_is_a_store_but_nothing_to_show(no_pixels):
    run = runs.run("small")
    assert stores.store_of(run) is not None
    assert stores.pixels_of(run) is None


def test_a_row_of_the_store_is_found_by_patient_and_place(full_run):
    store = stores.store_of(runs.run("small"))
    row = int(stores.rows_of_store(store)[("10253", 1101, 551)])
    assert store.index.iloc[row][["patient", "x", "y"]].tolist() == ["10253", 1101, 551]


def test_whole_patients_come_from_the_store(full_run, small_world):
    whole = stores.whole_patients(runs.run("small"))
    assert whole == frozenset(small_world.SPLIT_OF) - {small_world.SAMPLED}


def test_a_table_of_rejects_that_cannot_be_read_is_refused(own_world):
    store = stores.store_of(runs.run("small"))
    assert list(stores.rejects(store)["file"]) != []
    (store.path / "rejects.csv").write_text("this,that\n")
    with pytest.raises(Refusal, match="columns file and reason"):
        stores.rejects(store)


def test_a_joined_store_is_opened_again_when_a_store_that_it_joins_was_put_back(tmp_path):
    folders = [
        drawn(tmp_path / name, [patient], seed=at).path
        for at, (name, patient) in enumerate((("north", "n"), ("south", "s")))
    ]
    joined = str(join(folders, tmp_path / "all").path)
    before = stores.opened(joined)
    known = before.patches[:]
    assert stores.opened(joined) is before
    file = folders[1] / "patches.npy"
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(Refusal, match="south"):
        stores.opened(joined).patches  # noqa: B018
    file.write_bytes(content)
    np.testing.assert_array_equal(stores.opened(joined).patches[:], known)
