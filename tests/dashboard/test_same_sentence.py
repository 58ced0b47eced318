"""A broken file of ours is the same sentence on the page and on the command line."""

import sys

import pytest

import train_cli
from idc_core.io.files import append_json_line, read_json, write_json, write_text

RUN, STORE = "models/small", "data/tiny"
EVALUATE, REPORT = ("evaluate", "--run", "small"), ("report", "--run", "small")
TRAIN = ("train", "--data", "tiny", "--run", "new")


def changed(**fields):
    def damage(file):
        write_json(file, read_json(file) | fields)

    return damage


def a_line(**fields):
    def damage(file):
        append_json_line(file, fields)

    return damage


def words(file):
    write_text(file, "epoch,loss\n1,high\n")


@pytest.mark.parametrize(
    ("file", "damage", "view", "command"),
    [
        (f"{RUN}/run.json", changed(data=3), "operating-point/threshold", EVALUATE),
        (f"{RUN}/run.json", changed(format=9), "operating-point/threshold", EVALUATE),
        (f"{RUN}/report.json", changed(threshold="high"), "overview", REPORT),
        (
            f"{RUN}/operating_points.jsonl",
            a_line(threshold=2),
            "operating-point/threshold",
            EVALUATE,
        ),
        (f"{RUN}/history.csv", words, "training", REPORT),
        (f"{STORE}/manifest.json", changed(files="many"), "data", TRAIN),
    ],
)
def test_page_and_command_line_say_the_same(
    own_world, app, monkeypatch, capsys, file, damage, view, command
):
    damage(own_world / file)
    monkeypatch.setattr(sys, "argv", ["train_cli.py", *command])
    with pytest.raises(SystemExit) as left:
        train_cli.main()
    said = capsys.readouterr().err.strip().splitlines()[-1]  # a slow command tells what it does
    assert left.value.code == 2
    assert file.rsplit("/", 1)[1] in said
    page = app(run="small").open(view)
    assert not page.failed
    shown = page.text.replace("\\", "")
    assert said.removeprefix("Not done: ") in shown
