"""What is said of the four counts at one threshold: the matrix, and the patches to be reviewed."""

from idc_core.facts.outcomes import words_of
from idc_core.io.digits import UNDEFINED, counted, many
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

PLACES = {"tp": (0, 0), "fn": (0, 1), "fp": (1, 0), "tn": (1, 1)}
"""Row (label) and column (prediction) of each outcome."""


def matrix(counts: Confusion, raster: Raster) -> dict[str, str]:
    """`count`, `row` (share of the label) and `column` (of the prediction) of each outcome, and all
    four counts in a line, `matrix.read`.

    >>> matrix(Confusion(tn=7, fp=2, fn=1, tp=3), Raster())["tp.column"]
    '60.0 % of predicted IDC'
    """
    values = {"tp": counts.tp, "fn": counts.fn, "fp": counts.fp, "tn": counts.tn}
    labels = raster.positive, raster.negative
    calls = raster.predicted(True), raster.predicted(False)
    said = {"matrix.read": _read(counts, raster)}
    for outcome, (row, column) in PLACES.items():
        in_row = sum(values[each] for each, at in PLACES.items() if at[0] == row)
        in_column = sum(values[each] for each, at in PLACES.items() if at[1] == column)
        said |= {
            f"{outcome}.count": many(values[outcome]),
            f"{outcome}.row": _share(values[outcome], in_row, labels[row]),
            f"{outcome}.column": _share(values[outcome], in_column, calls[column]),
        }
    return said


def workload(counts: Confusion, raster: Raster) -> tuple[str, str]:
    """Key and text: how many patches are to be reviewed at the threshold, and what they find."""
    reviewed = _percent(counts.tp + counts.fp, counts.total)
    found = _percent(counts.tp, counts.tp + counts.fn)
    return (
        "workload.said",
        f"At this threshold {reviewed} of the patches are reviewed to find "
        f"{found} of the {raster.positive}.",
    )


def _read(counts: Confusion, raster: Raster) -> str:
    words = words_of(raster)
    return (
        f"{many(counts.tp)} {words['tp']}, {many(counts.fn)} {words['fn']}, "
        f"{counted(counts.fp, 'false alarm')}, {counted(counts.tn, 'true negative')}"
    )


def _share(part: int, whole: int, of: str) -> str:
    return f"{100 * (part / whole):.1f} % of {of}" if whole else f"{UNDEFINED} (no patch: {of})"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else UNDEFINED
