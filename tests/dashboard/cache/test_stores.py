"""The store of a run is found by what it holds, not by its name."""

import pytest

from dashboard.cache import runs, stores
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal


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
