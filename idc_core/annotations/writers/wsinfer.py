"""WSInfer's table of patches (`model-outputs-csv/<slide>.csv`): level-0 pixels of the whole slide.

A row a box: `minx, miny, width, height`, a column `prob_<class>` for each class, its own class,
then what else is said of it. WSInfer and what reads its tables leave columns of other names alone.
"""

from collections.abc import Sequence

from idc_core.annotations.writers.outline import Facts, Outline
from idc_core.annotations.writers.rings import number
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv

PLACE = ("minx", "miny", "width", "height")
CHANCE = "prob_"


def write(outlines: Sequence[Outline], facts: Facts) -> str:
    """The table as text; `facts` by the names of their columns, the same in every row.

    Raises `Refusal` where an outline is no upright rectangle, or has no probability.
    """
    for each in outlines:
        _refuse_other(each)
    classes = list(dict.fromkeys(name for each in outlines for name in each.chances))
    texts = list(dict.fromkeys(name for each in outlines for name in each.texts))
    numbers = list(dict.fromkeys(name for each in outlines for name in each.measures))
    chances = [f"{CHANCE}{name}" for name in classes]
    header = [*PLACE, *chances, "class", *numbers, *texts, *facts]
    return safe_csv(
        header,
        (
            [
                *_place(each),
                *(each.chances.get(name) for name in classes),
                each.class_name,
                *(each.measures.get(name) for name in numbers),
                *(each.texts.get(name) for name in texts),
                *facts.values(),
            ]
            for each in outlines
        ),
    )


def _place(outline: Outline) -> list[float]:
    left, top, right, bottom = outline.shape.bounds
    return [number(value) for value in (left, top, right - left, bottom - top)]


def _refuse_other(outline: Outline) -> None:
    if not outline.chances:
        raise Refusal(
            f"expected squares with a probability for WSInfer's table: {outline.class_name!r} has "
            "none. Write outlines for QuPath, ASAP or ImageScope."
        )
    left, top, right, bottom = outline.shape.bounds
    if outline.shape.area < (right - left) * (bottom - top) * (1 - 1e-9):
        raise Refusal(
            f"expected upright rectangles for WSInfer's table: an outline of "
            f"{outline.class_name!r} is none. Write it for QuPath, ASAP or ImageScope."
        )
