"""Scores next to 0 and next to 1 are told apart, on pages, in charts, tables and reports."""

import re

import pytest

from idc_core.io.digits import digits, short_digits
from idc_core.io.paths import REPOSITORY

APART = (0.0, 1e-6, 2e-6, 1e-3, 0.5, 0.999, 0.99999, 0.999999, 1.0)
FIXED = (
    # a tooltip or a column of a score or threshold with so many decimals
    re.compile(r'Tooltip\("(?:score|threshold)(?::Q)?"[^)]*format="\.\df"'),
    re.compile(r'"(?:score|threshold)": (?:st\.column_config\.N|n)umber(?:Column)?\([^)]*%\.\df'),
    # the same in a sentence
    re.compile(r"\{[^{}]*\b(?:score|threshold)(?:\"\]|'\])?:\.\d[fg]\}"),
)
ALLOWED = {"background:rgba", "style=", "left:"}  # sizes and colours, not words


@pytest.mark.parametrize("written", [digits, short_digits])
def test_no_two_scores_are_written_alike(written):
    assert len({written(score) for score in APART}) == len(APART)


def test_no_page_chart_or_report_writes_a_score_in_so_many_decimals():
    found = []
    for folder in ("dashboard", "idc_core/export/report", "idc_core/export/patient"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            for line in file.read_text(encoding="utf-8").splitlines():
                if any(each.search(line) for each in FIXED) and not any(a in line for a in ALLOWED):
                    found.append(f"{file.name}: {line.strip()}")
    assert found == []
