"""What lies beside a run's predictions is refused by name where it is of another kind."""

import pytest

from dashboard.cache import operating, runs
from idc_core.io.refusal import Refusal
from idc_core.records.history import Event


def read_all():
    run = runs.run("small")
    runs.history(run)
    runs.report(run)
    operating.locked_threshold(run)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("run.json", '{"data": 3}', "data in .* to be an object: found '3'"),
        ("run.json", '{"config": []}', "config in .* to be an object"),
        ("run.json", '{"monitor": 1}', "monitor in .* to be a text"),
        ("run.json", '{"wall_seconds": "long"}', "wall_seconds in .* to be a number"),
        ("history.csv", "epoch,loss\n1,high\n", "numbers in .*: found words in loss"),
        ("report.json", '{"splits": {"test": {}}}', "train_cli.py evaluate --run small"),
        ("operating_points.jsonl", '{"threshold": 2}\n', "from 0 to 1 in the last line"),
        ("operating_points.jsonl", "[]\n", "train_cli.py evaluate --run small"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(own_run, file, content, said):
    (own_run / file).write_text(content)
    with pytest.raises(Refusal, match=said):
        read_all()


def test_events_without_an_epoch_are_left_out(own_run):
    lines = "[]", '{"kind": "resume"}', '{"epoch": 2, "kind": "resume"}', ""
    (own_run / "events.jsonl").write_text("\n".join(lines))
    assert runs.events(runs.run("small")) == [Event(epoch=2, kind="resume")]
