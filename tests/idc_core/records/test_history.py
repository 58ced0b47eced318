"""The epochs of a training, and what happened in them."""

import pytest

from idc_core.io.files import write_text
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.history import Event, read_events, read_history


def test_shipped_events_are_read_with_the_figure_that_each_checkpoint_was_kept_for():
    first = read_events(REPOSITORY / "models" / "reference")[0]
    assert (first.epoch, first.kind) == (1, "checkpoint")
    assert first.others == {"val_auc": 0.7546584804684157}


def test_lines_that_are_no_events_are_left_out_and_wrong_ones_refused(tmp_path):
    write_text(tmp_path / "events.jsonl", '[]\n{"kind": "stop"}\n{"epoch": 2, "kind": "stop"}\n')
    assert read_events(tmp_path) == [Event(epoch=2, kind="stop")]
    write_text(tmp_path / "events.jsonl", '{"epoch": 2, "kind": "stop", "batch": "x"}\n')
    with pytest.raises(Refusal, match="expected batch in line 1 of"):
        read_events(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("epoch,loss\n1,high\n", r"expected numbers in .*: found words in loss"),
        ("epoch,loss\n1,inf\n", r"expected finite numbers in .*: found others in loss"),
        ("what,is\n1,2\n", r"expected a table of epochs in .*: it cannot be read"),
    ],
)
def test_a_history_that_is_no_table_of_numbers_is_refused(tmp_path, content, said):
    write_text(tmp_path / "history.csv", content)
    with pytest.raises(Refusal, match=said):
        read_history(tmp_path)
