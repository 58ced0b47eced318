"""The process that computes gradients: `python -m idc_core.nn.explainer`.

It answers messages (`idc_core.interpret.explain.wire`) on its standard input until that is closed,
one at a time; a message `{"cancel": id}` stops the one being answered. It loads networks with
safe mode on, keeps the last few, and answers what goes wrong with a sentence.

A request: id, model (a path), method, layer, seeds; arrays: pixels uint8 (n, 50, 50, 3), and for
integrated gradients a baseline of the same shape. An answer: id, kind "progress" (done, of), "done"
(arrays pro, con (n, h, w), and more), "cancelled", or "refused" (sentence).
"""

import os
import queue
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from idc_core.interpret.explain.occlusion import occlusion
from idc_core.interpret.explain.wire import Arrays, receive, send
from idc_core.io.confined import limit_self
from idc_core.io.refusal import Refusal
from idc_core.nn.gradients import Gradients
from idc_core.nn.shuffled import shuffled

KEPT_NETWORKS = 3
CAMS = ("grad_cam", "layer_cam")


class Cancelled(Exception):
    """The asker wants no answer any more."""


class Explainer:
    """Answers requests; what was cancelled is known from another thread."""

    def __init__(self) -> None:
        self.cancelled: set[int] = set()
        self._networks: OrderedDict[tuple[str, int], Gradients] = OrderedDict()

    def answer(self, asked: dict[str, Any], arrays: Arrays, out: BinaryIO) -> None:
        """Answer one request on `out`; never raises but for a closed stream."""
        number = int(asked["id"])

        def progress(done: int, of: int) -> None:
            if number in self.cancelled:
                raise Cancelled
            send(out, {"id": number, "kind": "progress", "done": done, "of": of})

        try:
            progress(0, 0)
            found = self._maps(asked, arrays, progress)
            send(out, {"id": number, "kind": "done"}, found)
        except Cancelled:
            send(out, {"id": number, "kind": "cancelled"})
        except Refusal as refused:
            send(out, {"id": number, "kind": "refused", "sentence": str(refused)})
        except (ValueError, KeyError, TypeError, tf.errors.OpError) as broken:
            first = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
            sentence = f"expected maps of {asked.get('method')}: the network gave none ({first})."
            send(out, {"id": number, "kind": "refused", "sentence": sentence})

    def _maps(self, asked: dict[str, Any], arrays: Arrays, progress: Any) -> Arrays:
        network = self._network(Path(asked["model"]))
        found = maps(network, asked, arrays, progress)
        seeds = asked.get("seeds", 0)
        for seed in range(seeds):
            with shuffled(network.wired.model, seed):
                other = maps(network, asked, arrays, None)
            found |= {f"shuffled{seed}_{name}": other[name] for name in ("pro", "con")}
            progress(seed + 1, seeds)
        return found

    def _network(self, path: Path) -> Gradients:
        key = (str(path), path.stat().st_mtime_ns if path.is_file() else 0)
        if key not in self._networks:
            self._networks[key] = Gradients(_loaded(path))
            while len(self._networks) > KEPT_NETWORKS:
                self._networks.popitem(last=False)
        self._networks.move_to_end(key)
        return self._networks[key]


def maps(network: Gradients, asked: dict[str, Any], arrays: Arrays, progress: Any) -> Arrays:
    """One method's maps: `pro` and `con` (n, h, w), for integrated gradients also `gap` (n,)."""
    pixels, method = arrays["pixels"].astype(np.float32), asked["method"]
    if method in CAMS:
        pro, con = getattr(network, method)(pixels, asked["layer"])
        return {"pro": pro, "con": con}
    if method == "integrated":
        baseline = arrays["baseline"].astype(np.float32)
        (pro, con), gap = network.integrated(pixels, baseline, progress=progress)
        return {"pro": pro, "con": con, "gap": gap}
    if method == "occlusion":  # only asked for here where the weights are to be shuffled
        found = [
            occlusion(
                lambda some: network.logits(some.astype(np.float32)),
                patch,
                asked["window"],
                asked["fill"],
            )
            for patch in arrays["pixels"]
        ]
        return {"pro": np.stack([e.pro for e in found]), "con": np.stack([e.con for e in found])}
    raise Refusal(f"expected a method of gradients: found {method!r}.")


def _loaded(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as broken:  # Keras raises five types for damaged files
        first = (str(broken).splitlines() or [type(broken).__name__])[0][:120]
        raise Refusal(
            f"expected a Keras network in {path.name}: it cannot be read ({first}). Gradients need "
            "model.keras; scores and feature maps need model.onnx only."
        ) from None


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    explainer = Explainer()
    waiting: queue.Queue[tuple[dict[str, Any], Arrays]] = queue.Queue()

    def read() -> None:
        try:
            while True:
                asked, arrays = receive(requests)
                if "cancel" in asked:
                    explainer.cancelled.add(int(asked["cancel"]))
                else:
                    waiting.put((asked, arrays))
        except (EOFError, OSError):
            os._exit(0)  # the dashboard is gone: nobody waits for what is being computed

    threading.Thread(target=read, daemon=True).start()
    send(answers, {"id": 0, "kind": "ready"})
    while True:
        explainer.answer(*waiting.get(), answers)


def main() -> None:
    """Speak on a copy of standard output; what libraries print goes to standard error."""
    limit_self()  # the networks it loads may be anybody's
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    tf.config.threading.set_intra_op_parallelism_threads(max((os.cpu_count() or 2) // 2, 1))
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
