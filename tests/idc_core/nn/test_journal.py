"""History and events are appended to, each row once, whatever a kill left behind."""

from pathlib import Path

import pandas as pd

from idc_core.io.files import read_json_lines
from idc_core.nn.journal import append_events, append_history
from idc_core.records.history import Event


def test_rows_are_added_under_one_header_and_never_twice(tmp_path: Path) -> None:
    for epoch in (1, 2, 2, 1, 3):
        append_history(tmp_path, {"epoch": epoch, "loss": 1 / epoch})
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table["loss"].tolist() == [1, 1 / 2, 1 / 3]


def test_a_row_cut_short_by_a_kill_is_written_again(tmp_path: Path) -> None:
    append_history(tmp_path, {"epoch": 1, "loss": 0.5})
    with (tmp_path / "history.csv").open("a") as file:
        file.write("2,0.4")
    append_history(tmp_path, {"epoch": 2, "loss": 0.41})
    assert (tmp_path / "history.csv").read_text() == "epoch,loss\n1,0.5\n2,0.41\n"


def test_an_unknown_number_is_an_empty_cell(tmp_path: Path) -> None:
    append_history(tmp_path, {"epoch": 1, "val_auc": float("nan"), "loss": 0.5})
    assert (tmp_path / "history.csv").read_text() == "epoch,val_auc,loss\n1,,0.5\n"


def test_events_get_a_time_and_only_a_resume_may_repeat(tmp_path: Path) -> None:
    drop, resume = Event(epoch=2, kind="learning_rate_drop"), Event(epoch=2, kind="resume")
    append_events(tmp_path, [drop, resume])
    append_events(tmp_path, [drop, resume])
    events = read_json_lines(tmp_path / "events.jsonl")
    assert [event["kind"] for event in events] == ["learning_rate_drop", "resume", "resume"]
    assert all(event["at"].endswith("Z") for event in events)


def test_a_torn_event_is_cut_off(tmp_path: Path) -> None:
    append_events(tmp_path, [Event(epoch=1, kind="checkpoint")])
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"epoch": 2, "ki')
    append_events(tmp_path, [Event(epoch=2, kind="checkpoint")])
    assert [event["epoch"] for event in read_json_lines(tmp_path / "events.jsonl")] == [1, 2]
