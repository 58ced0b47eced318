"""Batches: a function of seed and epoch, enterable anywhere; and reading ahead."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from idc_core.train.batches import Batches, ahead, plain
from idc_core.train.config import AugmentConfig


@pytest.fixture
def batches() -> Batches:
    rng = np.random.default_rng(0)
    return Batches(
        patches=rng.integers(0, 256, (50, 50, 50, 3), dtype=np.uint8),
        labels=(np.arange(50) % 2).astype(np.int8),
        rows=np.arange(5, 50),
        batch_size=10,
        config=AugmentConfig(),
        seed=3,
    )


def test_an_epoch_entered_late_goes_on_as_it_would_have(batches: Batches) -> None:
    whole, late = list(batches.epoch(2)), list(batches.epoch(2, start=2))
    assert len(whole) == len(batches) == 4
    assert all(np.array_equal(a, b) for a, b in zip(whole[2][:1], late[0][:1], strict=True))
    assert len(late) == 2


def test_epochs_have_other_orders_of_the_same_rows(batches: Batches) -> None:
    first, second = batches.order(0), batches.order(1)
    assert not np.array_equal(first, second)
    assert sorted(first) == sorted(second) == list(range(5, 50))


def test_pixels_and_targets_belong_together_and_keep_their_scale(batches: Batches) -> None:
    for number, (pixels, targets) in enumerate(batches.epoch(0)):
        rows = batches.order(0)[number * 10 : number * 10 + 10]
        assert pixels.dtype == targets.dtype == np.float32
        assert pixels.max() > 200
        assert np.array_equal(targets, np.stack([rows % 2] * 2, axis=1))


def test_fewer_patches_than_a_batch_make_one_batch(batches: Batches) -> None:
    few = Batches(batches.patches, batches.labels, np.arange(3), 10, batches.config, seed=0)
    assert [len(pixels) for pixels, _ in few.epoch(0)] == [3]


def test_plain_batches_are_the_rows_themselves(batches: Batches) -> None:
    rows = np.array([4, 2, 9, 7, 0])
    found = np.concatenate(list(plain(batches.patches, rows, 2)))
    assert np.array_equal(found, batches.patches[rows])


def test_reading_ahead_changes_neither_items_nor_order() -> None:
    assert list(ahead(iter(range(100)), depth=3)) == list(range(100))


def test_an_error_while_reading_ahead_reaches_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    items = ahead(broken())
    assert next(items) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(items)


def test_leaving_early_ends_the_thread() -> None:
    before = threading.active_count()
    items = ahead(iter(range(10_000)), depth=2)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
