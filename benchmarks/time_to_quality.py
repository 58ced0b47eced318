"""Time to quality: the default recipe against the tutorial's, three seeds each, in turns.

The tutorial (the seed of this project): `cancernet`, Adagrad at .01 falling with the steps, batches
of 32 from Keras' `ImageDataGenerator`, balanced class weights, 40 epochs; its clock stops while its
validation is scored. Its best validation ROC-AUC of 40 epochs is the mark. Ours: `train` with the
default settings, its own validation on the clock, until its validation ROC-AUC first reaches the
mark of the same seed; in the worst case, never.

Promised of the median of the seeds: ours needs at most a fifth of the time that the tutorial needs
up to its best epoch. The share of all its 40 epochs is printed beside it.

It needs real patches: `data/real`, or the store that `IDC_BENCH_STORE` names; of the synthetic
demo's three validation patients no ranking can be told. Every third training patient is taken, so
that it ends within 35 minutes on two cores; `IDC_BENCH_EVERY=1` takes all (40 minutes a seed),
`IDC_BENCH_SEEDS=0` fewer seeds.
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shared.promise import judge
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.io.paths import REPOSITORY
from idc_core.io.progress import Progress, ask_to_stop
from idc_core.metrics.curves import Ranked

PROMISED = 1 / 5
SEEDS = "0,1,2"
EPOCHS, BATCH, RATE = 40, 32, 0.01

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """Validation ROC-AUC after each epoch, and seconds of training up to there."""

    areas: Numbers
    seconds: Numbers

    @property
    def best(self) -> int:
        return int(np.argmax(self.areas))

    def reaches(self, mark: float) -> float:
        """Seconds until an epoch is as good as `mark`; endless if none is."""
        good = np.flatnonzero(self.areas >= mark)
        return float(self.seconds[good[0]]) if len(good) else np.inf


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    place = Path(os.environ.get("IDC_BENCH_STORE", REPOSITORY / "data" / "real"))
    if not (place / "manifest.json").is_file():
        print(f"time to quality: NOT MEASURED, no real patches in {place} (IDC_BENCH_STORE)")
        return True
    every = int(os.environ.get("IDC_BENCH_EVERY", "3"))
    store = thinned(open_store(place), every)
    ratios, of_all = [], []
    seeds = [int(seed) for seed in os.environ.get("IDC_BENCH_SEEDS", SEEDS).split(",")]
    for seed in seeds:
        theirs = tutorial(store, seed)
        mark = float(theirs.areas[theirs.best])
        ours = default(store, seed, mark)
        needed = ours.reaches(mark)
        ratios.append(needed / theirs.seconds[theirs.best])
        of_all.append(needed / theirs.seconds[-1])
        print(
            f"  seed {seed}: tutorial's best {mark:.4f} in epoch {theirs.best + 1} after "
            f"{theirs.seconds[theirs.best]:.0f} s of {theirs.seconds[-1]:.0f} s; ours at "
            f"{ours.areas[-1]:.4f} after {len(ours.areas)} epochs, {needed:.0f} s",
            flush=True,
        )
    learnt = store.index[store.index["split"] == "train"]
    patches, patients = len(learnt), learnt["patient"].nunique()
    ratio = statistics.median(ratios)
    told = (
        f"of its {EPOCHS} epochs {statistics.median(of_all):.3f}; {store.name}, {patches:,} "
        f"training patches of {patients} patients, {len(seeds)} seeds"
    )
    return judge("time to the tutorial's best epoch", ratio, PROMISED, "×", detail=told)


def thinned(store: PatchStore, every: int) -> PatchStore:
    """The store with every so-many-th of its training patients; validation stays whole."""
    split = store.index["split"]
    patients = np.sort(store.index["patient"][split == "train"].unique())
    left = (split == "train") & ~store.index["patient"].isin(patients[::every])
    return replace(store, index=store.index.assign(split=split.mask(left, "unused")))


def tutorial(store: PatchStore, seed: int) -> Way:
    import keras
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    from idc_core.nn.models import built

    pixels, labels = _side(store, "train")
    watched, truth = _side(store, "validation")
    keras.utils.set_random_seed(seed)
    generator = ImageDataGenerator(
        rotation_range=20,
        zoom_range=0.05,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.05,
        horizontal_flip=True,
        vertical_flip=True,
        fill_mode="nearest",
    )
    flow = generator.flow(pixels, labels, batch_size=BATCH, seed=seed)
    decay = RATE / EPOCHS
    rate = keras.optimizers.schedules.InverseTimeDecay(RATE, 1, decay)
    model = built("cancernet", pixels.shape[1])  # it scales pixels by itself
    model.compile(
        keras.optimizers.Adagrad(rate),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    share = labels.mean()
    weights = {0: 0.5 / (1 - share), 1: 0.5 / share}
    areas, seconds = [], []
    for epoch in range(EPOCHS):
        started = time.perf_counter()
        model.fit(flow, epochs=1, class_weight=weights, verbose=0)
        seconds.append(time.perf_counter() - started)
        logits = model.predict(watched, batch_size=256, verbose=0)[:, 0]
        areas.append(Ranked(truth, 1 / (1 + np.exp(-logits.astype(np.float64)))).roc_auc)
        _tell("tutorial", seed, epoch, areas[-1])
    return Way(np.array(areas), np.cumsum(seconds))


def default(store: PatchStore, seed: int, mark: float) -> Way:
    from idc_core.nn.training import train
    from idc_core.train.config import TrainConfig

    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "ours"
        areas: list[float] = []
        seconds: list[float] = []

        def watch(progress: Progress) -> None:
            if progress.stage == "epoch":
                areas.append(progress.log["val_auc"])
                seconds.append(progress.log["seconds"])
                _tell("ours", seed, len(areas) - 1, areas[-1])
                if areas[-1] >= mark:
                    ask_to_stop(run)

        train(TrainConfig(seed=seed), run, store, progress=watch)
    return Way(np.array(areas), np.cumsum(seconds))


def _side(store: PatchStore, split: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8]]:
    rows = np.flatnonzero(store.index["split"].to_numpy() == split)
    return store.patches[rows], store.index["label"].to_numpy(np.int8)[rows]


def _tell(who: str, seed: int, epoch: int, area: float) -> None:
    if sys.stderr.isatty():
        print(f"\r  {who}, seed {seed}, epoch {epoch + 1}: {area:.4f}  ", end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
