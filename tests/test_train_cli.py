"""The command line: what it says, what it exits with, and what it does not touch."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import cv2
import numpy as np
import pandas as pd
import pytest

import train_cli
from idc_core.cli import train as cli_train
from idc_core.cli.console import BRING, DATA, JUDGE, KEEP, TRAIN
from idc_core.cli.train_options import AUGMENTATION, GROUPS, TRACKING, WHAT
from idc_core.io.files import append_json_line
from idc_core.io.progress import Progress
from idc_core.records.run_info import read_info
from idc_core.runs import seal
from idc_core.runs.rename_store import rename_store
from idc_core.runs.run import open_run
from idc_core.train.config import AugmentConfig, TrainConfig, options
from idc_core.train.networks import NAMES

CLI = Path(train_cli.__file__)
WITH_A_SMALL_NETWORK = """
import train_cli
from idc_core.nn.models import NETWORKS
from tests.idc_core.nn.children import remembering

NETWORKS["sepres"] = remembering
train_cli.main()
"""
"""The command line, where the default network would take most of the time to begin."""


class Said(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def own_world(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small world that `data/` and `models/` point to."""
    copy = tmp_path / "world"
    shutil.copytree(world, copy)
    monkeypatch.setenv("IDC_DATA", str(copy / "data"))
    monkeypatch.setenv("IDC_MODELS", str(copy / "models"))
    return copy


