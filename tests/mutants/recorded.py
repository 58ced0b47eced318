"""Which tests ran a line: one run of the fast suite says it of every line.

Lines are those of the sources as they were then: a file that was changed since counts as not
recorded. What is kept from test to test is reckoned once, so only the first is known to need it.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coverage import CoverageData

from tests.mutants.mutant import Change, Mutant

LINES, SECONDS = ".mutants.coverage", ".mutants.seconds.json"
"""Files in the root: the tests of every line, and how long each test took."""
MOST = 120
"""Tests that are run because they ran the line; after these come whole files."""
SUITE = ("-n", "2", "--dist", "loadfile", "-m", "not slow and not browser")
WATCHED = ("--cov=idc_core", "--cov=dashboard", "--cov-context=test", "--cov-report=")
TIMED = re.compile(r"^(\d+\.\d+)s call +(\S.*)$")
"""As pytest lists how long a test took."""


def record(root: Path) -> int:
    """Runs the fast suite once and writes both files; gives pytest's exit code."""
    timed = ("--durations=0", "--durations-min=0.01")
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", *SUITE, *WATCHED, *timed],
        cwd=root,
        # Other cores see a line once, not once for every test.
        env=os.environ | {"COVERAGE_CORE": "ctrace", "COVERAGE_FILE": str(root / LINES)},
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    with process.stdout as said:
        seconds = seconds_in(_shown(said))
    (root / SECONDS).write_text(json.dumps(seconds, indent=0), encoding="utf-8")
    return process.wait()


def _shown(said: Iterable[str]) -> Iterator[str]:
    for line in said:
        print(line, end="", flush=True)
        yield line


def seconds_in(said: Iterable[str]) -> dict[str, float]:
    """How long each test took, from what pytest printed; those below 0.01 s are not listed."""
    found = (TIMED.match(line) for line in said)
    return {each[2].strip(): float(each[1]) for each in found if each}


@dataclass(frozen=True, slots=True)
class Recording:
    """What `record` wrote; without its files no test is known."""

    root: Path
    lines: CoverageData | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> "Recording":
        """The last one of this root."""
        if not (root / LINES).is_file():
            return cls(root)
        lines, seconds = CoverageData(str(root / LINES)), root / SECONDS
        lines.read()
        known = json.loads(seconds.read_text(encoding="utf-8")) if seconds.is_file() else {}
        return cls(root, lines, known)

    def tests(self, mutant: Mutant, exact: Iterable[str] = ()) -> list[str]:
        """The tests that ran the mutant's statement, the likeliest to see it first.

        `exact`: the files that read the texts of the pages that the file is part of.
        """
        return self._ordered(self._that_ran(mutant), mutant.path, set(exact))[:MOST]

    def _that_ran(self, mutant: Mutant) -> set[str]:
        """Empty for a script and for what runs on import, before any test."""
        file = self.root / mutant.path
        if self.lines is None or file.suffix != ".py":
            return set()
        if file.stat().st_mtime > (self.root / LINES).stat().st_mtime:
            return set()
        known = self.lines.contexts_by_lineno(str(file))
        lines = statement_lines(file.read_bytes(), mutant.change)
        # "file::test|run": what its fixtures run is part of a test.
        return {
            test
            for line in lines
            for context in known.get(line, ())
            if (test := context.rpartition("|")[0])
        }

    def _ordered(self, tests: Iterable[str], path: str, exact: set[str]) -> list[str]:
        """Its own, then exact texts, then the nearest in the tree; of these the quickest first."""
        mirror = Path("tests", path)
        own = {path, str(mirror.with_name(f"test_{mirror.stem}.py"))}

        def rank(test: str) -> tuple[int, int, float, str]:
            file = test.split("::")[0]
            kind = 0 if file in own else 1 if file in exact else 2
            pairs = zip(Path(file).parts, mirror.parts, strict=False)
            alike = sum(one == other for one, other in pairs) if kind == 2 else 0
            return kind, -alike, self.seconds.get(test, 0.0), test

        return sorted(tests, key=rank)


def statement_lines(source: bytes, change: Change) -> range:
    """The lines of the innermost statement around a change; of one that holds others, its head."""
    first = source.count(b"\n", 0, change.start) + 1
    at = (first, change.start - source.rfind(b"\n", 0, change.start) - 1)
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt)
        and (node.lineno, node.col_offset) <= at
        and at < (node.end_lineno or 0, node.end_col_offset or 0)
    ]
    if not around:
        return range(first, first + 1)
    inner = max(around, key=lambda node: (node.lineno, node.col_offset))
    below = [each.lineno for each in ast.walk(inner) if isinstance(each, ast.stmt)]
    inside = [line for line in below if line > inner.lineno]
    last = min(inside) - 1 if inside else (inner.end_lineno or first)
    # An `except` or `case` is no statement of its own: its line alone.
    return range(inner.lineno, last + 1) if first <= last else range(first, first + 1)
