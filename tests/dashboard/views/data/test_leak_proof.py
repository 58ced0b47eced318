"""The leak proof's counts."""

from dashboard.views.data.leak_proof import copies_sentence, counts
from idc_core.data.split.splits import SplitAudit
from idc_core.data.stores.store import open_store


def test_the_splits_are_counted_in_their_usual_order(world):
    store = open_store(world / "data" / "tiny")
    table = counts(store)
    present = set(store.index["split"])
    assert table["split"].tolist() == [
        name for name in ("train", "validation", "test", "unused") if name in present
    ]
    assert table["patches"].sum() == len(store.index)
    assert table["IDC patches"].sum() == store.index["label"].sum()
    assert table["patients"].sum() == store.index["patient"].nunique()


def _audit(**found):
    names = ("patients", "patches", "positives", "leaks", "shared", "parted")
    nothing = {name: {} for name in names}
    return SplitAudit(**(nothing | {"copies": {"8863_flip": "8863"}} | found))


def test_augmented_copies_are_named_and_whether_they_stand_beside_their_original():
    assert copies_sentence(_audit()) == (
        "**No augmented copy is in another split than its original:** 1 patient is a copy by name "
        "(8863\\_flip of 8863), in the split of the original or excluded."
    )
    assert copies_sentence(_audit(parted={"8863": ("train", "test")})).startswith(
        "**1 patient and augmented copies of the same tissue are in different splits:** 8863 in "
        "train and test."
    )
