"""The learning-rate finder: some steps of training with a rate that grows tenfold every few.

Nothing of it stays in a network; `learning_rates.csv` in the run folder holds rate and loss of each
step. (Smith 2017, Cyclical learning rates for training neural networks.)
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from idc_core.data.stores.store import PatchStore
from idc_core.io.files import write_text
from idc_core.nn.loop import compile_network
from idc_core.nn.models import built
from idc_core.nn.pretrained import fill
from idc_core.train.batches import Batches, Pixels, ahead
from idc_core.train.config import TrainConfig
from idc_core.train.history.rates import FILE
from idc_core.train.pretrained import weights_file
from idc_core.train.soft_targets import TargetRule, Targets

LOWEST, HIGHEST = 1e-6, 1.0
STEPS = 160
BROKEN = 4.0
"""The loss broke away where it is so many times its lowest."""


def find_rate(
    config: TrainConfig,
    store: PatchStore,
    *,
    steps: int = STEPS,
    weights: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Rate and loss of each step (columns `rate`, `loss`), with the run's network and batches.

    `weights`: the file that a pretrained network begins with, in place of that of its package.

    Ends early where the loss is no number or `BROKEN` times its lowest.
    """
    keras.utils.set_random_seed(config.seed)
    batches = Batches(
        patches=store.patches,
        labels=store.index["label"].to_numpy(np.int8),
        rows=np.flatnonzero(store.index["split"].to_numpy() == "train"),
        batch_size=config.batch_size,
        config=config.augment,
        seed=config.seed,
        target_rule=TargetRule(config.label_smoothing, config.mixup),
    )
    model = built(config.network, store.raster.patch_px, config.input_size)
    fill(model, config.network, weights_file(config.network, weights))
    compile_network(model, config)
    rates = np.geomspace(LOWEST, HIGHEST, steps)
    losses: list[float] = []
    for pixels, targets in ahead(islice(_endless(batches), steps)):
        model.optimizer.learning_rate = rates[len(losses)]
        losses.append(float(model.train_on_batch(pixels, targets)[0]))
        if progress is not None:
            progress(len(losses), steps)
        if not np.isfinite(losses[-1]) or losses[-1] > BROKEN * min(losses):
            break
    return pd.DataFrame({"rate": rates[: len(losses)], "loss": losses})


def write_rates(run_folder: Path, table: pd.DataFrame) -> None:
    """Put the table into the run folder."""
    write_text(run_folder / FILE, table.to_csv(index=False))


def _endless(batches: Batches) -> Iterator[tuple[Pixels, Targets]]:
    epoch = 0
    while True:
        yield from batches.epoch(epoch)
        epoch += 1
