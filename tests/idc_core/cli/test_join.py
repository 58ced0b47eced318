"""`join`: stores by name, what it says, and what it refuses."""

import pytest

from idc_core.data.stores.store import open_store
from tests.joined_world import drawn


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    drawn(tmp_path / "north", [f"n{at}" for at in range(4)])
    drawn(tmp_path / "south", [f"s{at}" for at in range(3)], seed=1)
    return tmp_path


def test_stores_are_joined_by_name_and_counted(data, command):
    words = ("join", "north", "south", "--name", "all", "--fractions", "0.5,0.25,0.25")
    code, said = command(*words)
    assert code == 0
    assert "14 patches in" in said
    assert "train: 6 patches of 3 patients" in said
    assert "validation: 4 patches of 2 patients" in said
    store = open_store(data / "all")
    assert store.index["source"].value_counts().to_dict() == {"north": 8, "south": 6}
    code, said = command(*words)
    assert code == 2
    assert "Choose another name, or say that it may be replaced: --overwrite" in said
    assert command(*words, "--overwrite")[0] == 0


def test_a_centre_that_is_held_out_is_the_whole_of_test(data, command):
    words = ("join", "north", "south", "--name", "all", "--fractions", "0.5,0.25,0.25")
    code, said = command(*words, "--hold-out", "south")
    assert code == 0, said
    index = open_store(data / "all").index
    by_source = index.groupby("source")["split"].unique().map(sorted).to_dict()
    assert by_source == {"north": ["train", "validation"], "south": ["test"]}
    assert index[index["split"] == "validation"]["patient"].nunique() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("north", "sout"), "Did you mean south?"),
        (("north",), "expected two stores or more"),
        (("north", "south", "--same-name", "maybe"), "found 'maybe'"),
        (("north", "south", "--keep-splits", "--split", "x.csv"), "found both"),
        (("north", "south", "--hold-out", "south", "--keep-splits"), "--hold-out or --keep-splits"),
        (("north", "south", "--hold-out", "east"), "'east' is none of north, south"),
        (
            ("north", "south", "--hold-out", "north", "--hold-out", "south"),
            "all that are joined are held out",
        ),
    ],
)
def test_what_cannot_be_joined_is_one_sentence(data, command, words, said):
    code, told = command("join", *words, "--name", "all")
    assert code == 2
    assert said in told
    assert "Traceback" not in told
    assert not (data / "all").exists()


def test_a_store_that_another_joins_is_not_deleted_unasked(data, command):
    command("join", "north", "south", "--name", "all")
    code, said = command("delete", "--data", "north")
    assert code == 2
    assert "all would lose its patches without north" in said
    assert command("delete", "--data", "north", "--force")[0] == 0
    assert "all" in command("runs")[1]
    assert "not here" in command("runs")[1]
    assert command("restore", "--data", "north")[0] == 0
    assert "not here" not in command("runs")[1]
