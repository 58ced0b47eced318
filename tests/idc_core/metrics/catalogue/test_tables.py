"""docs/numbers.md is made from the records."""

import pytest

from idc_core.metrics.catalogue.__main__ import DOCUMENT
from idc_core.metrics.catalogue.tables import table, written


def test_the_committed_document_is_what_the_catalogue_makes():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m idc_core.metrics.catalogue"


def test_a_row_says_what_it_is_counted_on_how_sure_it_is_and_when_it_misleads():
    row = next(line for line in table("threshold").splitlines() if line.startswith("| Specificity"))
    assert row.split(" | ")[3:] == [
        "TN of TN + FP patches without IDC",
        "higher (0 to 1)",
        "leaving out one patient at a time; held in 91 to 97 of 100 sets",
        "alone; and where the patches without IDC come from a few patients (their interval is "
        "wide) |",
    ]


def test_a_document_without_a_chapters_marks_is_refused():
    with pytest.raises(ValueError, match="expected <!-- metrics: threshold --> and"):
        written("# Every number\n")
