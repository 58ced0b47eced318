"""What every reader returns: regions with a class, in the frame of their file, and what was left
out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from shapely import MultiPolygon, Polygon

Shape: TypeAlias = Polygon | MultiPolygon
"""Valid, with a positive area; exteriors and holes in any direction."""

UNCLASSIFIED = "unclassified"
"""Class of a region that its file gives none."""


class Frame(Enum):
    """What the coordinates of a file count, and from where."""

    SHOWN = "level-0 pixels of what QuPath shows, which may be the cropped bounds"
    CANVAS = "level-0 pixels of the whole slide"
    NANOMETRES = "nanometres from the centre of the slide"
    PICTURE = "pixels of a picture of the slide, which may be reduced"
    FRACTION = "fractions of the slide's width"


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that outlines were drawn on; pixels, None where the file does not say."""

    name: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Region:
    """One area as it was drawn, of class `class_name`.

    A `negative` one is cut out of the others of its `layer` (`areas.solid`). `order` counts from 0
    through the file; `source_id` is what the file calls the region, "" where it has no name.
    """

    class_name: str
    shape: Shape
    negative: bool
    order: int
    source_id: str
    layer: int = 0


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a file holds. `tool` wrote it, in `frame`.

    `left_out`: reason → objects that are no regions; `repaired`: regions whose outline crossed
    itself; `holes`: rings cut out, and negative regions; `named_by`: field of the file → regions
    that have their class from it; `notes`: sentences on how the file was read.
    """

    regions: tuple[Region, ...]
    tool: str
    frame: Frame
    left_out: Mapping[str, int] = field(default_factory=dict)
    repaired: int = 0
    holes: int = 0
    named_by: Mapping[str, int] = field(default_factory=dict)
    picture: Picture | None = None
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> dict[str, int]:
        """Class → number of its regions, negative ones left out; the most frequent first."""
        counts = Counter(region.class_name for region in self.regions if not region.negative)
        return dict(counts.most_common())
