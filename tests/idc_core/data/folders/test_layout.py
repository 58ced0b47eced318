"""What folders and names say together decides whether a file is taken."""

import pytest

from idc_core.data.folders.layout import place_all, resolve_duplicates


def name(patient="8863", x=1, y=51, label=0):
    return f"{patient}_idx5_x{x}_y{y}_class{label}.png"


def place(file, source="idc"):
    """The one candidate that a file is."""
    (candidate,), _ = place_all([file], source)
    return candidate


def reason(file, source="idc"):
    """Why a file is rejected; None where it is taken."""
    _, rejects = place_all([file], source)
    return rejects[0].reason if rejects else None


def splits(*files):
    """File → side; every file is taken."""
    taken, rejects = place_all(files, "idc")
    assert not rejects
    return {candidate.file: candidate.split for candidate in taken}


def settled(*files, equal=lambda one, other: True):
    listed, _ = place_all(files, "idc")
    taken, rejects = resolve_duplicates(listed, equal)
    return [one.file for one in taken], {reject.file: reject.reason for reject in rejects}


@pytest.mark.parametrize("above", ["", "idc/", "a/b/IDC_regular_ps50_idx5/"])
def test_kaggles_layout_is_read_at_any_depth(above):
    placed = place(f"{above}8863/0/{name()}", "somewhere")
    assert (placed.name.patient, placed.name.x, placed.name.y, placed.split) == (
        "8863",
        1,
        51,
        None,
    )


@pytest.mark.parametrize(
    ("folder", "split"), [("training", "train"), ("validation", "validation"), ("testing", "test")]
)
def test_the_seeds_layout_gives_the_patient_by_name_and_the_side_by_folder(folder, split):
    placed = place(f"idc/{folder}/1/{name(label=1)}", "datasets")
    assert (placed.name.patient, placed.split) == ("8863", split)


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
        (".DS_Store", "system_file"),
        ("8863/0/._" + name(), "system_file"),
        ("__MACOSX/8863/0/" + name() + "x", "system_file"),
        ("readme.txt", "no_patch"),
        ("8863.zip", "archive"),
        (f"8863/2/{name()}", "class_disagrees"),
        (f"8863/class_1/{name()}", "class_disagrees"),
        (f"IDC-positive/{name()}", "class_disagrees"),
        (f"non-IDC/{name(label=1)}", "class_disagrees"),
        (f"8863/0/{name()[:-4]}_flip.png", "augmented_copy"),
        (f"8863/0/{name()[:-4]}_aug_3.png", "augmented_copy"),
        (f"8863/0/{name('8 863')}", "name"),
        ("8863/0/aug_251_1251.png", "augmented_unplaced"),
    ],
)
def test_a_file_that_does_not_fit_is_rejected_with_its_reason(file, expected):
    assert reason(file) == expected


@pytest.mark.parametrize(
    "file",
    [
        name(),
        f"8863/{name()}",
        f"a/b/{name()}",
        f"IDC_regular_ps50_idx5/0/{name()}",
        f"IDC_regular_ps50_idx5/negative_IDC/{name()}",
        f"8863/class_0/{name()}",
        f"8863/0.0/{name()}",
        f"Benign/8863/{name()}",
        f"no idc/{name()}",
        f"8863/0/{name().upper()}",
        f"demo-1/0/{name('DEMO-1')}",
        f"8863/0/{name()[:-4]}.JPG",
        f"8863/0/{name()[:-4]} (1).png",
        f"8863/0/Copy of {name()}",
        f"Müller.7/0/{name('Müller.7')}",
    ],
)
def test_the_name_says_what_a_patch_is_and_folders_of_any_layout_confirm(file):
    placed = place(file)
    assert placed.name.label == 0
    assert placed.name.patient.casefold() in ("8863", "demo-1", "müller.7")
    assert placed.split is None


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("train", "train"),
        ("Train", "train"),
        ("TRAINING", "train"),
        ("train_set", "train"),
        ("validate", "validation"),
        ("valid", "validation"),
        ("Val", "validation"),
        ("dev", "validation"),
        ("test", "test"),
        ("testing", "test"),
        ("holdout", "test"),
        ("hold-out", "test"),
        ("01_test", "test"),
    ],
)
def test_a_folder_says_the_side_in_any_word_and_at_any_depth(word, split):
    for file in (
        f"{word}/0/{name()}",
        f"{word}/8863/0/{name()}",
        f"idc/{word}/non-IDC/{name()}",
        f"{word}/{name()}",
        f"a/{word}/8863/{name()}",
    ):
        assert splits(file) == {file: split}


