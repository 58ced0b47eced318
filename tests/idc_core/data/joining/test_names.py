"""Equal names in two stores: refused until somebody says what they mean."""

import pytest

from idc_core.data.joining.join import join
from idc_core.data.joining.names import names_in
from idc_core.data.split.splits import ByPatient
from idc_core.io.refusal import Refusal
from tests.joined_world import drawn


def both(tmp_path, first, second, **words):
    stores = drawn(tmp_path / "a", first), drawn(tmp_path / "b", second, seed=1, **words)
    return [store.path for store in stores]


def patients(store):
    return store.index["patient"].unique().tolist()


def test_a_name_in_two_stores_is_refused_with_both_and_the_cure(tmp_path):
    folders = both(tmp_path, ["p", "q", "r"], ["q", "r", "s"])
    with pytest.raises(Refusal, match=r"q and 1 more in a and in b.*--same-name together"):
        join(folders, tmp_path / "all")
    assert not (tmp_path / "all").exists()


def test_apart_every_patient_is_called_by_the_store_too(tmp_path):
    made = join(both(tmp_path, ["p", "q"], ["q"]), tmp_path / "all", same_name="apart")
    assert patients(made) == ["a-p", "a-q", "b-q"]
    assert "slide" not in made.index
    assert made.manifest.whole_patients == []
    assert set(made.manifest.occupancy) == {"a-p", "a-q", "b-q"}


def test_together_it_is_one_patient_with_a_slide_of_each_store(tmp_path):
    made = join(both(tmp_path, ["p", "q"], ["q"]), tmp_path / "all", same_name="together")
    assert patients(made) == ["p", "q"]
    slides = made.index.drop_duplicates("slide")[["patient", "slide"]]
    assert slides.to_numpy().tolist() == [["p", "p"], ["q", "a-q"], ["q", "b-q"]]
    assert made.index.groupby("patient")["split"].nunique().max() == 1
    assert made.manifest.patients["train"] + made.manifest.patients["validation"] == 2


def test_slides_of_one_name_are_called_by_their_stores_and_others_are_not(tmp_path):
    first = drawn(tmp_path / "a", ["p", "q"], slides=["1", "2"])
    second = drawn(tmp_path / "b", ["r", "s"], slides=["2", "3"], seed=1)
    names = names_in([first, second], "refuse")
    assert [dict(each.slides) for each in names] == [
        {"1": "1", "2": "a-2"},
        {"2": "b-2", "3": "3"},
    ]
    assert dict(names[0].patients) == {"p": "p", "q": "q"}


def test_a_name_that_two_would_get_is_refused(tmp_path):
    first = drawn(tmp_path / "a", ["b-1", "1"])
    second = drawn(tmp_path / "a-b", ["1"], seed=1)
    with pytest.raises(Refusal, match="two would be called a-b-1"):
        names_in([first, second], "apart")


def test_augmented_copies_stay_with_their_original_under_new_names(tmp_path):
    first = drawn(tmp_path / "a", ["8863", "aug_0_8863", "p", "q", "r"])
    second = drawn(tmp_path / "b", ["p"], seed=1)
    for seed in range(3):
        made = join(
            [first.path, second.path],
            tmp_path / "all",
            split=ByPatient(seed=seed),
            same_name="apart",
        )
        split = made.index.drop_duplicates("patient").set_index("patient")["split"]
        assert split["a-8863"] == split["a-aug_0_8863"]
