"""Whether a network can be trained on a store: what is missing is said before it is tried."""

from dataclasses import replace

import pytest

from idc_core.data.stores.store import open_store
from idc_core.train.config import TrainConfig
from idc_core.train.fitness import refuse_unfit


@pytest.fixture(scope="module")
def store(world):
    return open_store(world / "data" / "tiny")


def changed(store, **columns):
    return replace(store, index=store.index.assign(**columns))


def test_a_store_with_both_classes_in_both_splits_will_do(store):
    refuse_unfit(TrainConfig(), store)


def test_without_training_patches_it_says_so(store):
    parted = store.index["split"].replace("train", "test")
    with pytest.raises(ValueError, match=r"expected train patches of both classes in tiny: found "):
        refuse_unfit(TrainConfig(), changed(store, split=parted))


def test_a_split_that_is_not_needed_may_be_missing(store):
    parted = changed(store, split=store.index["split"].replace("validation", "test"))
    refuse_unfit(TrainConfig(), parted, ("train",))
    with pytest.raises(ValueError, match="expected validation patches of both classes in tiny"):
        refuse_unfit(TrainConfig(), parted)


def test_patches_of_a_side_that_the_network_does_not_take_are_refused(store):
    config = TrainConfig(network="cancernet", input_size=96)
    with pytest.raises(ValueError, match="expected patches of 50 px for the network cancernet"):
        refuse_unfit(config, store)
