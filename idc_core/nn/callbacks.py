"""What happens after an epoch: best model, learning-rate drop, early stop.

Keras's own callbacks keep their state to themselves, and a resumed run would forget it. Ours are
small: `epoch_end` looks at the epoch's numbers and returns the events that go into `events.jsonl`;
`state` and `restore` hold all they know as JSON. To add one: write the class, add it in
`loop.Loop`, where its answer is used.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from idc_core.records.history import Event
from idc_core.train.history.directions import direction


class Callback(Protocol):
    """What the training loop asks of a callback."""

    def epoch_end(self, epoch: int, log: Mapping[str, float], improved: bool) -> list[Event]:
        """Look at the numbers of the epoch (from 1); `improved` if it made the best model."""
        ...

    def state(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON holds it."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        ...


class _Remembers:
    """State of a dataclass as JSON: its fields."""

    def state(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    def restore(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


@dataclass
class Best(_Remembers):
    """Which epoch made the best model so far; in the figure's own direction."""

    monitor: str
    value: float | None = None
    epoch: int = 0

    def improves(self, log: Mapping[str, float]) -> bool:
        """Is this epoch better than every one before? `nan` never is."""
        value = log[self.monitor]
        if math.isnan(value):
            return False
        if self.value is None:
            return True
        lower = direction(self.monitor) == "falls"
        return value < self.value if lower else value > self.value

    def epoch_end(self, epoch: int, log: Mapping[str, float], improved: bool) -> list[Event]:
        if not improved:
            return []
        self.value, self.epoch = log[self.monitor], epoch
        return [Event(epoch=epoch, kind="checkpoint", others={self.monitor: self.value})]


@dataclass
class Last(Best):
    """Without validation the newest epoch is kept: a final fit ends where its run was best."""

    def improves(self, log: Mapping[str, float]) -> bool:
        return True

    def epoch_end(self, epoch: int, log: Mapping[str, float], improved: bool) -> list[Event]:
        self.epoch = epoch
        return []


@dataclass
class DropOnPlateau(_Remembers):
    """Multiplies the learning rate by `factor` after `patience` epochs without a better model."""

    patience: int
    factor: float
    waited: int = 0
    scale: float = 1.0

    def epoch_end(self, epoch: int, log: Mapping[str, float], improved: bool) -> list[Event]:
        self.waited = 0 if improved else self.waited + 1
        if not self.patience or self.waited < self.patience:
            return []
        self.waited = 0
        self.scale *= self.factor
        return [Event(epoch=epoch, kind="learning_rate_drop", scale=self.scale)]


@dataclass
class StopEarly(_Remembers):
    """Ends the run after `patience` epochs without a better model."""

    patience: int
    waited: int = 0
    stopped: bool = False

    def epoch_end(self, epoch: int, log: Mapping[str, float], improved: bool) -> list[Event]:
        self.waited = 0 if improved else self.waited + 1
        if not self.patience or self.waited < self.patience:
            return []
        self.stopped = True
        return [Event(epoch=epoch, kind="early_stop", waited=self.waited)]
