"""How one training run goes: frozen settings, checked when made, saved with the run.

The command line is generated from the fields (`options`), so a new setting is one line here.
Ranges of the augmentation are half-widths: `rotation=20` turns by -20° to 20°.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from idc_core.io.refusal import Refusal
from idc_core.train.history.settings import flat
from idc_core.train.networks import NAMES, NETWORKS

T = TypeVar("T")


def option(
    default: T,
    text: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    choices: tuple[str, ...] = (),
) -> T:
    """A field of a settings class: its default, its help text and what it may be."""
    metadata = {"help": text, "low": low, "high": high, "choices": choices}
    made: T = field(default=default, metadata=metadata)
    return made


@dataclass(frozen=True, slots=True)
class Option:
    """One setting as the command line needs it."""

    name: str
    type: type
    default: Any
    help: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentConfig:
    """How far a training patch may be changed; 0 or False leaves that change out."""

    rotation: float = option(180.0, "turn by up to this many degrees", low=0, high=180)
    zoom: float = option(0.15, "enlarge by 1 ± this", low=0, high=0.9)
    shift: float = option(
        0.06, "shift by up to this fraction of the width, in either direction", low=0, high=1
    )
    shear: float = option(8.0, "shear by up to this many degrees", low=0, high=60)
    flip_horizontal: bool = option(True, "mirror left and right, every other patch")
    flip_vertical: bool = option(True, "mirror top and bottom, every other patch")
    stain: float = option(0.2, "multiply the optical density by 1 ± this", low=0, high=0.9)
    stain_hue: float = option(0.12, "and that of each colour channel by 1 ± this", low=0, high=0.9)
    brightness: float = option(
        0.04, "multiply each colour channel's light by exp(± this)", low=0, high=2
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """How one training run goes."""

    network: str = option(
        NAMES[0],
        " ".join(["which network to train.", *(f"{each.name}: {each.about}" for each in NETWORKS)]),
        choices=NAMES,
    )
    input_size: int = option(
        0,
        "pixels a side that the network resizes patches to; 0: it takes them as they are",
        low=0,
        high=512,
    )
    seed: int = option(0, "decides weights, order, dropout and augmentation", low=0, high=2**31 - 1)
    epochs: int = option(24, "maximum number of epochs", low=1)
    batch_size: int = option(64, "patches per step", low=1)
    optimizer: str = option("adamw", "optimiser", choices=("adamw", "adagrad"))
    learning_rate: float = option(2e-3, "highest learning rate", low=1e-12)
    weight_decay: float = option(1e-3, "weight decay (adamw)", low=0)
    schedule: str = option(
        "cosine",
        "learning-rate schedule; inverse_time falls as 1 / (1 + decay * step)",
        choices=("cosine", "constant", "inverse_time"),
    )
    warmup_epochs: float = option(
        1.0, "warm-up epochs, over which the rate rises from a tenth", low=0
    )
    decay: float = option(0.0, "decay per step of the inverse_time schedule", low=0)
    frozen_epochs: int = option(
        0, "epochs in which the last layer alone is trained, the others being frozen", low=0
    )
    first_layer_rate: float = option(
        1.0,
        "learning rate of the first layer as a share of the last one's; it grows from layer to "
        "layer by the same factor; 1: one rate for all",
        low=1e-6,
        high=1,
    )
    plateau_patience: int = option(
        0, "epochs without improvement before the rate is reduced; 0: never", low=0
    )
    plateau_factor: float = option(0.5, "factor by which the rate is reduced", low=1e-6, high=1)
    stop_patience: int = option(
        10, "epochs without improvement before stopping early; 0: never", low=0
    )
    monitor: str = option(
        "val_auc",
        "metric that selects the best epoch",
        choices=("val_auc", "val_loss", "val_accuracy", "val_brier"),
    )
    average: float = option(
        0.995,
        "decay of the running average of weights that is evaluated and saved; 0: no average",
        low=0,
        high=0.99999,
    )
    class_weights: str = option("none", "class weights in the loss", choices=("none", "balanced"))
    label_smoothing: float = option(0.0, "label smoothing", low=0, high=0.5)
    mixup: float = option(
        0.0,
        "mixup: blend pairs of patches with weights from Beta(this, this); 0: none",
        low=0,
        high=10,
    )
    trust: float = option(
        1.0, "distillation weight: share of the teacher's score in the target", low=0, high=1
    )
    devices: int = option(
        0, "devices that share each batch; 0: every GPU there is, or the CPU", low=0, high=64
    )
    deterministic: bool = option(True, "deterministic: the same run twice gives the same numbers")
    checkpoint_batches: int = option(
        0, "also write a checkpoint after this many batches; 0: after each epoch only", low=0
    )
    augment: AugmentConfig = field(
        default_factory=AugmentConfig, metadata={"help": "augmentation of the training patches"}
    )

    def __post_init__(self) -> None:
        _check(self)
        if not isinstance(self.augment, AugmentConfig):
            raise Refusal(f"augment must be an AugmentConfig: found {self.augment!r}.")


def options(config: type[AugmentConfig] | type[TrainConfig]) -> Iterator[Option]:
    """The plain settings of a class, in their order.

    >>> [option.name for option in options(AugmentConfig)][:3]
    ['rotation', 'zoom', 'shift']
    """
    for each in fields(config):
        if "choices" in each.metadata:
            yield Option(
                each.name,
                type(each.default),
                each.default,
                each.metadata["help"],
                each.metadata["choices"],
            )


def to_dict(config: AugmentConfig | TrainConfig) -> dict[str, Any]:
    """The settings as JSON holds them.

    >>> from_dict(to_dict(TrainConfig(epochs=3))) == TrainConfig(epochs=3)
    True
    """
    values = {each.name: getattr(config, each.name) for each in fields(config)}
    return {
        name: to_dict(value) if isinstance(value, AugmentConfig) else value
        for name, value in values.items()
    }


def from_dict(content: Mapping[str, Any]) -> TrainConfig:
    """Settings as saved with a run; raises `Refusal` for an unknown name or a bad value."""
    plain = dict(content)
    augment = plain.pop("augment", {})
    if not isinstance(augment, Mapping):
        raise Refusal(f"augment must hold settings by name: found {augment!r}.")
    _refuse_unknown(AugmentConfig, augment, "augment.")
    _refuse_unknown(TrainConfig, plain, "")
    return TrainConfig(**plain, augment=AugmentConfig(**augment))


def differences(old: TrainConfig, new: TrainConfig) -> list[str]:
    """Settings that differ, as `name old → new`.

    >>> differences(TrainConfig(epochs=3), TrainConfig(epochs=4))
    ['epochs 3 → 4']
    """
    before, after = dict(flat(to_dict(old))), dict(flat(to_dict(new)))
    changed = [name for name in after if before[name] != after[name]]
    return [f"{name} {before[name]} → {after[name]}" for name in changed]


def _refuse_unknown(
    config: type[AugmentConfig] | type[TrainConfig], content: Mapping[str, Any], prefix: str
) -> None:
    known = [each.name for each in fields(config)]
    for name in content:
        if name not in known:
            raise Refusal(f"expected a setting among {', '.join(known)}: found {prefix}{name}.")


def _check(config: AugmentConfig | TrainConfig) -> None:
    for each in fields(config):
        if "choices" not in each.metadata:
            continue
        value, kind = getattr(config, each.name), type(each.default)
        if kind is float and type(value) is int:
            value = float(value)
            object.__setattr__(config, each.name, value)
        if type(value) is not kind:
            raise Refusal(f"{each.name} must be of type {kind.__name__}: found {value!r}.")
        _check_value(each.name, value, each.metadata)


def _check_value(name: str, value: Any, metadata: Mapping[str, Any]) -> None:
    choices, low, high = metadata["choices"], metadata["low"], metadata["high"]
    if choices and value not in choices:
        raise Refusal(f"{name} must be one of {', '.join(choices)}: found {value!r}.")
    if isinstance(value, int | float) and not low <= value <= high:
        limits = f"at least {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"
        raise Refusal(f"{name} must be {limits}: found {value:g}.")
