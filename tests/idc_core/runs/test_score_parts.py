"""Whether predictions may be held in memory, and where that is set."""

import pytest

from idc_core.io.refusal import Refusal
from idc_core.runs import score_parts
from idc_core.runs.score_parts import TooMany
from tests.idc_core.many.worlds import drawn, run_of


def test_a_smaller_machine_may_say_how_many_it_holds(monkeypatch, tmp_path):
    rows = drawn()
    run = run_of(tmp_path / "run", rows)
    assert not score_parts.are_too_many(run.path)
    monkeypatch.setenv("IDC_MOST_IN_MEMORY", str(len(rows) - 1))
    assert score_parts.are_too_many(run.path)
    with pytest.raises(TooMany, match=f"at most {len(rows) - 1:,} predictions"):
        run.predictions()
    monkeypatch.setenv("IDC_MOST_IN_MEMORY", str(len(rows)))
    assert len(run.predictions()) == len(rows)


def test_a_setting_that_is_no_number_is_refused(monkeypatch, tmp_path):
    run = run_of(tmp_path / "run", drawn())
    monkeypatch.setenv("IDC_MOST_IN_MEMORY", "many")
    with pytest.raises(Refusal, match="expected a number of predictions in IDC_MOST_IN_MEMORY"):
        score_parts.are_too_many(run.path)
