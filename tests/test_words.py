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


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text: of Python the strings and comments, of other files every line."""
    content = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield from enumerate(content.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            yield from enumerate(token.string.splitlines(), token.start[0])


def found_in(name: str, lines: list[tuple[int, str]], words: tuple[Retired, ...]) -> list[str]:
    """Where retired words stand, also across the end of a line, and what to write instead."""
    found = []
    for each in words:
        if name in each.stays:
            continue
        for at, (number, line) in enumerate(lines):
            behind = lines[at + 1][1].strip(" \"'#f") if at + 1 < len(lines) else ""
            here = line.rstrip(" \"'")
            for match in re.finditer(each.pattern, f"{here} {behind}", re.IGNORECASE):
                if match.start() < len(here):
                    found.append(f"{name}:{number}: {match[0]!r} (now: {each.instead})")
    return found


def test_no_text_uses_a_retired_word() -> None:
    names = files()
    assert len(names) > 900
    found = [
        said for name in names for said in found_in(name, list(texts(REPOSITORY / name)), RETIRED)
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
        ("called_idc = 1  # predicted IDC", []),
    ],
)
def test_a_retired_word_is_found_in_any_text(tmp_path: Path, text: str, found: list[str]) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    words = (Retired("called IDC", "predicted IDC"),)
    assert found_in("a.py", list(texts(file)), words) == found


def test_every_pattern_is_an_expression_and_has_an_answer() -> None:
    for each in RETIRED:
        assert re.compile(each.pattern)
        assert each.instead