def test_the_innermost_word_for_a_side_counts():
    file = f"test/train/0/{name()}"
    assert splits(file) == {file: "train"}


def test_a_folder_of_another_patient_is_a_disagreement_and_a_folder_of_many_is_none():
    box = [f"8864/0/{name()}", f"8864/0/{name('8865')}"]
    assert not place_all(box, "idc")[1]
    _, rejects = place_all([*box, f"8864/0/{name('8864')}"], "idc")
    assert {each.reason for each in rejects} == {"patient_disagrees"}
    assert len(rejects) == 2


def test_an_augmented_copy_may_lie_in_the_folder_of_its_original():
    taken, rejects = place_all([f"8863/0/{name()}", f"8863/0/{name('aug_0_8863')}"], "idc")
    assert [candidate.name.patient for candidate in taken] == ["8863", "aug_0_8863"]
    assert not rejects


def test_what_a_whole_data_set_is_called_is_no_class():
    files = [f"IDC/8863/{name(x=1 + 50 * at, label=int(at == 0))}" for at in range(4)]
    assert not place_all(files, "data")[1]
    folds = [f"{at % 2}/8863/{name(x=1 + 50 * at, label=at // 2)}" for at in range(4)]
    assert not place_all(folds, "data")[1]
    confirmed = [f"IDC/{name(x=1 + 50 * at, label=1)}" for at in range(9)]
    _, (wrong,) = place_all([*confirmed, f"IDC/{name(x=951)}"], "data")
    assert wrong.reason == "class_disagrees"
    assert wrong.detail == "the folder says IDC (1), the name 0"


def test_a_patient_called_like_a_class_is_a_patient():
    files = [
        f"{patient}/{label}/{name(patient, label=label)}" for patient in "01" for label in (0, 1)
    ]
    assert not place_all(files, "idc")[1]


def test_a_sign_that_no_patient_may_have_is_named():
    _, (reject,) = place_all([f"0/{name('88:63')}"], "idc")
    assert "found ':' (U+003A) in '88:63'" in reject.detail


def test_a_word_after_the_class_says_how_to_name_the_copy():
    _, (reject,) = place_all([f"8863/0/{name()[:-4]}_flip.png"], "idc")
    assert reject.detail == (
        f"an augmented copy of {name()}, as '_flip' says: left out, for training makes its own. To "
        "keep it, name it as a patient: 8863_flip_idx5_x1_y51_class0.png."
    )


def test_a_browsers_copy_is_left_out_and_told_whether_it_is_the_same():
    copy = f"8863/0/{name()[:-4]} (1).png"
    assert settled(copy, f"8863/0/{name()}") == ([f"8863/0/{name()}"], {copy: "browser_copy"})
    assert settled(copy, f"8863/0/{name()}", equal=lambda one, other: False) == (
        [f"8863/0/{name()}"],
        {copy: "copy_differs"},
    )
    assert settled(copy) == ([copy], {})


def test_of_an_original_and_a_copy_in_a_folder_for_augmented_ones_the_original_stays():
    for folder in ("flipped", "train_augmented", "aug/rot90"):
        copy = f"{folder}/8863/0/{name()}"
        taken, rejects = settled(copy, f"orig/8863/0/{name()}", equal=lambda one, other: False)
        assert (taken, rejects) == ([f"orig/8863/0/{name()}"], {copy: "augmented_copy"})


def test_the_nested_second_copy_is_left_out():
    nested = f"IDC_regular_ps50_idx5/8863/0/{name()}"
    taken, rejects = settled(nested, f"8863/0/{name()}")
    assert taken == [f"8863/0/{name()}"]
    assert rejects == {nested: "nested_copy"}


def test_the_nested_second_copy_of_a_split_is_compared_first():
    files = f"train/0/{name()}", f"in/train/0/{name()}"
    assert settled(*files) == ([files[0]], {files[1]: "nested_copy"})
    assert settled(*files, equal=lambda one, other: False) == (
        [],
        dict.fromkeys(files, "same_name"),
    )


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
    places = [place(file).name for file in taken]
    order = [(one.patient, one.y, one.x) for one in places]
    assert order == sorted(order)
    assert order[0] == ("10", 51, 51)
