"""The figures of a night, as `docs/faults.json` keeps them and docs/reliability.md shows them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.flips import FLIPS
from tests.faults.fuzz import CASES
from tests.faults.kills import KILLS
from tests.faults.stored import KINDS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
FILE = DOCUMENT.with_name("faults.json")
BEGINS, ENDS = "<!-- faults: python -m tests.faults report -->", "<!-- end of faults -->"

FOUND = ("refused", "made again", "named")
WANTED = {"kills": sum(KILLS.values()), "flips": FLIPS * len(KINDS), "fuzz": CASES}

Counts = Mapping[str, Mapping[str, int]]


def lost(parts: Mapping[str, Counts]) -> int:
    """What no night may show: damage, silence, an internal error."""
    bad = ("lost", "silent", "traceback")
    return sum(
        outcomes.get(name, 0) for of in parts.values() for outcomes in of.values() for name in bad
    )


def shown(night: Mapping[str, Any]) -> str:
    """The three tables, as Markdown."""
    parts = night["parts"]
    return "\n\n".join(
        [
            _headline(night),
            "### Killed",
            _kills(parts.get("kills", {})),
            "### One bit flipped",
            _flips(parts.get("flips", {})),
            "### Inputs that nobody meant",
            _fuzz(parts.get("fuzz", {})),
        ]
    )


def _headline(night: Mapping[str, Any]) -> str:
    done = {part: sum(map(_all, of.values())) for part, of in night["parts"].items()}
    said = [
        f"{done.get('kills', 0):,} of {WANTED['kills']:,} kills",
        f"{done.get('flips', 0):,} of {WANTED['flips']:,} flips",
        f"{done.get('fuzz', 0):,} inputs ({WANTED['fuzz']:,} wanted)",
    ]
    return f"Run of {night['day']}, seed {night['seed']}: {', '.join(said)}."


def _kills(found: Counts) -> str:
    rows = [
        (
            of,
            _injected(each),
            each.get("survived", 0) + each.get("left", 0),
            each.get("left", 0),
            each.get("lost", 0),
        )
        for of, each in _with_sum(found).items()
    ]
    return _table(("command", "killed", "survived", "a temporary file stays", "lost"), rows)


def _flips(found: Counts) -> str:
    rows = [
        (
            of,
            _injected(each),
            sum(each.get(name, 0) for name in FOUND),
            each.get("not read", 0),
            each.get("silent", 0),
            each.get("traceback", 0),
        )
        for of, each in _with_sum(found).items()
    ]
    head = ("file", "flipped", "found", "changes nothing that is read", "silent", "internal error")
    return _table(head, rows)


def _fuzz(found: Counts) -> str:
    rows = [
        (of, _all(each), each.get("refused", 0), each.get("read", 0), each.get("traceback", 0))
        for of, each in _with_sum(found).items()
    ]
    return _table(("inputs", "tried", "refused", "read", "internal error"), rows)


def _with_sum(found: Counts) -> dict[str, Mapping[str, int]]:
    together: dict[str, int] = {}
    for each in found.values():
        for name, count in each.items():
            together[name] = together.get(name, 0) + count
    return {**found, "**together**": together}


def _injected(outcomes: Mapping[str, int]) -> int:
    return _all(outcomes) - outcomes.get("not injected", 0)


def _all(outcomes: Mapping[str, int]) -> int:
    return sum(outcomes.values())


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def write(night: Mapping[str, Any]) -> None:
    """Keep the figures, and put them into the document."""
    FILE.write_text(json.dumps(night, indent=1) + "\n", encoding="utf-8")
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    DOCUMENT.write_text(f"{before}{BEGINS}\n\n{shown(night)}\n\n{ENDS}{after}", encoding="utf-8")
