"""The run folder, as the dashboard reads it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from idc_core.io.files import write_json, write_parquet
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.runs.run import PREDICTION_COLUMNS, list_runs, open_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_json(tmp_path / "first" / "run.json", {"status": "training"})
    return tmp_path / "first"


def test_only_folders_with_a_run_json_are_runs(run: Path) -> None:
    (run.parent / "stray").mkdir()
    (run.parent / "README.md").write_text("")
    assert list_runs(run.parent) == ["first"]
    assert list_runs(run.parent / "nowhere") == []


def test_a_missing_run_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"train --data NAME --run mine"):
        open_run(tmp_path / "mine")


def test_a_damaged_run_json_is_refused_in_a_sentence(run: Path) -> None:
    (run / "run.json").write_text("[1, 2]")
    with pytest.raises(Refusal, match="expected an object"):
        open_run(run)
    (run / "run.json").write_text("{")
    with pytest.raises(Refusal, match="cannot be read"):
        open_run(run)


def test_an_unfinished_run_says_how_to_finish_it(run: Path) -> None:
    opened = open_run(run)
    assert not opened.has_predictions
    assert opened.history().empty
    assert opened.operating_points() == []
    with pytest.raises(Refusal, match=r"train --run first --resume"):
        opened.predictions()
    with pytest.raises(Refusal, match=r"evaluate --run first"):
        opened.report()


def test_a_run_being_trained_is_not_told_to_be_finished(run: Path) -> None:
    write_json(run / "run.json", {"status": "training"})
    with only_one(run / "checkpoint" / "lock", "training"):
        with pytest.raises(Refusal, match="its first epoch is not done"):
            open_run(run).predictions()
        (run / "history.csv").write_text("epoch,loss\n1,0.5\n")
        with pytest.raises(Refusal, match="first is being trained: they are written at its end"):
            open_run(run).predictions()


def test_predictions_without_a_column_are_refused_by_its_name(run: Path) -> None:
    full = pd.DataFrame({column: [0] for column in PREDICTION_COLUMNS})
    full = full.astype({"patient": str, "split": str, "file": str})
    write_parquet(run / "predictions.parquet", full.drop(columns="score"))
    with pytest.raises(Refusal, match="score missing"):
        open_run(run).predictions()
    write_parquet(run / "predictions.parquet", full)
    assert list(open_run(run).predictions()) == list(PREDICTION_COLUMNS)


def test_a_half_written_epoch_is_left_out_of_the_history(run: Path) -> None:
    (run / "history.csv").write_text("epoch,loss\n1,0.5\n2,0.4\n")
    assert open_run(run).history()["epoch"].tolist() == [1, 2]


def test_operating_points_come_newest_last(run: Path) -> None:
    lines = [{"name": "a", "threshold": 0.4}, {"name": "b", "threshold": 0.3}]
    (run / "operating_points.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    assert open_run(run).operating_points()[-1].name == "b"
