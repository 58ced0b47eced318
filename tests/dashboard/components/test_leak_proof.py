"""The leak proof's counts."""

from dashboard.components.leak_proof import counts
from idc_core.store import open_store


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
