"""How large a region is: in mm² and µm where the size of a pixel is known, else in pixels."""

from dataclasses import dataclass

import numpy as np
import shapely

from idc_core.annotations.region import Shape

PixelUm = tuple[float, float]
"""µm of a pixel across and down."""

NOT_KNOWN = "the size of a pixel is not known, so regions are measured in pixels"


@dataclass(frozen=True, slots=True)
class Measured:
    """`area` and `perimeter`, holes counted in the perimeter: mm² and µm, or px² and px where
    `in_um` is false."""

    area: float
    perimeter: float
    in_um: bool

    def words(self) -> str:
        """
        >>> Measured(0.25, 2000, True).words(), Measured(2500, 200, False).words()
        ('0.25 mm², perimeter 2,000 µm', '2,500 px², perimeter 200 px')
        """
        area, perimeter = self.units
        return (
            f"{area_words(self.area, area)}, perimeter {length_words(self.perimeter)} {perimeter}"
        )

    @property
    def units(self) -> tuple[str, str]:
        """Of the area and of the perimeter."""
        return ("mm²", "µm") if self.in_um else ("px²", "px")


def measure(shape: Shape, um: PixelUm | None) -> Measured:
    """Area and perimeter of a shape in pixels of `um` µm.

    >>> measure(shapely.box(0, 0, 1000, 2000), (0.5, 0.5))
    Measured(area=0.5, perimeter=3000.0, in_um=True)
    """
    if um is None:
        return Measured(float(shape.area), float(shape.length), False)
    scaled = shapely.transform(shape, lambda xy: xy * np.array(um))
    return Measured(float(scaled.area) / 1e6, float(scaled.length), True)


def area_words(area: float, unit: str) -> str:
    """Three digits, so that small regions are told apart.

    >>> area_words(0.012345, "mm²"), area_words(1234.5, "px²")
    ('0.0123 mm²', '1,234 px²')
    """
    said = f"{area:,.0f}" if area >= 1000 or unit == "px²" else f"{area:.3g}"
    return f"{said} {unit}"


def length_words(length: float) -> str:
    """
    >>> length_words(1234.5), length_words(12.345)
    ('1,234', '12.3')
    """
    return f"{length:,.0f}" if length >= 100 else f"{length:.3g}"