@pytest.fixture
def command(
    own_world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Calls `main` as a shell would, in this process."""

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["train_cli.py", *map(str, words)])
        capsys.readouterr()
        # Typer leaves by `SystemExit` whatever happened.
        with pytest.raises(SystemExit) as left:
            train_cli.main()
        captured = capsys.readouterr()
        return Said(int(left.value.code or 0), captured.out, captured.err)

    return run


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _draw(folder: Path, patients: int = 6, each: int = 12) -> Path:
    """Patches in Kaggle's layout; IDC is darker."""
    rng = np.random.default_rng(5)
    for patient in range(9001, 9001 + patients):
        for at in range(each):
            label = at % 2
            file = folder / str(patient) / str(label)
            file.mkdir(parents=True, exist_ok=True)
            pixels = np.clip(rng.normal(200 - 70 * label, 25, (50, 50, 3)), 0, 255)
            name = f"{patient}_idx5_x{50 * at + 1}_y1_class{label}.png"
            assert cv2.imwrite(str(file / name), pixels.astype(np.uint8))
    return folder


# --- what a user gets wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["prepare", "nowhere", "--name", "new"], "it is not there"),
        (["prepare", "{source}", "--name", "new", "--fractions", "a,b"], "expected fractions like"),
        (["prepare", "{source}", "--name", "new", "--fractions", "0.5,0.5"], "fractions"),
        (["prepare", "{source}", "--name", "new", "--split", "absent.csv"], "absent.csv"),
        (["train", "--run", "new"], "expected --data NAME"),
        (["train", "--run", "small", "--final", "--epochs", "3"], "found --epochs. Train a run"),
        (["train", "--run", "absent", "--final"], "expected a run in"),
        (["train", "--run", "new", "--data", "absent"], "absent"),
        (["train", "--run", "absent", "--resume"], "expected a run in"),
        (["train", "--run", "small", "--data", "tiny"], "expected a new run"),
        (["train", "--run", "new", "--data", "tinny"], "Did you mean tiny?"),
        (["train", "--run", "smal", "--resume"], "Did you mean small?"),
        (["evaluate", "--run", "Smal"], "Did you mean small?"),
        (["verify", "--data", "tine"], "Did you mean tiny?"),
        (["train", "--run", "new", "--data", "tiny", "--teacher", "smal"], "Did you mean small?"),
        (
            ["train", "--run", "new", "--data", "tiny", "--weights", "own.pth"],
            "expected a pretrained network for --weights",
        ),
        (
            [
                "train",
                "--run",
                "n",
                "--data",
                "tiny",
                "--network",
                NAMES[2],
                "--weights",
                "own.pth",
            ],
            "expected a file of weights for efficientnet_lite0 in own.pth: there is none",
        ),
        (["find-rate", "--run", "smal"], "Did you mean small?"),
        (["train", "--run", "new", "--data", "tiny", "--epochs", "0"], "epochs must be"),
        (["evaluate", "--run", "absent"], "python train_cli.py train"),
        (["report", "--run", "absent"], "python train_cli.py train"),
        (["predict", "nowhere", "--run", "absent"], "python train_cli.py train"),
        (["import-predictions", "nowhere.csv", "--run", "new"], "there is no such file"),
        (["import-predictions", "{source}", "--run", "small"], "--overwrite"),
        (["import-predictions", "x", "--run", "new", "--validation", "2"], "a share of patients"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2_and_changes_no_file(
    command: Run, own_world: Path, words: list[str], expected: str
) -> None:
    before = _contents(own_world)
    said = command(*(word.format(source=own_world / "source") for word in words))
    assert said.code == 2
    assert said.out == ""
    assert expected in said.err
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("Not done: ")
    assert "Traceback" not in said.err
    assert _contents(own_world) == before


@pytest.mark.parametrize(
    "words", [["train", "--run", "new", "--network", "huge"], ["prepare"], ["unknown"]]
)
def test_a_word_that_the_command_line_does_not_know_exits_with_2(
    command: Run, words: list[str]
) -> None:
    assert command(*words).code == 2


def test_what_the_system_refuses_is_a_sentence_too(command: Run, own_world: Path) -> None:
    (own_world / "file").write_text("not a folder")
    out = own_world / "file" / "scores.csv"
    said = command("predict", own_world / "source", "--run", "small", "--out", out)
    assert said.code == 2
    assert "the system refused" in said.err
    assert "Traceback" not in said.err


def test_names_from_files_are_neither_markup_nor_orders_to_the_terminal(
    command: Run, own_world: Path
) -> None:
    (own_world / "source" / "[red]bad\x1b[2J.png").write_bytes(b"no picture")
    said = command("predict", own_world / "source", "--run", "small", "--out", own_world / "s.csv")
    assert "[red]bad\\x1b[2J.png" in said.err
    assert "\x1b" not in said.err


# --- prepare ------------------------------------------------------------------------------------


def test_prepare_packs_a_folder_and_says_what_it_took(command: Run, own_world: Path) -> None:
    source = _draw(own_world / "drawn")
    (source / "9001" / "0" / "9001_idx5_x9001_y1_class0.png").write_bytes(b"no picture")
    said = command("prepare", source, "--name", "drawn", "--fractions", "0.5,0.25,0.25")
    assert said.code == 0
    assert "72 patches in" in said.err
    assert "not taken: 1 files" in said.err
    index = pd.read_parquet(own_world / "data" / "drawn" / "index.parquet")
    assert len(index) == 72
    assert index.groupby("patient")["split"].nunique().max() == 1
    assert set(index["split"]) == {"train", "validation", "test"}


def test_prepare_keeps_a_store_of_another_source(command: Run, own_world: Path) -> None:
    before = _contents(own_world / "data")
    said = command("prepare", _draw(own_world / "drawn"), "--name", "tiny")
    assert said.code == 2
    assert "--overwrite" in said.err
    assert _contents(own_world / "data") == before


def test_prepare_replaces_nothing_unless_told_so(command: Run, own_world: Path) -> None:
    source = _draw(own_world / "drawn")
    assert command("prepare", source, "--name", "drawn").code == 0
    before = _contents(own_world / "data")
    said = command("prepare", source, "--name", "drawn", "--seed", 3)
    assert said.code == 2
    assert "a patch store made from drawn on 20" in said.err
    assert "--overwrite" in said.err
    assert _contents(own_world / "data") == before
    assert command("prepare", source, "--name", "drawn", "--seed", 3, "--overwrite").code == 0
    assert _contents(own_world / "data") != before


def test_prepare_asks_before_a_class_is_lost_and_writes_nothing(
    command: Run, own_world: Path
) -> None:
    source = _draw(own_world / "drawn")
    for file in source.rglob("*class1.png"):
        file.write_bytes(b"no picture")
    said = command("prepare", source, "--name", "drawn")
    assert said.code == 2
    assert "all 36 patches labelled IDC are left out" in said.err
    assert "--accept-loss" in said.err
    assert not (own_world / "data" / "drawn").exists()
    said = command("prepare", source, "--name", "drawn", "--accept-loss")
    assert said.code == 0
    assert "36 of 72 patches (50.0 %) are left out: 36 for “neither PNG nor JPEG”." in said.err
    assert "Left out by class: IDC 36 of 36, no IDC 0 of 36." in said.err


def test_prepare_says_that_the_split_is_the_folders(command: Run, own_world: Path) -> None:
    source = _draw(own_world / "drawn", patients=2)
    (own_world / "split" / "Train").mkdir(parents=True)
    (source / "9001").rename(own_world / "split" / "Train" / "9001")
    (source / "9002").rename(own_world / "split" / "holdout")
    said = command("prepare", own_world / "split", "--name", "drawn")
    assert said.code == 0
    assert "train: 12 patches of 1 patient\n" in said.err
    assert "test: 12 patches of 1 patient\n" in said.err
    assert "Split: as the folders say (train, test); --fresh-split would make another." in said.err


# --- train's options ----------------------------------------------------------------------------


def test_every_setting_is_an_option_of_train(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = command("train", "--help").out
    for option in [*options(TrainConfig), *options(AugmentConfig)]:
        assert re.search(rf"--{option.name.replace('_', '-')}\b", shown), option.name
    assert "--resume" in shown
    assert "--data" in shown


def test_options_of_train_stand_in_groups_with_examples(
    command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    shown = command("train", "--help").out
    titles = re.findall(r"╭─ (.+?) ─", shown)
    assert titles == ["Options", WHAT, *GROUPS, AUGMENTATION, TRACKING]
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(
        option.name for option in options(TrainConfig)
    )
    assert "train --data demo --run first --epochs 3" in shown


def test_commands_stand_in_groups_in_the_order_of_work(
    command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    shown = command("--help").out
    assert re.findall(r"╭─ (.+?) ─", shown)[1:] == [DATA, TRAIN, BRING, JUDGE, KEEP]
    order = ["prepare", "train ", "import-model", "evaluate", "check", "runs", "delete"]
    places = [shown.index(f"│ {name}") for name in order]
    assert places[:4] == sorted(places[:4])
    assert places[3] < min(places[4:])


def test_the_version_is_said(command: Run) -> None:
    said = command("--version")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"IDC Review \d+\.\d+\.\d+, Python 3\.\d+\.\d+\n", said.out)


def test_a_mistyped_command_lists_near_ones(command: Run) -> None:
    said = command("evalute")
    assert said.code == 2
    assert "Did you mean 'evaluate', 'delete'?" in said.err


# --- signs of life ------------------------------------------------------------------------------


def _world_trained(world: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    """Stands in for TensorFlow: a training of one epoch that libraries write into."""
    stand_in = ModuleType("idc_core.nn.training")

    def train(config: TrainConfig, folder: Path, *_: object, progress: Any, **__: object) -> Any:
        os.write(2, b"oneDNN custom operations are on\n")
        print("WARNING: All log messages before absl::InitializeLog()", file=sys.stderr)
        told.append("began")
        log = {"loss": 0.5, "val_loss": 0.4, "val_auc": 0.9, "seconds": 100.0}
        progress(Progress("epoch", 1, config.epochs, 8, 8, 300.0, log))
        shutil.copytree(world / "models" / "small", folder)
        return open_run(folder)

    stand_in.train = train  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "idc_core.nn.training", stand_in)


def test_train_says_what_it_does_and_ends_with_figures_and_what_comes_next(
    command: Run, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _world_trained(own_world, monkeypatch, [])
    said = command("train", "--run", "new", "--data", "tiny", "--epochs", 3)
    new = own_world / "models" / "new"
    report = json.loads((new / "report.json").read_text())
    auc = report["splits"]["validation"]["pooled"]["roc_auc"]
    point = json.loads((new / "operating_points.jsonl").read_text().splitlines()[-1])
    assert said.code == 0
    assert said.err.splitlines() == [
        "Training new: the network sepres on tiny, 60 patches of 2 patients; 60 patches of 2 "
        "others choose the best of at most 3 epochs.",
        "Expected time: not known until the first epoch is done. Loading TensorFlow.",
        "epoch 1: loss 0.5000, validation loss 0.4000, validation AUC 0.9000, 0 patches/s; at "
        "most 4 min for 2 epochs more",
        f"Finished: {new}",
        f"Validation ROC-AUC {auc['value']:.3f} [{auc['low']:.3f}–{auc['high']:.3f}], 2 patients; "
        "best epoch 4 of 6.",
        f"Threshold {point['threshold']:.4g} ({point['name']}): sensitivity "
        f"{point['sensitivity']:.3f}, specificity {point['specificity']:.3f} there.",
        "Next: make dashboard, and choose the run new; or python train_cli.py report --run new",
    ]


def test_what_is_trained_is_said_before_tensorflow_is_imported(
    command: Run, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The training module refuses to be imported: what was said came before."""
    monkeypatch.setitem(sys.modules, "idc_core.nn.training", None)
    monkeypatch.setattr(sys, "argv", ["train_cli.py", "train", "--run", "new", "--data", "tiny"])
    lines: list[str] = []
    monkeypatch.setattr("idc_core.cli.train.say", lines.append)
    with pytest.raises(ImportError):
        train_cli.main()
    assert lines[0].startswith("Training new: the network sepres on tiny")


def test_a_store_that_was_renamed_is_found_when_its_run_goes_on(own_world: Path) -> None:
    info = read_info(own_world / "models" / "small")
    rename_store(own_world / "data" / "tiny", "other", by="A. Reader")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IDC_DATA", str(own_world / "data"))
        assert cli_train._data_of(info) == own_world / "data" / "other"


# --- check --------------------------------------------------------------------------------------


def test_check_exits_with_0_where_all_is_met_and_1_where_not(command: Run, own_world: Path) -> None:
    met = command("check", "--run", "small", "--min-auc", 0.5, "--min-sensitivity", 0.5)
    assert met.code == 0
    assert met.out.splitlines()[0].startswith("met     sensitivity ")
    assert met.out.splitlines()[1].startswith("met     ROC-AUC ")
    missed = command("check", "--run", "small", "--min-auc", 0.5, "--min-specificity", 1)
    assert missed.code == 1
    assert [line[:6] for line in missed.out.splitlines()[:2]] == ["MISSED", "met   "]
    assert command("check", "--run", "small", "--min-auc", 0.5, "--lower-limit").code == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "expected something to check"),
        (["--min-auc", "90"], "90 % is 0.9."),
        (["--min-auc", "nan"], "expected a share from 0 to 1 for ROC-AUC: found nan."),
        (["--min-auc", "-0.1"], "expected a share from 0 to 1"),
    ],
)
def test_check_refuses_what_cannot_be_asked(
    command: Run, own_world: Path, words: list[str], expected: str
) -> None:
    before = _contents(own_world)
    said = command("check", "--run", "small", *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err
    assert _contents(own_world) == before


# --- runs, rename, delete, restore --------------------------------------------------------------


def test_runs_lists_runs_and_stores(command: Run, own_world: Path) -> None:
    said = command("runs")
    lines = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(
        r"small  finished  one_layer  tiny  2/2/3     0\.\d{3} \[0\.\d{3}–0\.\d{3}\]  "
        r"2026-01-02 03:04  not sealed",
        lines[1],
    )
    assert lines[4].startswith("tiny   60/60/78  2/2/3     here")


def test_a_run_is_deleted_listed_and_restored(command: Run, own_world: Path) -> None:
    seal.write(own_world / "models" / "small")
    before = _contents(own_world / "models" / "small")
    gone = command("delete", "--run", "small", "--by", "A. Reader")
    assert gone.code == 0
    assert not (own_world / "models" / "small").exists()
    assert "restore --run small" in gone.err
    assert "small" not in command("runs").out
    assert re.search(r"^run +small ", command("runs", "--trash").out, re.MULTILINE)
    assert command("restore", "--run", "smal").code == 2
    assert command("restore", "--run", "small").code == 0
    after = _contents(own_world / "models" / "small")
    assert {name: after[name] for name in before if not name.startswith(".")} == {
        name: content for name, content in before.items() if not name.startswith(".")
    }
    assert seal.differences(own_world / "models" / "small") == []
    assert command("runs", "--trash").out == "The trash is empty.\n"


def test_a_store_that_runs_need_is_deleted_only_by_force(command: Run, own_world: Path) -> None:
    before = _contents(own_world)
    said = command("delete", "--data", "tiny")
    assert said.code == 2
    assert "the run small would lose their patches without tiny" in said.err
    assert _contents(own_world) == before
    assert command("delete", "--data", "tiny", "--force").code == 0
    assert command("restore", "--data", "tiny").code == 0
    assert _contents(own_world / "data" / "tiny") == {
        name.removeprefix("data/tiny/"): content
        for name, content in before.items()
        if name.startswith("data/tiny/")
    }


def test_runs_and_stores_are_renamed(command: Run, own_world: Path) -> None:
    assert command("rename", "better", "--run", "small", "--by", "A. Reader").code == 0
    assert command("rename", "other", "--data", "tiny").code == 0
    assert command("verify").code == 0
    assert [line.split()[0] for line in command("runs").out.splitlines() if line][1::2] == [
        "better",
        "other",
    ]


def test_what_lies_in_the_trash_is_left_there(command: Run, own_world: Path) -> None:
    command("delete", "--run", "small")
    (gone,) = (own_world / "models" / ".trash").iterdir()
    for words in (["delete"], ["rename", "new"]):
        said = command(*words, "--run", gone)
        assert said.code == 2
        assert "is kept apart" in said.err
    assert gone.is_dir()


@pytest.mark.parametrize("words", [[], ["--run", "small", "--data", "tiny"]])
@pytest.mark.parametrize("name", [["rename", "new"], ["delete"], ["restore"]])
def test_one_run_or_one_store_is_named(command: Run, name: list[str], words: list[str]) -> None:
    said = command(*name, *words)
    assert said.code == 2
    assert "expected --run NAME or --data NAME" in said.err


# --- evaluate, report, predict ------------------------------------------------------------------


def test_evaluate_writes_the_report_anew(command: Run, own_world: Path) -> None:
    report = own_world / "models" / "small" / "report.json"
    before = json.loads(report.read_text())
    report.unlink()
    assert command("evaluate", "--run", "small").code == 0
    after = json.loads(report.read_text())
    assert {**before, "made": None} == {**after, "made": None}


def test_export_logs_needs_a_place(command: Run) -> None:
    said = command("export-logs", "--run", "small")
    assert (said.code, said.err.count("expected --tensorboard FOLDER or --mlflow")) == (2, 1)


def test_export_logs_sends_every_number_once(command: Run, own_world: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    words = ("export-logs", "--run", "small", "--tensorboard", tmp_path / "logs")
    assert "48 numbers of small sent" in command(*words).err
    assert "0 numbers of small sent" in command(*words).err
    assert list((tmp_path / "logs" / "small").iterdir())


def test_find_rate_refuses_a_run_that_was_not_trained_here(command: Run) -> None:
    said = command("find-rate", "--run", "small")
    assert said.code == 2
    assert "expected a run trained here" in said.err


def test_report_writes_one_html_file(command: Run, own_world: Path) -> None:
    out = own_world / "report.html"
    assert command("report", "--run", "small", "--out", out).code == 0
    page = out.read_text(encoding="utf-8")
    assert "<html" in page[:500]
    assert ">ROC, area 0." in page, "the figures are not the pages' charts"


def test_a_run_is_named_or_given_by_its_path(command: Run, own_world: Path) -> None:
    assert command("evaluate", "--run", own_world / "models" / "small").code == 0


def test_import_predictions_says_what_it_read_and_what_it_left(
    command: Run, own_world: Path, tmp_path: Path
) -> None:
    known = pd.read_parquet(own_world / "models" / "small" / "predictions.parquet")
    table = known[known["split"] == "test"][["file", "score"]]
    file = tmp_path / "theirs.csv"
    pd.concat([table, pd.DataFrame({"file": ["ward.png"], "score": [0.5]})]).to_csv(file)
    said = command("import-predictions", file, "--run", "theirs")
    assert said.code == 0
    assert "patch from the file name in “file”; probability of IDC from “score”" in said.err
    assert f"{len(table)} patches of" in said.err
    assert f"1 row, no place like 10253_idx5_x1001_y1051_class0.png (row {len(table) + 1}" in (
        said.err
    )
    assert "all of them are in the patch store tiny" in said.err
    assert "Note: There is no validation split" in said.err
    assert (own_world / "models" / "theirs" / "report.json").is_file()


def test_import_predictions_asks_and_takes_the_answer(
    command: Run, own_world: Path, tmp_path: Path
) -> None:
    known = pd.read_parquet(own_world / "models" / "small" / "predictions.parquet")
    known = known[known["split"] == "test"]
    table = known[["patient", "x", "y", "score"]].assign(
        label=known["label"].map({1: "tumurous", 0: "benign"}), model="a", side="left"
    )
    file = tmp_path / "theirs.csv"
    pd.concat([table, table.assign(model="b", score=1 - table["score"])]).to_csv(file, index=False)
    asked = command("import-predictions", file, "--run", "theirs")
    assert asked.code == 2
    assert f"“tumurous” ({2 * int(known['label'].sum())} rows) is not understood" in asked.err
    assert '--label-words "tumurous=idc"' in asked.err
    assert not (own_world / "models" / "theirs").exists()
    answered = command(
        "import-predictions",
        file,
        "--run",
        "theirs",
        "--label-words",
        "tumurous=idc",
        "--where",
        "model=a",
    )
    assert answered.code == 0
    assert f"{len(table)} of {2 * len(table)} rows have “a” in “model”." in answered.err
    assert "Not used: “side” (holds left, which are no splits)." in answered.err
    kept = pd.read_parquet(own_world / "models" / "theirs" / "predictions.parquet")
    assert kept["label"].sum() == known["label"].sum()


def test_import_predictions_takes_the_name_of_the_column_of_slides(
    command: Run, own_world: Path, tmp_path: Path
) -> None:
    known = pd.read_parquet(own_world / "models" / "small" / "predictions.parquet")
    table = known[["patient", "x", "y", "label", "score"]].assign(glass="a")
    other = table.assign(glass="b", score=table["score"] / 2)
    file = tmp_path / "theirs.csv"
    pd.concat([table, other]).to_csv(file, index=False)
    said = command("import-predictions", file, "--run", "theirs", "--slide-column", "glass")
    assert said.code == 0
    assert "Read as: patch from “patient”, “glass”, “x”, “y”" in said.err
    kept = pd.read_parquet(own_world / "models" / "theirs" / "predictions.parquet")
    assert kept.groupby("slide").size().to_dict() == {"a": len(table), "b": len(table)}


def test_predict_scores_what_it_can_and_exits_with_3_where_some_is_refused(
    command: Run, own_world: Path
) -> None:
    out = own_world / "scores.csv"
    said = command("predict", own_world / "source", "--run", "small", "--out", out)
    table = pd.read_csv(out, dtype={"patient": str})
    assert said.code == 3
    own = [name for name in table if not name.startswith("export_")]
    assert own == ["file", "patient", "x", "y", "label", "score", "called", "odd"]
    assert (table["export_run"] == "small").all()
    assert len(table) == 198
    assert "198 scored, 1 skipped" in said.err
    assert re.search(r"skipped \S*broken_idx5_x1_y1_class0.png: expected a PNG", said.err)


def test_predict_asks_before_a_patient_is_lost_and_writes_nothing(
    command: Run, own_world: Path
) -> None:
    out = own_world / "scores.csv"
    source = _draw(own_world / "drawn")
    for file in (source / "9003").rglob("*.png"):
        file.write_bytes(b"no picture")
    said = command("predict", source, "--run", "small", "--out", out)
    assert said.code == 2
    assert "1 patient (9003) would be lost whole" in said.err
    assert not out.exists()
    said = command("predict", source, "--run", "small", "--out", out, "--accept-loss")
    assert said.code == 3
    assert "60 scored, 12 skipped" in said.err
    assert "12 of 72 patches (16.7 %) are left out" in said.err


def test_predict_exits_with_0_where_all_are_scored(command: Run, own_world: Path) -> None:
    out, source = own_world / "scores.csv", _draw(own_world / "drawn", patients=2)
    (source / "Thumbs.db").write_bytes(b"of the system")
    said = command("predict", source, "--run", "small", "--out", out)
    assert "24 scored, 1 skipped" in said.err
    assert said.code == 0


def test_predict_says_its_exit_codes_in_its_help(command: Run) -> None:
    said = command("predict", "--help")
    assert "exit code 0 where all are scored, 3 some, 2 none" in " ".join(said.out.split())


def test_predict_scores_the_archives_second_copy_once(command: Run, own_world: Path) -> None:
    out = own_world / "scores.csv"
    source = _draw(own_world / "drawn", patients=2)
    shutil.copytree(source, source / "IDC_regular_ps50_idx5")
    said = command("predict", source, "--run", "small", "--out", out)
    assert said.code == 0
    assert "24 files are the archive's second copy of patches that were scored." in said.err
    assert "24 scored, 24 skipped" in said.err
    assert "nested_copy" not in said.err
    assert len(pd.read_csv(out)) == 24


def test_predict_calls_at_the_newest_operating_point(command: Run, own_world: Path) -> None:
    points = own_world / "models" / "small" / "operating_points.jsonl"
    out = own_world / "scores.csv"
    for threshold, called in ((0.0, 1), (1.0, 0)):
        append_json_line(points, {"name": "mine", "threshold": threshold})
        command("predict", own_world / "source", "--run", "small", "--out", out)
        assert set(pd.read_csv(out)["called"]) == {called}


def test_a_file_of_somebody_else_is_only_written_over_when_asked(
    command: Run, own_world: Path
) -> None:
    mine = own_world / "mine.csv"
    mine.write_text("patient,notes\n9036,call her\n")
    one = next((own_world / "source").rglob("9036*.png"))
    for words in (("predict", one), ("report",)):
        said = command(*words, "--run", "small", "--out", mine)
        assert said.code == 2
        assert "replace it with --overwrite" in said.err
        assert mine.read_text() == "patient,notes\n9036,call her\n"
        assert command(*words, "--run", "small", "--out", mine, "--overwrite").code == 0
        assert mine.read_text() != "patient,notes\n9036,call her\n"
        # what is ours and of this run is made again under its name
        assert command(*words, "--run", "small", "--out", mine).code == 0
        mine.write_text("patient,notes\n9036,call her\n")


def test_scores_of_another_run_are_not_lost(command: Run, own_world: Path) -> None:
    shutil.copytree(own_world / "models" / "small", own_world / "models" / "other")
    out = own_world / "scores.csv"
    assert command("predict", own_world / "source", "--run", "small", "--out", out).code == 3
    one = next((own_world / "source").rglob("9036*.png"))
    for source in (own_world / "source", one):
        said = command("predict", source, "--run", "other", "--out", out)
        assert said.code == 2
        assert "expected a free name for the scores of other" in said.err
    assert (pd.read_csv(out)["export_run"] == "small").all()


def test_predict_with_nothing_readable_exits_with_2_and_keeps_the_old_file(
    command: Run, own_world: Path
) -> None:
    out = own_world / "scores.csv"
    out.write_text("old")
    odd = own_world / "odd.png"
    odd.write_bytes(b"no picture")
    said = command("predict", odd, own_world / "absent.png", "--run", "small", "--out", out)
    assert said.code == 2
    assert "odd.png: expected a PNG" in said.err
    assert "absent.png: it is not there" in said.err
    assert out.read_text() == "old"


def test_long_lines_are_not_broken(command: Run, own_world: Path) -> None:
    deep = own_world / ("long" * 40)
    said = command("evaluate", "--run", shutil.copytree(own_world / "models" / "small", deep))
    assert str(deep / "report.json") in said.err


# --- a whole training ---------------------------------------------------------------------------


def _start(world: Path, *words: object, small_network: bool = False) -> "subprocess.Popen[str]":
    places = {"IDC_DATA": str(world / "data"), "IDC_MODELS": str(world / "models")}
    program = ["-c", WITH_A_SMALL_NETWORK] if small_network else [str(CLI)]
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        cwd=CLI.parent,
        env=os.environ | places,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_from_files_to_scores_by_the_command_line_alone(command: Run, own_world: Path) -> None:
    source, out = _draw(own_world / "drawn"), own_world / "scores.csv"
    assert command("prepare", source, "--name", "drawn").code == 0
    trained = _start(
        own_world,
        "train",
        "--data",
        "drawn",
        "--run",
        "first",
        "--network",
        "sepres",
        "--epochs",
        1,
        "--batch-size",
        8,
    )
    _, said = trained.communicate(timeout=120)
    assert trained.returncode == 0, said
    speed = re.search(r"epoch 1: .* ([\d,]+) patches/s", said)
    assert speed is not None
    known = ("Training ", "Expected ", "epoch ", "Finished", "Validation ", "Threshold ", "Next")
    assert [line for line in said.splitlines() if not line.startswith(known)] == []
    assert int(speed[1].replace(",", "")) > 0
    assert command("evaluate", "--run", "first").code == 0
    assert command("predict", source, "--run", "first", "--out", out).code == 0
    scores = pd.read_csv(out, dtype={"patient": str}).set_index(["patient", "x"])["score"]
    run = own_world / "models" / "first"
    saved = pd.read_parquet(run / "predictions.parquet").set_index(["patient", "x"])["score"]
    np.testing.assert_allclose(scores.sort_index(), saved.sort_index(), atol=1e-6)
    assert not (run / "checkpoint").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)],
)
def test_a_stopped_training_says_how_to_go_on_and_exits_as_shells_expect(
    own_world: Path, number: signal.Signals, code: int
) -> None:
    training = _start(
        own_world,
        "train",
        "--data",
        "tiny",
        "--run",
        "stopped",
        "--epochs",
        5000,
        "--stop-patience",
        5000,
        "--batch-size",
        8,
        small_network=True,
    )
    try:
        _wait_for(own_world / "models" / "stopped" / "history.csv", training)
        training.send_signal(number)
        _, said = training.communicate(timeout=60)
    finally:
        training.kill()
    assert training.returncode == code, said
    assert "python train_cli.py train --run stopped --resume" in said
    assert (own_world / "models" / "stopped" / "checkpoint").is_dir()


def _wait_for(file: Path, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 90
    while not file.is_file():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {}),
        (["--recipe", "fine-tune"], {"network": "sepres", "epochs": 8, "input_size": 96}),
        (["--network", "efficientnet_lite0"], {"epochs": 8, "learning_rate": 1e-3}),
        (
            ["--network", "efficientnet_lite0", "--epochs", "24", "--frozen-epochs", "2"],
            {"epochs": 24, "frozen_epochs": 2, "first_layer_rate": 0.1},
        ),
        (
            ["--network", "efficientnet_lite0", "--recipe", "from-scratch"],
            {"epochs": 24, "frozen_epochs": 0, "input_size": 0},
        ),
    ],
)
def test_a_recipe_fills_in_what_is_not_given(
    command: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], expected: dict[str, object]
) -> None:
    asked: list[TrainConfig] = []
    monkeypatch.setattr(cli_train, "train", lambda config, *_, **__: asked.append(config))
    assert command("train", "--run", "new", "--data", "tiny", *words).code == 0
    (config,) = asked
    assert {name: getattr(config, name) for name in expected} == expected
    if not words:
        assert config == TrainConfig()


def test_how_long_it_takes_is_told_by_the_first_epoch_that_trains_all_layers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = cli_train._told(lambda *_: None, "", 1)
    log = {"loss": 1.0, "val_loss": 1.0, "val_auc": 0.5}
    for epoch, seconds in ((1, 60), (2, 600), (3, 600)):
        told(Progress("epoch", epoch, 4, 0, 9, 0.0, {**log, "seconds": float(seconds)}))
    first, second, third = capsys.readouterr().err.splitlines()
    assert "at most" not in first
    assert second.endswith("; at most 20 min for 2 epochs more")
    assert "at most" not in third
