"""A run gets another name, and whatever names it finds it."""

from pathlib import Path

import pytest

from idc_core.io import record
from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal
from idc_core.records.notes import read_notes
from idc_core.records.run_info import CrossValidated, FittedOn, RunInfo, Teacher, read_info
from idc_core.runs import seal
from idc_core.runs.rename import rename


def made(folder: Path, info: RunInfo | None = None) -> Path:
    folder.mkdir()
    record.write(folder / "run.json", info or RunInfo())
    return folder


def judging(run: str) -> RunInfo:
    known = CrossValidated(run=run, folds=2, seed=0, rule="f1", thresholds=[0.4, 0.6])
    return RunInfo(cross_validated=known)


def fitting(run: str, judged_by: str | None, teacher: str | None = None) -> RunInfo:
    known = FittedOn(run=run, patients=3, patches=9, sha256="0" * 64, judged_by=judged_by)
    return RunInfo(fitted_on=known, teacher=Teacher(file=teacher) if teacher else None)


def test_a_run_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "run.json").write_text("{}")
    assert rename(tmp_path / "old", "new-1.2", by="A") == tmp_path / "new-1.2"
    assert (tmp_path / "new-1.2" / "run.json").is_file()
    assert not (tmp_path / "old").exists()
    (change,) = read_notes(tmp_path / "new-1.2").changes
    assert (change.by, change.what) == ("A", "renamed from old")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "a" * 81, "-x", "x\n"])
def test_a_name_that_is_no_plain_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(Refusal, match="letters, digits"):
        rename(tmp_path / "old", name, by="A")
    assert [folder.name for folder in tmp_path.iterdir()] == ["old"]


def test_a_taken_name_and_a_run_in_training_are_refused(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "taken").mkdir()
    with pytest.raises(Refusal, match="there is a run taken"):
        rename(tmp_path / "old", "taken", by="A")
    with (
        only_one(tmp_path / "old" / "checkpoint" / "lock", "training"),
        pytest.raises(Refusal, match="being trained"),
    ):
        rename(tmp_path / "old", "new", by="A")


def test_nobody_renames_nothing(tmp_path: Path) -> None:
    made(tmp_path / "old")
    made(tmp_path / "old-folds", judging("old"))
    with pytest.raises(Refusal, match="expected who does it"):
        rename(tmp_path / "old", "new", by=" ")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["old", "old-folds"]


def test_its_folds_and_its_final_fit_go_with_it_and_say_its_new_name(tmp_path: Path) -> None:
    made(tmp_path / "old", RunInfo(teacher=Teacher(file="master/model.onnx")))
    seal.write(made(tmp_path / "old-folds", judging("old")))
    made(tmp_path / "old-final", fitting("old", "old-folds", "old-final/teacher/model.onnx"))
    made(tmp_path / "scored", fitting("old", "old-folds"))
    rename(tmp_path / "old", "new", by="A")
    names = ["new", "new-final", "new-folds", "scored"]
    assert sorted(each.name for each in tmp_path.iterdir()) == names
    judges, final = read_info(tmp_path / "new-folds"), read_info(tmp_path / "new-final")
    assert judges.cross_validated is not None
    assert judges.cross_validated.run == "new"
    assert seal.differences(tmp_path / "new-folds") == []
    for fitted in (final, read_info(tmp_path / "scored")):
        assert fitted.fitted_on is not None
        assert (fitted.fitted_on.run, fitted.fitted_on.judged_by) == ("new", "new-folds")
    assert final.teacher == Teacher(file="new-final/teacher/model.onnx")
    assert read_info(tmp_path / "new").teacher == Teacher(file="master/model.onnx")
    said = [read_notes(tmp_path / name).changes[-1].what for name in names[1:3]]
    assert said == ["renamed from old-final, with new", "renamed from old-folds, with new"]


def test_what_lies_beside_it_and_is_another_run_s_stays(tmp_path: Path) -> None:
    made(tmp_path / "old")
    made(tmp_path / "old-folds", judging("another"))
    made(tmp_path / "old-final")
    rename(tmp_path / "old", "new", by="A")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old-final", "old-folds"]


def test_a_name_whose_folds_are_taken_is_refused_before_anything_moves(tmp_path: Path) -> None:
    made(tmp_path / "old")
    made(tmp_path / "old-folds", judging("old"))
    made(tmp_path / "new-folds")
    with pytest.raises(Refusal, match="there is a run new-folds"):
        rename(tmp_path / "old", "new", by="A")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new-folds", "old", "old-folds"]


def test_a_run_that_names_it_and_is_being_trained_is_waited_for(tmp_path: Path) -> None:
    made(tmp_path / "old")
    final = made(tmp_path / "old-final", fitting("old", None))
    with (
        only_one(final / "checkpoint" / "lock", "training"),
        pytest.raises(Refusal, match="old-final to be at rest: it is being trained"),
    ):
        rename(tmp_path / "old", "new", by="A")
    assert (tmp_path / "old").is_dir()


def test_folds_that_get_a_name_of_their_own_are_found_by_the_final_fit(tmp_path: Path) -> None:
    made(tmp_path / "old-folds", judging("old"))
    made(tmp_path / "old-final", fitting("old", "old-folds"))
    rename(tmp_path / "old-folds", "judges", by="A")
    fitted = read_info(tmp_path / "old-final").fitted_on
    assert fitted is not None
    assert (fitted.run, fitted.judged_by) == ("old", "judges")
