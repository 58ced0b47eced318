"""The way that cutting a slide goes: file, frame, classes, overlaps, shares, labels."""

from collections.abc import Callable
from pathlib import Path

from idc_core.annotations.areas import solid
from idc_core.annotations.classes import read_class_map
from idc_core.annotations.frames import in_level0
from idc_core.annotations.labels import Label, Thresholds, labels
from idc_core.annotations.opening import read
from idc_core.annotations.overlaps import settle
from idc_core.annotations.squares import shares
from idc_core.records.slide_frame import SlideFrame

P, N, U, X, E = (
    Label.POSITIVE,
    Label.NEGATIVE,
    Label.UNDECIDED,
    Label.UNKNOWN,
    Label.EXCLUDED,
)


def square(name: str, left: int, top: int, right: int, bottom: int) -> dict[str, object]:
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"objectType": "annotation", "classification": {"name": name}},
    }


def test_a_sparsely_annotated_slide_with_bounds(
    written: Callable[[object], Path], tmp_path: Path
) -> None:
    table = tmp_path / "classes.csv"
    table.write_text("pattern,class\ntumou?r,positive\nstroma,negative\nfold,exclude\n")
    file = written(
        [
            square("Tumor", 0, 0, 19, 10),
            square("stroma", 10, 0, 40, 20),
            square("fold", 5, 25, 9, 29),
        ]
    )
    slide = SlideFrame((200, 200), bounds_x=100, bounds_y=50, bounds_size=(50, 40))
    drawn = in_level0(read(file), slide)
    settled = settle(solid(drawn), read_class_map(table).roles(drawn.classes))
    shared = {role: shares(shape, 5, 3, 10, 100, 50) for role, shape in settled.shapes.items()}
    # The tumour is smaller than the stroma: 9 of 10 columns of the second square are its.
    assert settled.conflicts == 1
    assert labels(shared, Thresholds(), exhaustive=False).tolist() == [
        [P, P, N, N, X],
        [X, N, N, N, X],
        [E, X, X, X, X],
    ]
    assert labels(shared, Thresholds(positive_from=0.95), exhaustive=True).tolist() == [
        [P, U, N, N, N],
        [N, N, N, N, N],
        [E, N, N, N, N],
    ]
