"""What a page of the list counts at each threshold, by hand."""

import gzip
import json

import numpy as np

from idc_core.threshold_table import of_rows
from idc_core.threshold_table.of_rows import Row

GRID = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
LABELS = np.array([1, 1, 1, 0, 0], np.int8)
SCORES = np.array([0.9, 0.6, 0.1, 0.8, 0.3])
READ = np.array([False, True, False, True, False])
ROW = Row(LABELS, SCORES, READ, whole=True)


def test_missed_false_alarms_and_those_with_a_verdict_are_counted_at_each_threshold():
    found = of_rows.counted(ROW, GRID)
    assert found.fn.tolist() == [0, 1, 1, 2, 3]
    assert found.fp.tolist() == [2, 2, 1, 1, 0]
    # Of those read, 0.6 is missed above it and 0.8 is a false alarm up to it.
    assert found.judged.tolist() == [1, 1, 1, 2, 1]


def test_rows_are_told_as_differences_and_the_same_rows_are_the_same_bytes():
    rows = [ROW, Row(LABELS[3:], SCORES[3:], READ[:2], whole=False)]
    content = of_rows.encoded(rows, "it", (GRID, "even"))
    assert content == of_rows.encoded(rows, "it", (GRID, "even"))
    told = json.loads(gzip.decompress(content))
    assert (told["format"], told["of"], told["grid"]) == (of_rows.FORMAT, "it", GRID.tolist())
    first, second = told["rows"]
    assert (first["positives"], first["negatives"], first["whole"]) == (3, 2, True)
    assert (first["fn"], first["fp"]) == ([0, 1, 0, 1, 1], [2, 0, -1, 0, -1])
    assert (second["positives"], second["negatives"], second["whole"]) == (0, 2, False)
