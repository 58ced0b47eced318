"""Scoring: ONNX Runtime against Keras's `model.predict`, each at its own best batch.

Promised: at least 1.5 times as many patches a second with the default network. `cancernet` and the
activations of a single patch are printed as well, unpromised.

The networks are untrained, for speed does not depend on the weights. Both sides start from the same
uint8 patches. First each tries its batch sizes in turns; then both run at their best, five times,
in turns, in one process; medians count.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shared.promise import judge
from idc_core.score.scoring import Scorer
from idc_core.train.config import TrainConfig

PROMISED = 1.5
PATCHES, TRIALS, REPEATS, SINGLE = 512, 2, 5, 20
OURS_BATCHES, KERAS_BATCHES = (8, 16, 32, 64), (32, 64, 128, 256)

Score = Callable[[int], Any]  # batch size -> scores of all patches


def main() -> bool:
    """Measure, print, and say whether the promise is kept."""
    from idc_core.nn.models import NETWORKS

    patches = np.random.default_rng(0).integers(0, 256, (PATCHES, 50, 50, 3), dtype=np.uint8)
    ratios = {name: _measure(name, patches) for name in NETWORKS}
    return ratios[TrainConfig().network] >= PROMISED


def _measure(name: str, patches: Any) -> float:
    from idc_core.nn.export import export_onnx
    from idc_core.nn.models import built

    model = built(name, patches.shape[1])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_onnx(model, path)
        scorer = Scorer(path)

    def ours(batch: int) -> Any:
        return scorer.score(patches, batch=batch)

    def keras(batch: int) -> Any:
        return model.predict(patches.astype(np.float32), batch_size=batch, verbose=0)

    ratio = _many(name, ours, keras, promised=name == TrainConfig().network)
    _one(name, model, scorer, patches)
    return ratio


def _many(name: str, ours: Score, keras: Score, *, promised: bool) -> float:
    """Patches a second of both, each at its best batch; returns ours / Keras."""
    best = _best_batches({"ours": (ours, OURS_BATCHES), "keras": (keras, KERAS_BATCHES)})
    seconds: dict[str, list[float]] = {"ours": [], "keras": []}
    for _ in range(REPEATS):
        for who, score in (("ours", ours), ("keras", keras)):
            seconds[who].append(_timed(score, best[who]))
    speed = {who: PATCHES / statistics.median(taken) for who, taken in seconds.items()}
    ratio = speed["ours"] / speed["keras"]
    told = (
        f"ours {speed['ours']:,.0f} patches/s at batch {best['ours']}, "
        f"predict {speed['keras']:,.0f} at {best['keras']}"
    )
    if promised:
        judge(f"scoring {name}, of model.predict", ratio, PROMISED, "×", at_least=True, detail=told)
    else:
        print(f"scoring {name}, of model.predict: {ratio:.1f}× (unpromised)  {told}", flush=True)
    return ratio


def _best_batches(sides: dict[str, tuple[Score, tuple[int, ...]]]) -> dict[str, int]:
    """Each side's quickest batch: the best of a few trials, the sides and sizes in turns."""
    seconds: dict[tuple[str, int], list[float]] = {}
    for who, (score, batches) in sides.items():
        for batch in batches:
            score(batch)  # the first call of a shape plans and allocates
            seconds[who, batch] = []
    for _ in range(TRIALS):
        for who, batch in seconds:
            seconds[who, batch].append(_timed(sides[who][0], batch))
    return {
        who: min((min(seconds[who, batch]), batch) for batch in batches)[1]
        for who, (_, batches) in sides.items()
    }


def _one(name: str, model: Any, scorer: Scorer, patches: Any) -> None:
    """Milliseconds until every layer has answered to a single patch."""
    import keras

    layers = [model.get_layer(layer.name).output for layer in scorer.layers]
    wired = keras.Model(model.input, layers)
    answers: dict[str, Callable[[Any], Any]] = {
        "ours": scorer.activations,
        "predict": lambda patch: wired.predict(patch[None].astype(np.float32), verbose=0),
    }
    seconds: dict[str, list[float]] = {who: [] for who in answers}
    for answer in answers.values():
        answer(patches[0])
    for patch in patches[:SINGLE]:
        for who, answer in answers.items():
            started = time.perf_counter()
            answer(patch)
            seconds[who].append(time.perf_counter() - started)
    taken = {who: 1000 * statistics.median(each) for who, each in seconds.items()}
    print(
        f"activations {name}, one patch: {taken['predict'] / taken['ours']:.0f}x (unpromised)  "
        f"ours {taken['ours']:.1f} ms, model.predict {taken['predict']:.0f} ms",
        flush=True,
    )


def _timed(score: Score, batch: int) -> float:
    started = time.perf_counter()
    assert len(score(batch)) == PATCHES
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
