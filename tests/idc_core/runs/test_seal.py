"""What a seal says of files that were changed behind its back."""

import pytest

from idc_core.io.refusal import Refusal
from idc_core.runs import seal


@pytest.fixture
def folder(tmp_path):
    """A sealed folder: one file, and a log of two lines."""
    (tmp_path / "labels.csv").write_bytes(b"1234")
    (tmp_path / "looks.jsonl").write_text('{"n": 1}\n{"n": 2}\n')
    seal.write(tmp_path)
    return tmp_path


def said(folder):
    """The differences, without the day."""
    return [each.partition(" since ")[0] for each in seal.differences(folder)]


def test_a_folder_as_it_was_sealed_has_no_differences(folder):
    assert said(folder) == []


@pytest.mark.parametrize("content", [b"1235", b"12345", b"123"])
def test_other_bytes_are_a_change_whether_there_are_more_fewer_or_as_many(folder, content):
    (folder / "labels.csv").write_bytes(content)
    assert said(folder) == ["The corrected labels (labels.csv) changed"]


def test_a_file_that_appears_and_one_that_goes_are_told_apart(folder):
    (folder / "folds.json").write_text("{}")
    (folder / "labels.csv").unlink()
    assert said(folder) == [
        "The corrected labels (labels.csv) went missing",
        "The folds (folds.json) appeared",
    ]


def test_a_log_may_not_lose_a_line_nor_change_its_newest(folder):
    (folder / "looks.jsonl").write_text('{"n": 1}\n')
    assert said(folder) == [
        "The looks at test (looks.jsonl) holds 1 lines where the seal counts 2: 1 line is gone."
    ]
    (folder / "looks.jsonl").write_text('{"n": 1}\n{"n": 3}\n')
    assert said(folder) == [
        "The looks at test (looks.jsonl) was changed in line 2, the newest when it was sealed."
    ]


def test_what_is_being_rewritten_on_purpose_is_no_difference_and_is_sealed_afterwards(folder):
    with seal.changing(folder, "labels.csv"):
        (folder / "labels.csv").write_bytes(b"other")
        assert said(folder) == []
        assert seal.read(folder).changing == ("labels.csv",)
    assert said(folder) == []
    assert (seal.read(folder).changing, seal.read(folder).files["labels.csv"].size) == ((), 5)


def test_without_a_seal_nothing_is_said_and_nothing_is_sealed(tmp_path):
    (tmp_path / "labels.csv").write_bytes(b"1234")
    with seal.changing(tmp_path, "labels.csv"):
        (tmp_path / "labels.csv").write_bytes(b"other")
    assert (seal.differences(tmp_path), seal.read(tmp_path)) == ([], None)


def test_a_damaged_seal_is_refused_with_the_cure(folder):
    (folder / seal.FILE).write_text('{"sealed": "2026-01-01"}')
    with pytest.raises(Refusal, match=r"^expected a seal in .*Put the file back from a copy"):
        seal.read(folder)


def test_a_seal_that_was_changed_itself_is_a_difference(folder):
    file = folder / seal.FILE
    file.write_text(file.read_text().replace('"lines": 2', '"lines": 1'))
    found = said(folder)
    assert found[0] == ("The seal (seal.json) is not as it was written: it was damaged or edited.")
