"""How long a training will take at most: from what was measured on this machine, or not known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idc_core.config import TrainConfig
from idc_core.names import content_of, run_names
from idc_core.provenance import machine


@dataclass(frozen=True, slots=True)
class Pace:
    """Patches a second that `run` learnt from, validation included, on this machine."""

    run: str
    patches_per_second: float

    def seconds(self, epochs: int, patches: int) -> float:
        """All `epochs` of so many training patches; an early stop takes less."""
        return epochs * patches / self.patches_per_second


def measured(config: TrainConfig, root: Path, *, taught: bool) -> Pace | None:
    """The newest run in `root` of this machine with the same network, batch size and devices.

    `taught`: a teacher scores every batch, which takes its own time. None where there is none.
    """
    here = machine()
    infos = {name: content_of(root / name / "run.json") for name in run_names(root)}
    fitting = [
        (str(info.get("started")), name, float(info["trained_per_second"]))
        for name, info in infos.items()
        if info.get("machine") == here and _alike(info, config, taught)
    ]
    if not fitting:
        return None
    _, name, speed = max(fitting)
    return Pace(name, speed)


def _alike(info: dict[str, Any], config: TrainConfig, taught: bool) -> bool:
    known = info.get("config")
    speed = info.get("trained_per_second")
    return (
        isinstance(known, dict)
        and isinstance(speed, int | float)
        and speed > 0
        and bool(info.get("teacher")) == taught
        and known.get("network") == config.network
        and known.get("batch_size") == config.batch_size
        and known.get("devices", 0) == config.devices
    )


def duration(seconds: float) -> str:
    """Seconds as somebody who waits would say them.

    >>> duration(40), duration(100), duration(5000)
    ('less than a minute', '2 min', '1 h 24 min')
    """
    minutes = -(-int(seconds) // 60)
    if seconds < 60:
        return "less than a minute"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
