"""What every writer takes: an area of a class, and what is said of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from idc_core.annotations.areas import solid
from idc_core.annotations.region import UNCLASSIFIED, Annotations, Shape

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

PALETTE: tuple[Colour, ...] = (
    (213, 94, 0),
    (0, 114, 178),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (240, 228, 66),
)
"""Okabe & Ito (2008); classes that have no colour of their own take one after the other."""

Facts = Mapping[str, object]
"""What the file was made of, by name; what is None is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An area in pixels of the slide's finest level.

    `id`: the same at every writing, "" for one that the tool gives. `measures`: numbers; those that
    are not finite are left out. `texts`: who says what of it. `chances`: class → probability.
    """

    class_name: str
    shape: Shape
    id: str = ""
    name: str = ""
    colour: Colour | None = None
    is_detection: bool = False
    measures: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, float]:
        """The measures that are known."""
        return {name: value for name, value in self.measures.items() if math.isfinite(value)}

    def line(self) -> str:
        """Its name, or what is said of it where it has none, and its numbers: for tools that have
        one text for all.

        >>> from shapely import box
        >>> Outline(class_name="a", shape=box(0, 0, 1, 1), name="x1", measures={"score": 1}).line()
        'x1; score: 1'
        """
        numbers = [f"{name}: {value:.6g}" for name, value in self.numbers.items()]
        texts = [f"{name}: {text}" for name, text in self.texts.items()]
        return "; ".join([*([self.name] if self.name else texts), *numbers])


def outlines_of(annotations: Annotations) -> list[Outline]:
    """The regions of a file as outlines, negative ones cut out."""
    return [
        Outline(class_name=region.class_name, shape=region.shape) for region in solid(annotations)
    ]


def colours_of(outlines: Sequence[Outline]) -> dict[str, Colour]:
    """Class → its colour: the first that an outline of it has, else one of `PALETTE`."""
    names = sorted({outline.class_name for outline in outlines})
    found = {name: PALETTE[at % len(PALETTE)] for at, name in enumerate(names)}
    for outline in reversed(outlines):
        if outline.colour is not None:
            found[outline.class_name] = outline.colour
    return found


def has_class(outline: Outline) -> bool:
    """Whether it has a class that a tool may be told."""
    return outline.class_name != UNCLASSIFIED
