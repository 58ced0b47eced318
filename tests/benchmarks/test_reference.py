"""The reference runs are made step by step; what is done is not done again."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import train_cli
from benchmarks.reference import __main__ as module
from benchmarks.reference.__main__ import make
from benchmarks.reference.steps import Plan, config_of, steps, to_do
from benchmarks.reference.table import rows
from idc_core.io import record
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.nn import cross_validation
from idc_core.records.ledger import read_looks
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig, from_dict
from tests.idc_core.nn.conftest import small_network, small_store

__all__ = ["small_network", "small_store"]

ONE = {"epochs": 1, "batch_size": 32, "deterministic": False}
PLAN = Plan("small", "ref", 3, {**ONE, "trust": 0.5}, teacher=ONE, seeds=(0, 1))
RUNS = ("ref-teacher", "ref", "ref-seed1", "ref-folds", "ref-final")


@pytest.fixture
def models(small_store, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def given(monkeypatch):
    """The commands that were given; they are carried out in this process."""
    words = []

    def run(program, check):
        assert not check
        words.append(program[2:])
        monkeypatch.setattr(sys, "argv", ["train_cli.py", *program[2:]])
        with pytest.raises(SystemExit) as left:
            train_cli.main()
        return SimpleNamespace(returncode=int(left.value.code or 0))

    monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=run))
    return words


def test_the_settings_of_a_command_are_those_that_it_trains_with():
    assert config_of({"epochs": 3, "stain": 0.1}).augment.stain == 0.1
    assert config_of({"network": "efficientnet_lite0"}).input_size == 96  # its own recipe's
    assert config_of({}) == TrainConfig()


def test_without_a_teacher_its_steps_are_those_of_the_network_alone():
    plain = steps(replace(PLAN, teacher=None))
    assert [step.key for step in plain] == ["seed-0", "seed-1", "folds", "final", "test"]
    assert next(step.key for step in steps(PLAN)) == "teacher"
    assert not [step for step in plain if step.taught_by or "--teacher" in step.words]
    assert [step.about for step in plain[:3]] == [
        "the network",
        "the same with another seed",
        "folds",
    ]


def test_the_shipped_network_is_trained_so_that_it_can_be_made_again_bit_for_bit(capsys):
    assert module.main(["--data", "x", "--list"]) == 0
    said = capsys.readouterr().out
    assert "--no-deterministic" not in said
    assert "--run reference --epochs 40" in said
    assert module.main(["--data", "x", "--list", "--teacher"]) == 0
    assert "--run reference-taught --teacher reference-taught-teacher" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.usefixtures("small_network")
def test_all_steps_are_done_once_and_test_is_scored_only_when_asked(models, given, capsys):
    assert make(PLAN, models) == 0
    assert [words[:4] for words in given] == [
        ["train", "--data", "small", "--run"],
        ["train", "--data", "small", "--run"],
        ["train", "--data", "small", "--run"],
        ["train", "--run", "ref", "--folds"],
        ["train", "--run", "ref", "--final"],
    ]
    assert [open_run(models / name).status for name in RUNS] == [
        *(["finished"] * 3),
        "cross-validated",
        "finished",
    ]
    assert from_dict(open_run(models / "ref-seed1").info.config).seed == 1
    assert open_run(models / "ref" / "folds" / "2").info.teacher is not None
    table = rows(PLAN, models)
    assert [row[0] for row in table] == [
        "the teacher, validation",
        "the taught network, validation",
        "the same with another seed, validation",
        "folds with a teacher of their own, out-of-fold",
        "folds with a teacher of their own, untouched-out-of-fold",
        "the final fit",
        "2 seeds, validation",
    ]
    assert [row[2] for row in table] == ["2", "2", "2", "12", "10", "12", ""]
    areas = [
        open_run(models / name).report().splits["validation"].pooled["roc_auc"].value
        for name in ("ref", "ref-seed1")
    ]
    assert table[-1][3] == (f"mean {sum(areas) / 2:.3f}, from {min(areas):.3f} to {max(areas):.3f}")
    assert read_looks(models / "ref") == []
    assert len(read_looks(models / "ref-folds")) == 1  # the table showed it
    given.clear()
    assert make(PLAN, models, test=True) == 0
    assert [words[0] for words in given] == ["check"]
    assert len(read_looks(models / "ref")) == 1


@pytest.mark.long
@pytest.mark.usefixtures("small_network")
def test_a_kill_in_the_middle_of_a_fold_leaves_what_is_done(models, given, monkeypatch):
    plan, trained = replace(PLAN, seeds=(0,)), []
    train = cross_validation.train

    def killed(config, path, own, **rest):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append(path.name)
        return train(config, path, own, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(cross_validation, "train", killed)
        assert make(plan, models) != 0
    assert trained == ["1-teacher", "1", "2-teacher"]
    assert not (models / "ref-folds").exists()
    before = (models / "ref" / "folds" / "1" / "model.onnx").stat().st_mtime_ns
    given.clear()
    assert make(plan, models) == 0
    assert [words[:4] for words in given] == [
        ["train", "--run", "ref", "--folds"],
        ["train", "--run", "ref", "--final"],
    ]
    assert (models / "ref" / "folds" / "1" / "model.onnx").stat().st_mtime_ns == before


@pytest.mark.slow
@pytest.mark.usefixtures("small_network")
def test_a_run_of_the_name_that_was_made_otherwise_is_refused_and_stays(models, given, small_store):
    teacher, first, *_ = steps(PLAN)
    assert make(Plan("small", "ref", settings=ONE, teacher=ONE, seeds=()), models) != 0
    known = open_run(models / "ref-teacher").info
    mark = small_store.fingerprint
    assert to_do(teacher, PLAN, models, mark) is None
    record.write(models / "ref-teacher" / "run.json", record.replace(known, status="interrupted"))
    assert to_do(teacher, PLAN, models, mark) == ("train", "--run", "ref-teacher", "--resume")
    other = record.replace(known, config={**known.config, "epochs": 2})
    record.write(models / "ref-teacher" / "run.json", other)
    with pytest.raises(Refusal, match="epochs 2 → 1"):
        to_do(teacher, PLAN, models, mark)
    with pytest.raises(Refusal, match="data ffffffffffff → other"):
        to_do(teacher, PLAN, models, "other")
    record.write(models / "ref-teacher" / "run.json", known)
    record.write(models / "ref" / "run.json", record.replace(known, teacher=None))
    with pytest.raises(Refusal, match="teacher another → this"):
        to_do(first, PLAN, models, mark)


@pytest.mark.long
def test_killed_at_any_moment_it_goes_on_as_a_process(models, tmp_path):
    """The real thing: a process with children, killed with them while the second step runs."""
    program = (
        "import sys; from benchmarks.reference.__main__ import make; "
        "from benchmarks.reference.steps import Plan; from pathlib import Path; "
        f"one = {ONE!r}; "
        "sys.exit(make(Plan('small', 'ref', 3, one, teacher=one, seeds=(0,)), "
        f"Path({str(models)!r})))"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        for line in child.stdout:
            if line.startswith("seed-0"):
                os.killpg(child.pid, signal.SIGKILL)
                break
    again = subprocess.run(
        command, cwd=REPOSITORY, check=False, capture_output=True, text=True, timeout=900
    )
    assert again.returncode == 0, again.stderr
    assert "teacher: done, ref-teacher" in again.stdout
    assert Path(models / "ref-final" / "model.onnx").is_file()
