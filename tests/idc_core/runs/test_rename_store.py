"""A store's new name stands in its manifest; its data and the runs on it are the same."""

import pytest

from idc_core.data.stores.store import open_store
from idc_core.io.files import read_json
from idc_core.io.refusal import Refusal
from idc_core.runs.data import store_of
from idc_core.runs.rename_store import rename_store
from idc_core.runs.run import open_run


@pytest.fixture
def own(copied, tmp_path, monkeypatch):
    copied(tmp_path)
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return tmp_path


def test_runs_find_it_under_its_new_name(own):
    before = open_store(own / "data" / "tiny").fingerprint
    moved = rename_store(own / "data" / "tiny", "other", by="A. Reader")
    store = open_store(moved)
    assert (moved.name, store.name, store.fingerprint) == ("other", "other", before)
    assert store_of(open_run(own / "models" / "small")).path == moved
    change = read_json(moved / "manifest.json")["renamed"][-1]
    assert (change["by"], change["from"]) == ("A. Reader", "tiny")


@pytest.mark.parametrize("name", ["../up", "", ".hidden", "taken"])
def test_a_name_that_will_not_do_changes_nothing(own, name):
    (own / "data" / "taken").mkdir()
    before = (own / "data" / "tiny" / "manifest.json").read_bytes()
    with pytest.raises(Refusal):
        rename_store(own / "data" / "tiny", name, by="me")
    assert (own / "data" / "tiny" / "manifest.json").read_bytes() == before
