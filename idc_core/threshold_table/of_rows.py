"""What a page of the list of patients counts at every threshold: the browser writes its cells.

The texts of forty patients took 300 KB and half a second to pack. Counts take a tenth of the bytes
and a thirtieth of the time; the browser writes them as `facts/row_words.py` does.
`docs/threshold-table.md` describes it.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.curves import Numbers
from idc_core.metrics.sorted_scores import Counts, below
from idc_core.threshold_table.grid import Scale

FORMAT = "idc-threshold-rows/1"


@dataclass(frozen=True, slots=True)
class Row:
    """A patient's patches: `labels`, `scores` and `has_verdict`, (n,) each; whether they are the
    `whole` tissue, of which alone a burden can be said."""

    labels: npt.NDArray[np.int8]
    scores: Numbers
    has_verdict: npt.NDArray[np.bool_]
    whole: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A row's patches at each threshold, (thresholds,) each: missed, false alarms, and errors that
    have a verdict."""

    fn: Counts
    fp: Counts
    judged: Counts


def counted(row: Row, thresholds: Numbers) -> Counted:
    """Count a row."""
    is_idc = row.labels == 1
    idc, others = (np.sort(row.scores[own]) for own in (is_idc, ~is_idc))
    missed = below(np.sort(row.scores[is_idc & row.has_verdict]), thresholds)
    read = np.sort(row.scores[~is_idc & row.has_verdict])
    return Counted(
        fn=below(idc, thresholds),
        fp=len(others) - below(others, thresholds),
        judged=missed + len(read) - below(read, thresholds),
    )


def encoded(rows: Sequence[Row], of: str, grid: tuple[Numbers, Scale]) -> bytes:
    """The rows of a page as gzipped JSON; `grid` is that of the split's table."""
    thresholds, _ = grid
    told = {
        "format": FORMAT,
        "of": of,
        "grid": thresholds.tolist(),
        "rows": [_told(row, counted(row, thresholds)) for row in rows],
    }
    text = json.dumps(told, allow_nan=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=4, mtime=0)


def _told(row: Row, found: Counted) -> dict[str, Any]:
    """Counts as differences from threshold to threshold, most of which are 0."""
    positives = int((row.labels == 1).sum())
    steps = {
        name: np.diff(getattr(found, name), prepend=0).tolist() for name in ("fn", "fp", "judged")
    }
    sizes = {"positives": positives, "negatives": len(row.labels) - positives}
    return {**sizes, "whole": row.whole, **steps}
