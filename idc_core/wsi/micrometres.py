"""How many µm a pixel is, as an image file says: OME, ImageJ, or a TIFF's resolution.

Each direction on its own: some cameras and some programs write different ones.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

SANE_UM = (0.05, 100.0)
"""µm per pixel outside this are a mistake in the file: they are not taken."""

COARSEST_UM = 20.0
"""300 dots an inch are 85 µm: a printer's number, as coarse as no microscope is."""

SAME = 0.01
"""Share by which both directions may differ and still count as one."""

_IN_UM = {
    "nm": 1e-3,
    "µm": 1.0,
    "μm": 1.0,
    "um": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
    "cm": 1e4,
    "m": 1e6,
    "inch": 25_400.0,
    "in": 25_400.0,
}
"""The micro sign and the Greek letter look alike, and both are written."""

_TIFF_UNITS = {2: "inch", 3: "cm"}
_PIXELS = re.compile(r"<(?:\w+:)?Pixels\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, slots=True)
class Micrometres:
    """µm of a pixel across (`x`) and down (`y`)."""

    x: float
    y: float

    @property
    def mean(self) -> float:
        return (self.x + self.y) / 2

    @property
    def differ(self) -> bool:
        return abs(self.x - self.y) > SAME * self.mean

    def words(self) -> str:
        """
        >>> Micrometres(0.5, 0.25).words(), Micrometres(0.5, 0.5).words()
        ('0.5 µm per pixel across and 0.25 down', '0.5 µm per pixel')
        """
        if self.differ:
            return f"{self.x:.3g} µm per pixel across and {self.y:.3g} down"
        return f"{self.mean:.3g} µm per pixel"


def of_file(
    description: str, size: tuple[int, int], resolution: tuple[float, float], unit: int
) -> Micrometres | None:
    """What a TIFF says of a page of `size` (width, height); None where it says nothing usable.

    `description`: its ImageDescription. `resolution`: pixels a unit across and down (0: not
    given), `unit`: TIFF's ResolutionUnit (1 none, 2 inch, 3 cm). OME goes before ImageJ, which
    writes its own unit beside TIFF's "none", and both before TIFF's.
    """
    named = re.search(r"^unit=(.+)$", description, re.MULTILINE)
    in_imagej = _unit(named[1]) if named and description.startswith("ImageJ=") else None
    return (
        of_ome(description, size)
        or _per_unit(resolution, in_imagej)
        or _per_unit(resolution, _IN_UM.get(_TIFF_UNITS.get(unit, "")))
    )


def of_ome(xml: str, size: tuple[int, int]) -> Micrometres | None:
    """PhysicalSizeX and Y of the image of that size in OME-XML, as attributes in text.

    >>> of_ome('<Pixels SizeX="8" SizeY="6" PhysicalSizeX="500" PhysicalSizeXUnit="nm"/>', (8, 6))
    Micrometres(x=0.5, y=0.5)
    """
    for found in _PIXELS.finditer(xml):
        known = {
            name: html.unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(found[1])
        }
        if (known.get("SizeX"), known.get("SizeY")) == (str(size[0]), str(size[1])):
            return _both(_ome_um(known, "X"), _ome_um(known, "Y"))
    return None


def of_slide(properties: Mapping[str, str], size: tuple[int, int]) -> Micrometres | None:
    """What OpenSlide tells of a slide, or the OME or ImageJ text that it passes on."""
    across, down = (_number(properties.get(f"tiff.{axis}Resolution")) or 0.0 for axis in "XY")
    told = of_file(properties.get("tiff.ImageDescription", ""), size, (across, down), 1)
    return told or _both(*(_number(properties.get(f"openslide.mpp-{axis}")) for axis in "xy"))


def _ome_um(known: Mapping[str, str], axis: str) -> float | None:
    value = _number(known.get(f"PhysicalSize{axis}"))
    unit = _unit(known.get(f"PhysicalSize{axis}Unit", "µm"))
    return None if value is None or unit is None else value * unit


def _unit(text: str) -> float | None:
    """µm of a unit by its name; ImageJ may write the micro sign as an escape."""
    return _IN_UM.get(text.strip().replace("\\u00B5", "µ").replace("\\u00b5", "µ").lower())


def _per_unit(resolution: tuple[float, float], um: float | None) -> Micrometres | None:
    if um is None:
        return None
    return _both(*(um / pixels if pixels > 0 else None for pixels in resolution))


def _both(x: float | None, y: float | None) -> Micrometres | None:
    """Both directions, where one is given for both too; None where one of them is no microscope's.

    What the first direction says is not made up from the second: it must be there.
    """
    if x is None:
        return None
    y = x if y is None else y
    sane = all(SANE_UM[0] <= each <= COARSEST_UM for each in (x, y))
    return Micrometres(x, y) if sane else None


def _number(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None
