"""Names that say the same as the one that is written are read; others say why not."""

import pytest

from idc_core.data.folders.file_names import NameRefused, is_of_system, place_in, read_name
from idc_core.data.patches import PatchName

PLAIN = PatchName("8863", 1, 51, 0)
STEM = "8863_idx5_x1_y51_class0"


@pytest.mark.parametrize(
    ("base", "again"),
    [
        (f"{STEM}.png", False),
        (f"{STEM}.PNG", False),
        (f"{STEM}.jpeg", False),
        (f"{STEM}.tif", False),
        (f"{STEM.upper()}.png", False),
        *(
            (f"{STEM}{tail}.png", True)
            for tail in (
                " (1)",
                "(12)",
                " - Copy",
                " - Copy (2)",
                " copy",
                " copy 2",
                "_copy",
                " – Kopie",
                " (1) (1)",
                ".png",
            )
        ),
        (f"Copy of {STEM}.png", True),
        (f"Copy (2) of {STEM}.png", True),
    ],
)
def test_a_name_is_read_whatever_a_system_made_of_it(base, again):
    found = read_name(base)
    assert (found.name, found.again) == (PLAIN, again)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("._a.png", "system_file"),
        ("Thumbs.db", "system_file"),
        ("notes.txt", "no_patch"),
        ("8863.ZIP", "archive"),
        ("overview.png", "name"),
        (f"{STEM}-checkpoint.png", "name"),
        ("8863_idx5_x1_y51_class2.png", "name"),
        ("8863_idx5_x1_y51.png", "name"),
        (f"{STEM}_flip.png", "augmented_copy"),
        (f"{STEM}-rot90 (1).png", "augmented_copy"),
        ("aug_0_9321.png", "augmented_unplaced"),
        (f"{'a' * 65}_idx5_x1_y1_class0.png", "name"),
        ("<b>_idx5_x1_y1_class0.png", "name"),
        ("../a_idx5_x1_y1_class0.png", "name"),
    ],
)
def test_another_name_is_refused_with_its_reason(base, reason):
    with pytest.raises(NameRefused) as refused:
        read_name(base)
    assert refused.value.reason == reason


def test_a_name_that_is_refused_may_still_mean_a_patch():
    assert place_in(f"{STEM}-checkpoint.png") == PLAIN
    assert place_in("overview.png") is None


def test_files_of_a_system_are_known_by_their_names():
    assert [is_of_system(base) for base in (".DS_Store", "._a.png", "a.png")] == [True, True, False]
