"""Why patches of a table of labels are not in the data: places that are read another way."""

from collections.abc import Callable, Mapping

import pandas as pd

from idc_core.data.places import SLIDE, place_of
from idc_core.records.raster import USUAL, Raster

_FITS = 0.9
"""From this share of its patches on, a way of reading the places is the one that was meant."""

_Way = Callable[["pd.Series[int]", "pd.Series[int]"], tuple["pd.Series[int]", "pd.Series[int]"]]


def _ways(raster: Raster) -> Mapping[str, _Way]:
    stride, half = raster.stride_px, raster.patch_px // 2
    return {
        "x and y are exchanged": lambda x, y: (y, x),
        "its places are numbers of columns and rows, counted from 0: pixels are expected, "
        f"{stride} × number + 1": lambda x, y: (x * stride + 1, y * stride + 1),
        "its places are those of the patches' centres: the top-left corner is expected": (
            lambda x, y: (x - half, y - half)
        ),
    }


def why_absent(places: pd.DataFrame, known: pd.MultiIndex, raster: Raster = USUAL) -> str:
    """What makes nearly all `places` (columns patient, slide if it has a name, x, y) patches that
    are `known`, in words; "" where nothing does."""
    shifts = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    whose = [places[name] for name in place_of(places)[:-2]]
    ways = dict(_ways(raster)) | {
        _shifted(dx, dy): lambda x, y, dx=dx, dy=dy: (x - dx, y - dy) for dx, dy in shifts
    }
    for words, way in ways.items():
        x, y = way(places["x"], places["y"])
        moved = pd.MultiIndex.from_arrays([*whose, x, y])
        if moved.isin(known).mean() >= _FITS:
            return words
    if not places["patient"].isin(known.get_level_values(0)).any():
        one = str(places["patient"].iloc[0])[:64]
        return f"no patient is called like {one!r}, but like {str(known[0][0])[:64]!r}"
    return _strange_slide(places, known) if SLIDE in places else ""


def _strange_slide(places: pd.DataFrame, known: pd.MultiIndex) -> str:
    """A slide that its patient does not have here."""
    first = places.iloc[0]
    here = known.to_frame(index=False)
    slides = here.loc[here["patient"] == first["patient"], SLIDE].unique()
    if not len(slides) or first[SLIDE] in slides:
        return ""
    return f"no slide of this patient is called {first[SLIDE][:64]!r}, but {', '.join(slides[:4])}"


def _shifted(dx: int, dy: int) -> str:
    said = [
        f"{name} is {'1 too large' if by > 0 else '1 too small'}"
        for name, by in (("x", dx), ("y", dy))
        if by
    ]
    return f"{' and '.join(said)} everywhere"
