"""The networks that can be trained: one record each; `idc_core.nn.models` builds them.

The settings, the command line and its examples are made from these records, while TensorFlow
sleeps. A run is saved with the name of its network, so a name never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idc_core.io.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Network:
    """`about`: for `train --help`. `parameters`: how many numbers it learns and keeps. `settings`:
    those of `TrainConfig` it was published with, and `example`: what a training with them is
    called. `side`: of the only patches that it takes, in pixels; None for any."""

    name: str
    about: str
    parameters: int
    example: str = ""
    settings: Mapping[str, str | float] = field(default_factory=dict)
    side: int | None = None

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
        side=50,
    ),
)
"""The first is trained unless another is asked for."""

NAMES = tuple(each.name for each in NETWORKS)


def refuse_side(name: str, side: int) -> None:
    """Raise `Refusal` where a network does not take patches of `side` pixels."""
    network = next(each for each in NETWORKS if each.name == name)
    if network.side not in (None, side):
        others = [each.name for each in NETWORKS if each.side is None]
        raise Refusal(
            f"expected patches of {network.side} px for the network {name}: these have {side}. "
            f"Train one that takes any size: --network {others[0]}."
        )
