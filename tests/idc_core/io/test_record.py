"""What lies on disk is checked once and written back without loss."""

from typing import ClassVar

import pytest

from idc_core.io import record
from idc_core.io.files import read_json, write_json
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.records.notes import Notes


class Data(Record, frozen=True, kw_only=True):
    name: str
    patches: dict[str, int] = {}


class Kept(Record, frozen=True, kw_only=True):
    """Format 1 called the seconds `time`."""

    newest: ClassVar[int] = 2
    older: ClassVar = {
        1: lambda content: (
            {name: value for name, value in content.items() if name != "time"}
            | {"seconds": content.get("time")}
        )
    }

    seconds: float | None = None
    data: Data | None = None
    parts: list[Data] = []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([1], "expected an object in here: found '[1]'. Cure."),
        ({"seconds": "long", "format": 2}, "expected seconds in here to be a number: found 'long'"),
        ({"data": 3}, "expected data in here to be an object: found '3'. Cure."),
        ({"data": {}}, "expected data.name in here: it is not there. Cure."),
        ({"data": {"name": 1}}, "expected data.name in here to be a text: found '1'. Cure."),
        (
            {"data": {"name": "a", "patches": {"test": "x"}}},
            "expected data.patches in here to be a whole number everywhere: found a text. Cure.",
        ),
        ({"parts": [{"name": True}]}, "expected parts[0].name in here to be a text: found true"),
        ({"format": "new"}, "expected the number of a format in here: found 'new'."),
        (
            {"format": 3},
            "expected format 2 in here, the newest that this version reads: found format 3, which "
            "a newer one wrote. Update the program.",
        ),
    ],
)
def test_what_does_not_fit_is_said_by_its_field(content, said):
    with pytest.raises(Refusal) as refused:
        record.of(Kept, content, "here", "Cure.")
    assert str(refused.value).startswith(said)


def test_an_older_format_is_brought_up_to_date_and_the_file_left_alone(tmp_path):
    write_json(tmp_path / "a.json", {"time": 2.5})
    assert record.read(Kept, tmp_path / "a.json") == Kept(seconds=2.5)
    assert read_json(tmp_path / "a.json") == {"time": 2.5}


def test_fields_that_nobody_knows_are_written_back(tmp_path):
    given = {"format": 2, "data": {"name": "a", "theirs": [1]}, "parts": [], "ours": {"b": None}}
    known = record.of(Kept, given, "here")
    record.write(tmp_path / "a.json", record.replace(known, seconds=1.0))
    written = read_json(tmp_path / "a.json")
    assert written.pop("seconds") == 1.0
    assert written.pop("data") == {"name": "a", "patches": {}, "theirs": [1]}
    assert written == {"format": 2, "parts": [], "ours": {"b": None}}


def test_null_and_absent_are_unknown_and_not_zero():
    assert record.of(Kept, {"format": 2, "seconds": None, "parts": None}, "here") == Kept()
    assert "seconds" not in record.fields(Kept())


def test_a_field_of_a_file_that_is_called_others_is_one_of_the_others():
    known = record.of(Data, {"name": "a", "others": 3}, "here")
    assert record.fields(known)["others"] == 3


def test_lines_of_a_log_are_named_by_their_number(tmp_path):
    log = tmp_path / "a.jsonl"
    assert record.lines(Data, log) == []
    record.append(log, Data(name="a"))
    record.append(log, Data(name="b"))
    assert [each.name for each in record.lines(Data, log)] == ["a", "b"]
    assert "format" not in log.read_text()
    with log.open("a") as end:
        end.write('{"name": 1}\n{"name": "cut')
    with pytest.raises(Refusal, match=r"expected name in line 3 of .*a\.jsonl to be a text"):
        record.lines(Data, log)


def test_a_damaged_file_of_somebody_else_is_none(tmp_path):
    assert record.read_if_whole(Data, tmp_path / "none.json") is None
    write_json(tmp_path / "a.json", {"name": 1})
    assert record.read_if_whole(Data, tmp_path / "a.json") is None


def test_bytes_that_are_no_text_are_refused_in_a_name_and_in_a_value(tmp_path):
    file = tmp_path / "notes.json"
    for content in (b'{"t\xe9gs": []}', b'{"tags": ["\xf2"]}'):
        file.write_bytes(content)
        with pytest.raises(Refusal, match=r"expected JSON in .*notes\.json"):
            record.read(Notes, file)


def test_a_record_that_nothing_else_vouches_for_says_when_it_is_not_as_it_was_written(tmp_path):
    file = tmp_path / "notes.json"
    record.write(file, Notes(tags=("ward",)))
    assert not record.written_otherwise(file)
    assert record.read(Notes, file) == Notes(tags=("ward",))
    file.write_bytes(file.read_bytes().replace(b"ward", b"card"))
    assert record.written_otherwise(file)
    assert record.read(Notes, file).tags == ("card",)
    file.write_text('{"tags": ["of an older version"]}')
    assert not record.written_otherwise(file)
