"""What folders and names say together decides whether a file is taken."""

import pytest

from idc_core.layout import place, place_all, settle
from idc_core.refusal import Refusal
from idc_core.sources import Reject


def name(patient="8863", x=1, y=51, label=0):
    return f"{patient}_idx5_x{x}_y{y}_class{label}.png"


def reason(file, source="idc"):
    placed = place(file, source)
    return placed.reason if isinstance(placed, Reject) else None


def settled(*files, equal=lambda one, other: True):
    listed, _ = place_all(files, "idc")
    taken, rejects = settle(listed, equal)
    return [one.file for one in taken], {reject.file: reject.reason for reject in rejects}


@pytest.mark.parametrize("above", ["", "idc/", "a/b/IDC_regular_ps50_idx5/"])
def test_kaggles_layout_is_read_at_any_depth(above):
    placed = place(f"{above}8863/0/{name()}", "somewhere")
    assert (placed.name.patient, placed.name.x, placed.name.y, placed.side) == ("8863", 1, 51, None)


@pytest.mark.parametrize(
    ("folder", "side"), [("training", "train"), ("validation", "validation"), ("testing", "test")]
)
def test_the_seeds_layout_gives_the_patient_by_name_and_the_side_by_folder(folder, side):
    placed = place(f"idc/{folder}/1/{name(label=1)}", "datasets")
    assert (placed.name.patient, placed.side) == ("8863", side)


def test_one_patients_own_folder_is_a_source_too():
    assert reason(f"0/{name()}", source="8863") is None
    assert reason(f"0/{name()}", source="8864") == "patient_disagrees"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (f"8863/1/{name()}", "class_disagrees"),
        (f"8864/0/{name()}", "patient_disagrees"),
        (f"08863/0/{name()}", "patient_disagrees"),
        ("8863/0/overview.png", "name"),
        ("8863/0/8863_idx5_x1_y51_class0-checkpoint.png", "name"),
        ("8863/0/8863_idx5_x1_y51_class2.png", "name"),
        (".DS_Store", "name"),
        (name(), "layout"),
        (f"8863/{name()}", "layout"),
        (f"8863/2/{name()}", "layout"),
    ],
)
def test_a_file_that_does_not_fit_is_rejected_with_its_reason(file, expected):
    assert reason(file) == expected


def test_two_layouts_at_once_are_refused():
    with pytest.raises(Refusal, match="expected one layout: found 1 patches in patient folders"):
        place_all([f"orig/8863/0/{name()}", f"idc/training/0/{name(x=51)}"], "datasets")


def test_the_nested_second_copy_is_left_out():
    nested = f"IDC_regular_ps50_idx5/8863/0/{name()}"
    taken, rejects = settled(nested, f"8863/0/{name()}")
    assert taken == [f"8863/0/{name()}"]
    assert rejects == {nested: "nested_copy"}


def test_what_only_the_nested_tree_holds_is_taken():
    taken, rejects = settled(f"in/8863/0/{name()}", f"8863/0/{name(x=51)}")
    assert len(taken) == 2
    assert not rejects


def test_of_two_equal_files_of_one_name_the_first_stays():
    taken, rejects = settled(f"b/8863/0/{name()}", f"a/8863/0/{name()}")
    assert taken == [f"a/8863/0/{name()}"]
    assert rejects == {f"b/8863/0/{name()}": "same_name"}


def test_of_two_different_files_of_one_name_neither_stays():
    taken, rejects = settled(
        f"b/8863/0/{name()}", f"a/8863/0/{name()}", equal=lambda one, other: False
    )
    assert not taken
    assert set(rejects.values()) == {"same_name"}
    assert len(rejects) == 2


def test_of_two_labels_for_one_place_neither_stays():
    taken, rejects = settled(f"8863/0/{name()}", f"8863/1/{name(label=1)}", f"8863/0/{name(x=51)}")
    assert taken == [f"8863/0/{name(x=51)}"]
    assert set(rejects.values()) == {"label_conflict"}


def test_patches_come_sorted_by_patient_then_row_then_column():
    files = [
        f"{patient}/0/{name(patient, x, y)}"
        for patient in ("9", "10")
        for x in (1001, 51)
        for y in (101, 51)
    ]
    taken, _ = settled(*files)
    places = [place(file, "idc").name for file in taken]
    order = [(one.patient, one.y, one.x) for one in places]
    assert order == sorted(order)
    assert order[0] == ("10", 51, 51)
