"""The ledger as a file and in words."""

from dashboard.views.operating_point.threshold.ledger_table import in_words
from idc_core.runs.ledger import Chain


def test_a_broken_chain_is_said_with_its_line():
    assert "Line 2 of 3 does not match" in in_words(Chain(3, 1, 2), 0)


def test_a_whole_chain_and_older_lines_are_told_apart():
    assert "each of the last 2 carries the hash" in in_words(Chain(3, 2, None), 1)
    assert "written before lines were linked by hashes" in in_words(Chain(1, 0, None), 1)
    assert in_words(Chain(1, 0, None), 1).endswith("1 threshold has been shown on test so far.")
