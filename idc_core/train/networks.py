"""The networks that can be trained: one record each; `idc_core.nn.models` builds them.

The settings, the command line and its examples are made from these records, while TensorFlow
sleeps. A run is saved with the name of its network, so a name never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Network:
    """`about`: for `train --help`. `parameters`: how many numbers it learns and keeps. `settings`:
    those of `TrainConfig` it was published with, and `example`: what a training with them is
    called."""

    name: str
    about: str
    parameters: int
    example: str = ""
    settings: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """How to train it with its own settings."""
        given = {"network": self.name, **self.settings}
        return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in given.items())


NETWORKS = (
    Network(
        "sepres",
        "Ours: separable convolutions with skip connections, then global average pooling.",
        148_385,
    ),
    Network(
        "cancernet",
        "The tutorial's network: separable convolutions 32 | 64-64 | 128-128-128, then dense 256.",
        1_234_876,
        example="The tutorial's network and optimiser",
        settings={"optimizer": "adagrad", "learning_rate": 0.01},
    ),
)
"""The first is trained unless another is asked for."""

NAMES = tuple(each.name for each in NETWORKS)
