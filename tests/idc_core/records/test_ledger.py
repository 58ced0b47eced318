"""Thresholds that were chosen, and seen on test."""

import pytest

from idc_core.io import record
from idc_core.io.files import read_json_lines, write_text
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import LEDGER, LOOKS, Look, read_looks, read_points


def test_a_shipped_ledger_is_read_without_loss():
    run = REPOSITORY / "models" / "reference"
    [said], [point] = read_json_lines(run / LEDGER), read_points(run)
    assert record.fields(point) == said | {"by": None}


def test_a_line_that_is_no_threshold_is_named_by_its_number_and_the_last_may_go(tmp_path):
    write_text(tmp_path / LEDGER, '{"threshold": 2}\n{"threshold": 0.5}\n')
    with pytest.raises(Refusal, match=r"in line 1 of .*jsonl: found .* Put the file back"):
        read_points(tmp_path)
    write_text(tmp_path / LEDGER, '{"threshold": 0.5}\n{"threshold": true}\n')
    with pytest.raises(Refusal, match=r"in the last line of .* Remove that line"):
        read_points(tmp_path)
    write_text(tmp_path / LEDGER, '{"threshold": 0.5, "n_patches": "many"}\n')
    with pytest.raises(Refusal, match=r"expected n_patches in the last line of .* whole number"):
        read_points(tmp_path)


def test_a_look_says_what_it_does_not_know_and_keeps_what_nobody_knows(tmp_path):
    record.append(tmp_path / LOOKS, Look(threshold=0.5, others={"page": "threshold"}))
    assert read_json_lines(tmp_path / LOOKS) == [
        {"threshold": 0.5, "calibration": None, "at": None, "previous": None}
        | {"page": "threshold"}
    ]
    assert read_looks(tmp_path)[0].others == {"page": "threshold"}


def test_a_look_without_a_threshold_is_refused(tmp_path):
    write_text(tmp_path / LOOKS, '{"threshold": 0.5}\n{}\n')
    with pytest.raises(Refusal, match=r"expected threshold in line 2 of .* Put the file back"):
        read_looks(tmp_path)
