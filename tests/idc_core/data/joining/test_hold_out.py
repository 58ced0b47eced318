"""Whole stores held out: their patients are test, wherever else they have patches."""

import pandas as pd
import pytest

from idc_core.data.joining.hold_out import holding_out
from idc_core.data.joining.join import join
from idc_core.data.split.splits import ByPatient
from idc_core.io.refusal import Refusal
from tests.joined_world import drawn


def test_a_joined_store_holds_a_centre_out_by_the_names_that_its_patients_get(tmp_path):
    drawn(tmp_path / "north", ["n0", "n1", "n2", "both"])
    drawn(tmp_path / "south", ["s0", "both"], seed=1)
    folders = [tmp_path / "north", tmp_path / "south"]
    with pytest.raises(Refusal, match="both"):
        join(folders, tmp_path / "all", hold_out=["south"])
    joined = join(folders, tmp_path / "all", hold_out=["south"], same_name="apart")
    test = joined.index[joined.index["split"] == "test"]
    assert set(test["patient"]) == {"south-s0", "south-both"}
    assert set(test["source"]) == {"south"}


def test_a_patient_with_patches_in_both_centres_is_test():
    rows = index({f"n{at}": "north" for at in range(4)} | {"s0": "south"})
    elsewhere = rows[rows["patient"] == "n2"].assign(source="south", x=101)
    rows = pd.concat([rows, elsewhere], ignore_index=True)
    found = holding_out(rows, ["south"], ByPatient()).patients
    assert [found[name] for name in ("s0", "n2")] == ["test", "test"]
    assert "test" not in {found[name] for name in ("n0", "n1", "n3")}


def index(sources):
    return pd.DataFrame(
        {
            "patient": [patient for patient in sources for _ in range(2)],
            "label": [0, 1] * len(sources),
            "x": 1,
            "y": [1, 51] * len(sources),
            "source": [source for source in sources.values() for _ in range(2)],
            "file": [f"{patient}_{at}.png" for patient in sources for at in range(2)],
        }
    )


def test_the_others_have_the_shares_of_train_and_validation():
    rows = index({f"n{at:02}": "north" for at in range(20)} | {"s0": "south", "s1": "south"})
    found = holding_out(rows, ["south"], ByPatient((0.6, 0.2, 0.2), seed=3)).patients
    counts = pd.Series(found).value_counts().to_dict()
    assert counts == {"train": 15, "validation": 5, "test": 2}
    assert found["s0"] == found["s1"] == "test"
    assert holding_out(rows, ["south"], ByPatient((0.6, 0.2, 0.2), seed=3)).patients == found


def test_those_who_share_pixels_stay_together_as_far_as_they_are_not_held_out():
    rows = index({f"n{at}": "north" for at in range(9)} | {"s0": "south"})
    together = [["n0", "n1", "n2", "s0"]]
    for seed in range(6):
        found = holding_out(rows, ["south"], ByPatient(seed=seed), together).patients
        assert len({found[name] for name in ("n0", "n1", "n2")}) == 1
        assert found["s0"] == "test"


def test_where_everyone_has_patches_there_nobody_is_left_to_learn_from():
    rows = index({"a": "south", "b": "south"})
    with pytest.raises(Refusal, match="expected patients to learn from"):
        holding_out(rows, ["south"], ByPatient())
