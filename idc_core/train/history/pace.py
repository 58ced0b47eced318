"""The longest that a training run can take, from earlier runs on this machine; or not known."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from idc_core.io.names import run_names
from idc_core.io.provenance import machine
from idc_core.train.config import TrainConfig

if TYPE_CHECKING:  # read by none of the commands that only say what there is
    from idc_core.records.run_info import RunInfo


@dataclass(frozen=True, slots=True)
class Pace:
    """Patches per second in the epochs of `run`, validation included, on this machine."""

    run: str
    patches_per_second: float

    def seconds(self, epochs: int, patches: int) -> float:
        """For all `epochs` with so many training patches; early stopping takes less."""
        return epochs * patches / self.patches_per_second


def measured(config: TrainConfig, root: Path, *, distilled: bool) -> Pace | None:
    """The newest run in `root` on this machine with the same network, batch size and devices.

    `distilled`: a teacher scores every batch, which takes extra time. None where no such run has
    two epochs: the first also builds the graph, so it says nothing about the others.
    """
    from idc_core.records.run_info import info_if_whole

    here, fitting = machine(), []
    for name in run_names(root):
        info = info_if_whole(root / name)
        if info is not None and info.machine == here and _alike(info, config, distilled):
            speed = _speed(root / name, info)
            if speed is not None:
                fitting.append((info.started or "", name, speed))
    if not fitting:
        return None
    _, name, speed = max(fitting)
    return Pace(name, speed)


def _alike(info: "RunInfo", config: TrainConfig, distilled: bool) -> bool:
    known = info.config
    return (
        known is not None
        and (info.teacher is not None) == distilled
        and known.get("network") == config.network
        and known.get("input_size", 0) == config.input_size
        and known.get("batch_size") == config.batch_size
        and known.get("devices", 0) == config.devices
    )


def _speed(folder: Path, info: "RunInfo") -> float | None:
    """Training patches per second after the first epoch and those with frozen layers; None where
    that is not recorded."""
    frozen = info.setting("frozen_epochs") or 0
    try:
        with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
            seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
        patches = info.data.patches["train"] if info.data is not None else 0
    except (OSError, KeyError, ValueError):
        return None
    seconds = seconds[max(1, int(frozen)) :]
    whole = sum(seconds)
    return patches * len(seconds) / whole if whole > 0 and patches > 0 else None


def longest(config: TrainConfig, root: Path, patches: int, *, distilled: bool = False) -> str:
    """How long all epochs on so many training patches take at most, in words; empty where no run
    in `root` says it."""
    pace = measured(config, root, distilled=distilled)
    if pace is None:
        return ""
    return (
        f"at most {duration(pace.seconds(config.epochs, patches))} for all epochs, at the "
        f"{pace.patches_per_second:,.0f} patches/s of {pace.run} on this machine"
    )


def duration(seconds: float) -> str:
    """A duration for people who wait: whole minutes, rounded up.

    >>> duration(4), duration(100), duration(5000)
    ('1 min', '2 min', '1 h 24 min')
    """
    minutes = max(math.ceil(seconds / 60), 1)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
