"""A file's regions while it is read: numbered in order, what is no area counted with a reason."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely

from idc_core.annotations.region import UNCLASSIFIED, Annotations, Frame, Picture, Region, Shape
from idc_core.annotations.shapes import Points, area_of

ORPHAN = "a negative region with nothing to cut out of"

_SAYS_NOTHING = {"", "none", "null", "nan"}


def plain(name: object) -> str:
    """A class's name as it is compared and shown: "" where it says nothing.

    One form of letters that can be written in two (macOS writes ö as o and ¨), no half letters.
    """
    if name is None or isinstance(name, dict | list):
        return ""
    text = str(name).encode("utf-8", "replace").decode()
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "" if text.casefold() in _SAYS_NOTHING else text


@dataclass(slots=True)
class Gathered:
    """What a reader has found so far."""

    regions: list[Region] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    named_by: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    repaired: int = 0
    holes: int = 0

    def leave(self, reason: str) -> None:
        """Count an object that becomes no region."""
        self.left_out[reason] += 1

    def add_rings(
        self,
        class_name: str,
        rings: Sequence[Points],
        *,
        by: str,
        negative: bool = False,
        source_id: str = "",
        layer: int = 0,
    ) -> None:
        """Add the area of a ring and its holes, or count it among those that have none."""
        if not rings or len(rings[0]) < 3:
            self.leave("an outline of fewer than 3 points")
            return
        shape, mended = area_of(rings)
        if shape is None:
            self.leave("an outline without an area")
            return
        self.repaired += mended
        self.holes += sum(len(ring) >= 3 for ring in rings[1:])
        self.add(class_name, shape, by=by, negative=negative, source_id=source_id, layer=layer)

    def add(
        self,
        class_name: str,
        shape: Shape,
        *,
        by: str,
        negative: bool = False,
        source_id: str = "",
        layer: int = 0,
    ) -> None:
        """Add a valid area; `by` names the field that its class stood in."""
        name = plain(class_name)
        self.holes += negative
        self.named_by[by if name else "no field"] += not negative
        order = len(self.regions)
        self.regions.append(Region(name or UNCLASSIFIED, shape, negative, order, source_id, layer))

    def done(self, tool: str, frame: Frame, picture: Picture | None = None) -> Annotations:
        """All that was found, as a record."""
        self._leave_orphans()
        return Annotations(
            tuple(self.regions),
            tool,
            frame,
            dict(+self.left_out),
            self.repaired,
            self.holes,
            dict(+self.named_by),
            picture,
            tuple(self.notes),
        )

    def _leave_orphans(self) -> None:
        """Count, instead of keep, the negative regions that touch no other of their layer."""
        negative = [region for region in self.regions if region.negative]
        if not negative:
            return
        drawn = [region for region in self.regions if not region.negative]
        tree = shapely.STRtree([region.shape for region in drawn])
        cut, met = tree.query([region.shape for region in negative], predicate="intersects")
        used = {
            negative[a].order
            for a, b in zip(cut.tolist(), met.tolist(), strict=True)
            if negative[a].layer == drawn[b].layer
        }
        kept = [region for region in self.regions if not region.negative or region.order in used]
        self.left_out.update({ORPHAN: len(self.regions) - len(kept)})
        self.regions = kept
