"""NumPy batches for training: the order of an epoch is a function of `(seed, epoch)` alone.

So an epoch can be entered at any batch, after a kill as well. What does not fill the last batch is
left out of that epoch (other patches in every epoch), for one shape is compiled once.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.pixels import PatchRows
from idc_core.train.augment import augment
from idc_core.train.config import AugmentConfig
from idc_core.train.soft_targets import TargetRule, Targets

T = TypeVar("T")

Pixels = npt.NDArray[np.float32]  # (n, 50, 50, 3), raw 0..255, RGB


@dataclass(frozen=True)
class Batches:
    """Augmented batches of some rows of a packed array, the same in every run."""

    patches: PatchRows
    labels: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int64]
    batch_size: int
    config: AugmentConfig
    seed: int
    target_rule: TargetRule = field(default_factory=TargetRule)

    @property
    def size(self) -> int:
        """Patches in a batch; fewer than asked for where there are not as many."""
        return min(self.batch_size, len(self.rows))

    def __len__(self) -> int:
        """Whole batches in an epoch."""
        return len(self.rows) // self.size

    def order(self, epoch: int) -> npt.NDArray[np.int64]:
        """The rows in the order of an epoch."""
        return np.random.default_rng((self.seed, epoch)).permutation(self.rows)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Pixels, Targets]]:
        """Batches `start`, `start + 1`, … of an epoch."""
        order = self.order(epoch)
        for batch in range(start, len(self)):
            rows = order[batch * self.size : (batch + 1) * self.size]
            changed = augment(self.patches, rows, self.config, seed=self.seed, epoch=epoch)
            draw = np.random.default_rng((self.seed, epoch, batch))
            shown, targets = self.target_rule.softened(changed, self.labels[rows], draw)
            yield shown.astype(np.float32), targets


def plain(patches: PatchRows, rows: npt.NDArray[np.int64], size: int) -> Iterator[Pixels]:
    """The given rows as they are, in their order, `size` at a time."""
    for start in range(0, len(rows), size):
        yield patches[rows[start : start + size]].astype(np.float32)


Entry = tuple[str, Any]  # ("item", it), ("error", exception) or ("end", None)


def ahead(items: Iterator[T], depth: int = 6) -> Iterator[T]:
    """The same items, made by a thread up to `depth` before they are asked for."""
    ready: queue.Queue[Entry] = queue.Queue(depth)
    stop = threading.Event()
    worker = threading.Thread(target=_fill, args=(items, ready, stop), daemon=True)
    worker.start()
    try:
        while True:
            kind, value = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value
    finally:
        stop.set()
        while not ready.empty():  # frees a worker that waits for room
            ready.get_nowait()
        worker.join()


def _fill(items: Iterator[T], ready: "queue.Queue[Entry]", stop: threading.Event) -> None:
    def put(entry: Entry) -> None:
        while not stop.is_set():
            with suppress(queue.Full):
                ready.put(entry, timeout=0.1)
                return

    try:
        for item in items:
            put(("item", item))
            if stop.is_set():
                return
        put(("end", None))
    except BaseException as raised:  # handed to the reader, who raises it
        put(("error", raised))
