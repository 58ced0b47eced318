"""What is deleted lies whole in the trash, is listed by nobody else, and comes back."""

import shutil
from pathlib import Path

import pytest

from idc_core.data.stores.store import open_store, store_folders
from idc_core.evaluate.verify import verify_run
from idc_core.io.files import read_json, write_json
from idc_core.io.lock import only_one
from idc_core.io.record import fields
from idc_core.io.refusal import Refusal
from idc_core.records.notes import read_notes
from idc_core.runs import ledger, seal, trash
from idc_core.runs.looks import looks_at
from idc_core.runs.rename import rename
from idc_core.runs.run import list_runs, open_run


@pytest.fixture
def own(copied, tmp_path, monkeypatch) -> Path:
    copied(tmp_path)
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return tmp_path


def learner(own: Path, status: str) -> Path:
    """A run that learns from small."""
    run = own / "models" / "pupil"
    shutil.copytree(own / "models" / "small", run)
    teacher = {"file": "small/model.onnx", "sha256": "0"}
    write_json(
        run / "run.json", fields(open_run(run).info) | {"status": status, "teacher": teacher}
    )
    seal.write(run)
    return run


def test_a_deleted_run_is_no_run_any_more_and_is_written_down(own):
    where = trash.delete_run(own / "models" / "small", by="A. Reader")
    assert where.parent == own / "models" / ".trash"
    assert list_runs(own / "models") == []
    assert [each.name for each in trash.deleted(own / "models", "run.json")] == ["small"]
    change = read_notes(where).changes[-1]
    assert (change.by, change.what) == ("A. Reader", "deleted")


def test_who_brings_it_back_is_written_down(own):
    trash.delete_run(own / "models" / "small", by="A. Reader")
    back = trash.restore("small", own / "models", "run.json", as_name="new", by="B. Reader")
    assert [(each.by, each.what) for each in read_notes(back).changes] == [
        ("A. Reader", "deleted"),
        ("B. Reader", "restored as new"),
    ]


def test_a_run_that_cannot_be_moved_is_as_it_was(own):
    (own / "models" / ".trash").write_text("a file in its place")
    with pytest.raises(Refusal, match="the system refused to move"):
        trash.delete_run(own / "models" / "small", by="me")
    assert not (own / "models" / "small" / "notes.json").exists()


def test_a_run_of_damaged_notes_can_be_deleted(own):
    (own / "models" / "small" / "notes.json").write_text("[")
    assert trash.delete_run(own / "models" / "small", by="A. Reader").is_dir()


def test_the_newest_of_a_name_comes_back_and_others_by_their_own(own):
    models = own / "models"
    shutil.copytree(models / "small", models / "again")
    first = trash.delete_run(models / "small", by="me")
    (models / "again").rename(models / "small")
    (models / "small" / "newer").touch()
    second = trash.delete_run(models / "small", by="me")
    assert first != second
    assert (trash.restore("small", models, "run.json") / "newer").exists()
    with pytest.raises(Refusal, match="--as NAME"):
        trash.restore("small", models, "run.json")
    back = trash.restore(first.name, models, "run.json", as_name="older")
    assert back == models / "older"
    assert not (back / "newer").exists()


def test_a_mistyped_name_is_not_in_the_trash(own):
    trash.delete_run(own / "models" / "small", by="me")
    with pytest.raises(Refusal, match=r"Did you mean small\?"):
        trash.restore("smal", own / "models", "run.json")
    with pytest.raises(Refusal, match="runs --trash"):
        trash.restore("small", own / "data", "manifest.json")


def test_looks_of_a_deleted_run_are_still_counted(own):
    models = own / "models"
    shutil.copytree(models / "small", models / "other")
    ledger.look(open_run(models / "small"), 0.25)
    ledger.look(open_run(models / "small"), 0.5)
    trash.delete_run(models / "small", by="me")
    assert looks_at(open_run(models / "other")).elsewhere == 2


@pytest.mark.parametrize("lock", ["small/checkpoint/lock", ".small.lock"])
def test_a_run_at_work_is_neither_deleted_nor_renamed_nor_loses_its_store(own, lock):
    run, store = own / "models" / "small", own / "data" / "tiny"
    with only_one(own / "models" / lock, "training"):
        for act in (
            lambda: trash.delete_run(run, by="me", force=True),
            lambda: rename(run, "new", by="me"),
            lambda: trash.delete_store(store, force=True),
        ):
            with pytest.raises(Refusal, match="to be at rest"):
                act()
    assert run.is_dir()
    assert store.is_dir()


def test_a_store_whose_data_another_holds_is_not_missed(own):
    shutil.copytree(own / "data" / "tiny", own / "data" / "twin")
    trash.delete_store(own / "data" / "tiny")
    assert [each.name for each in store_folders(own / "data")] == ["twin"]
    with pytest.raises(Refusal, match="the run small would lose"):
        trash.delete_store(own / "data" / "twin")


def test_a_teacher_stays_while_its_pupil_is_not_finished(own):
    learner(own, "interrupted")
    with pytest.raises(Refusal, match="the run pupil could not go on"):
        trash.delete_run(own / "models" / "small", by="me")
    trash.delete_run(own / "models" / "small", by="me", force=True)


def test_a_teacher_of_finished_pupils_may_go(own):
    learner(own, "finished")
    assert trash.delete_run(own / "models" / "small", by="me").is_dir()


def test_a_pupil_finds_its_renamed_teacher_and_its_seal_holds(own):
    pupil = learner(own, "interrupted")
    rename(own / "models" / "small", "master", by="A. Reader")
    assert read_json(pupil / "run.json")["teacher"]["file"] == "master/model.onnx"
    assert seal.differences(pupil) == []


def test_seal_and_ledger_hold_after_all_of_it(own):
    run = own / "models" / "small"
    seal.write(run)
    trash.delete_run(run, by="me")
    moved = rename(trash.restore("small", own / "models", "run.json"), "better", by="me")
    assert [item.line for item in verify_run(moved) if item.difference] == []
    assert open_store(own / "data" / "tiny").name == "tiny"
