"""No text of the product uses a retired word (`tests/retired_words.py`)."""

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from idc_core.io.paths import REPOSITORY
from tests.retired_words import RETIRED, Retired

SEARCHED = ("*.py", "*.js", "*.mjs", "*.css", "*.j2", "*.md")
HISTORY = ("CHANGELOG.md", "tests/retired_words.py", "tests/test_words.py")
"""Files that quote the words: what changed, the glossary, this test."""


def files() -> list[str]:
    """Every file whose texts somebody reads."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *SEARCHED], cwd=REPOSITORY, capture_output=True, text=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [name for name in names if name not in HISTORY and (REPOSITORY / name).is_file()]


Piece = tuple[int, str]
"""A line's number, and what somebody reads on it."""


def texts(file: Path) -> Iterator[list[Piece]]:
    """What is read in one go: of Python each string (with those joined to it) and comment, of
    other files all lines."""
    content = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield list(enumerate(content.splitlines(), 1))
        return
    run: list[Piece] = []
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("NL", "INDENT", "DEDENT"):
            continue
        if kind not in ("STRING", "COMMENT") or kind != before:
            yield run
            run = []
        if kind in ("STRING", "COMMENT"):
            run += enumerate(_bare(token.string).split("\n"), token.start[0])
        before = kind
    yield run


def _bare(token: str) -> str:
    """A string or comment without its quotes or signs."""
    return re.sub(r"""^(?:\w*(?:\"\"\"|\'\'\'|"|')|#)|(?:\"\"\"|\'\'\'|"|')$""", "", token)


def found_in(name: str, pieces: list[Piece], words: tuple[Retired, ...]) -> list[str]:
    """Where retired words stand, also across the end of a line, and what to write instead."""
    lines = [number for number, piece in pieces for _ in f"{piece.strip()} "]
    whole = "".join(f"{piece.strip()} " for _, piece in pieces)
    return [
        f"{name}:{lines[match.start()]}: {match[0]!r} (now: {each.instead})"
        for each in words
        if name not in each.stays
        for match in re.finditer(each.pattern, whole, re.IGNORECASE)
    ]


ANY = re.compile("|".join(each.pattern for each in RETIRED), re.IGNORECASE)


def may_hold(file: Path) -> bool:
    """Whether a retired word may stand in a file; reading its texts one by one takes longer."""
    return ANY.search(re.sub(r"""["'#\s]+""", " ", file.read_text(encoding="utf-8"))) is not None


def test_no_text_uses_a_retired_word() -> None:
    names = files()
    assert len(names) > 900
    found = [
        said
        for name in names
        if may_hold(REPOSITORY / name)
        for pieces in texts(REPOSITORY / name)
        for said in found_in(name, pieces, RETIRED)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 'Called IDC'", ["a.py:1: 'Called IDC' (now: predicted IDC)"]),
        (
            'x = (\n    "patches called "\n    "IDC"\n)',
            ["a.py:2: 'called IDC' (now: predicted IDC)"],
        ),
        ("# called IDC here", ["a.py:1: 'called IDC' (now: predicted IDC)"]),
        ("# was called\n# IDC here", ["a.py:1: 'called IDC' (now: predicted IDC)"]),
        ("x = called, 'IDC'", []),
        ("x = 'called', 'IDC'", []),
    ],
)
def test_a_retired_word_is_found_in_any_text(tmp_path: Path, text: str, found: list[str]) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    words = (Retired("called IDC", "predicted IDC"),)
    assert [each for run in texts(file) for each in found_in("a.py", run, words)] == found


def test_every_pattern_is_an_expression_and_has_an_answer() -> None:
    for each in RETIRED:
        assert re.compile(each.pattern)
        assert each.instead
