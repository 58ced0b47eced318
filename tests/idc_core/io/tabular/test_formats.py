"""Formats of tables: each is known by its bytes, and asked for in the right order."""

from pathlib import Path

import pytest

from idc_core.io.tabular.formats import ENDINGS, FORMATS, Content, format_of


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (Content(b"PK\x03\x04", spreadsheet=True), "spreadsheet"),
        (Content(b"PAR1", spreadsheet=False), "columnar"),
        (Content(b"ARROW1\x00\x00", spreadsheet=False), "columnar"),
        (Content(b"\xff\xff\xff\xff", spreadsheet=False), "columnar"),
        (Content(b'[{"file": "a"}]', spreadsheet=False), "json"),
        (Content(b'{"file": "a"}\n', spreadsheet=False), "json"),
        (Content(b"file,score\na,0.5\n", spreadsheet=False), "text"),
        (Content(b"", spreadsheet=False), "text"),
    ],
)
def test_a_content_is_known_by_its_first_bytes(content: Content, key: str) -> None:
    assert format_of(content).key == key


def test_text_is_asked_last_as_anything_may_be_text() -> None:
    anything = Content(b"\x00\x01", spreadsheet=False)
    assert [each.key for each in FORMATS if each.known(anything)] == ["text"]
    assert FORMATS[-1].key == "text"


def test_an_ending_is_of_one_format() -> None:
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in ENDINGS)


def test_every_format_reads_what_it_knows(tmp_path: Path) -> None:
    read = format_of(content := Content(b"file;score\na;0,5\n", spreadsheet=False)).read
    assert list(read(content.data, tmp_path / "a.csv", None).columns) == ["file", "score"]
    read = format_of(content := Content(b'[{"file": "a", "score": 1}]', spreadsheet=False)).read
    assert list(read(content.data, tmp_path / "a.json", None).columns) == ["file", "score"]
