"""Tags, archive and names of runs."""

from pathlib import Path

import pytest

from idc_core.lock import only_one
from idc_core.refusal import Refusal
from idc_core.run_notes import FILE, Notes, read_notes, rename, tags_of, write_notes


def test_notes_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_notes(tmp_path) == Notes()
    notes = Notes(("baseline", "seed 1"), archived=True)
    write_notes(tmp_path, notes)
    assert read_notes(tmp_path) == notes


@pytest.mark.parametrize("content", ["[1]", '{"tags": 3}', "{"])
def test_damaged_notes_are_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(Refusal, match="expected"):
        read_notes(tmp_path)


def test_long_and_empty_tags_are_cut() -> None:
    assert tags_of(" , a" + "b" * 100 + ", ") == ("a" + "b" * 39,)


def test_a_run_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "run.json").write_text("{}")
    assert rename(tmp_path / "old", "new-1.2") == tmp_path / "new-1.2"
    assert (tmp_path / "new-1.2" / "run.json").is_file()
    assert not (tmp_path / "old").exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "a" * 81, "-x", "x\n"])
def test_a_name_that_is_no_plain_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(Refusal, match="letters, digits"):
        rename(tmp_path / "old", name)
    assert [folder.name for folder in tmp_path.iterdir()] == ["old"]


def test_a_taken_name_and_a_run_in_training_are_refused(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "taken").mkdir()
    with pytest.raises(Refusal, match="there is a run taken"):
        rename(tmp_path / "old", "taken")
    with (
        only_one(tmp_path / "old" / "checkpoint" / "lock", "training"),
        pytest.raises(Refusal, match="being trained"),
    ):
        rename(tmp_path / "old", "new")
