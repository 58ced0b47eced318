"""Whether a network can be trained on a store, found out without TensorFlow."""

from collections.abc import Iterable

from idc_core.data.known_labels import is_known
from idc_core.data.split.splits import refuse_leaks
from idc_core.data.stores.store import PatchStore
from idc_core.io.refusal import Refusal
from idc_core.train.config import TrainConfig
from idc_core.train.networks import refuse_side

SPLITS = ("train", "validation")


def refuse_unfit(config: TrainConfig, store: PatchStore, splits: Iterable[str] = SPLITS) -> None:
    """Raise `Refusal` where a patient stands in two splits, the network takes no such patches, or
    one of `splits` lacks labels or a class."""
    refuse_leaks(store.index)
    refuse_side(config.network, config.input_size or store.raster.patch_px)
    for split in splits:
        _refuse_split(store, split)


def _refuse_split(store: PatchStore, split: str) -> None:
    labels = store.index.loc[store.index["split"] == split, "label"]
    unknown = int((~is_known(labels)).sum())
    if unknown:
        raise Refusal(
            f"expected a label for every patch of the {split} split of {store.name}: "
            f"{unknown:,} have none. Train on data that is labelled."
        )
    if labels.nunique() != 2:
        raise Refusal(
            f"expected {split} patches of both classes in {store.name}: found "
            f"{int((labels == 1).sum())} {store.raster.positive} and "
            f"{int((labels == 0).sum())} {store.raster.negative}."
        )
