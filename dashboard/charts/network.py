"""A network as a row of boxes: the more channels the wider, the higher its resolution the higher.

A layer is what `idc_core.score.scoring` says of it: `name`, `kind`, `shape` without the batch, and
`parameters`. Names and kinds come from a file, so they are text, never markup.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple, Protocol


class LayerFacts(Protocol):
    """What is known of a layer."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def shape(self) -> Sequence[Any]: ...
    @property
    def parameters(self) -> int: ...


class CostFacts(Protocol):
    """What a layer costs, and its receptive field."""

    @property
    def multiply_adds(self) -> int: ...
    @property
    def sees_px(self) -> int: ...
    @property
    def sees_all(self) -> bool: ...


class Box(NamedTuple):
    """A layer as it is drawn: `width` and `height` relative to the widest and the highest."""

    name: str
    kind: str
    group: str
    facts: str
    width: float
    height: float


def boxes(layers: Sequence[LayerFacts], costs: Mapping[str, CostFacts] | None = None) -> list[Box]:
    """One box per layer, in the order of the network; `costs` by name, where they are known.

    Width and height follow the square root: otherwise a flattened layer would push out all others,
    and the last blocks would be too flat to click.
    """
    sizes = [_size(layer.shape) for layer in layers]
    widest = max((sqrt(channels) for _, channels in sizes), default=1.0)
    highest = max((side for side, _ in sizes), default=1)
    return [
        Box(
            layer.name,
            layer.kind,
            group_of(layer.name),
            facts(layer, (costs or {}).get(layer.name)),
            sqrt(channels) / widest,
            sqrt(side / highest),
        )
        for layer, (side, channels) in zip(layers, sizes, strict=True)
    ]


def facts(layer: LayerFacts, cost: CostFacts | None = None) -> str:
    """A layer in one line: kind, shape of its output, cost, receptive field."""
    size = " × ".join(str(part) for part in _true_shape(layer.shape))
    said = [layer.kind, size]
    if layer.parameters:
        said.append(f"{layer.parameters:,} parameters")
    if cost is not None and cost.multiply_adds:
        said.append(f"{millions(cost.multiply_adds)} multiply-adds")
    if cost is not None:
        field = "whole patch" if cost.sees_all else f"{cost.sees_px} × {cost.sees_px} px"
        said.append(f"receptive field: {field}")
    return " · ".join(said)


def millions(count: int) -> str:
    """A large count.

    >>> millions(1_460_000), millions(256)
    ('1.46 million', '256')
    """
    return f"{count / 1e6:.2f} million" if count >= 100_000 else f"{count:,}"


def group_of(name: str) -> str:
    """The part of the network that a layer belongs to, read from its name.

    >>> group_of("block1_res1_relu2"), group_of("dense1_norm"), group_of("logit")
    ('block1', 'dense1', 'logit')
    """
    return name.split("_", maxsplit=1)[0]


def first_to_show(layers: Sequence[LayerFacts]) -> str | None:
    """The layer to open with: the first rectified one that has places, else the first layer."""
    for layer in layers:
        if "relu" in layer.kind.lower() and len(_true_shape(layer.shape)) == 3:
            return layer.name
    return layers[0].name if layers else None


def _size(shape: Sequence[Any]) -> tuple[int, int]:
    """Side in pixels and number of channels."""
    true = _true_shape(shape)
    return (true[0] if len(true) == 3 else 1), (true[-1] if true else 1)


def _true_shape(shape: Sequence[Any]) -> tuple[int, ...]:
    """A shape without its batch, whether or not the file named one."""
    whole = [part for part in shape if isinstance(part, int) and part > 0]
    return tuple(whole[-3:]) if len(whole) >= 3 else tuple(whole[-1:])
