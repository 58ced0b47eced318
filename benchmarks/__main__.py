"""Every speed that was promised: `python -m benchmarks` runs all modules beside this one.

Each has `main() -> bool`, judges a promise at a time (`shared/promise.py`) and returns whether all
were kept. Exits 1 on a miss. Figures mean little while something else keeps the machine busy.
`--write` replaces the table in `docs/speed.md`; a benchmark that was not run leaves its rows.
"""

import importlib
import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.shared import promise
from idc_core.io.files import write_text

SPEED = Path(__file__).resolve().parents[1] / "docs" / "speed.md"
_ROWS = re.compile(r"^\| (\w+) \|.*\n", re.MULTILINE)
_HEAD = "| benchmark | promise | measured | promised | kept | of |\n|---|---|---|---|---|---|\n"


def main(names: list[str], *, write: bool = False) -> bool:
    """Run the benchmarks called so (all, if none is named), print a table of the outcomes."""
    found = sorted(
        path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != "__main__"
    )
    unknown = set(names) - set(found)
    if unknown:
        print(f"expected some of {', '.join(found)}: found {', '.join(sorted(unknown))}.")
        return False
    outcomes, rows = [], {}
    for name in names or found:
        before = len(promise.MADE)
        outcomes.append((name, *_run(name)))
        rows[name] = [row_of(name, made) for made in promise.MADE[before:]]
    print()
    for name, kept, seconds in outcomes:
        print(f"{name:<20} {'ok' if kept else 'MISS':<5} {seconds:6.0f} s")
    if write:
        write_text(SPEED, with_rows(SPEED.read_text(encoding="utf-8"), rows, measured_on()))
    return all(kept for _, kept, _ in outcomes)


def row_of(name: str, made: promise.Promise) -> str:
    """A promise as a row of the table in `docs/speed.md`.

    >>> row_of("slide_speed", promise.Promise("slide opened", 0.931, 1.0, " s"))
    '| slide_speed | slide opened | 0.93 s | at most 1 s | yes |  |'
    """
    kept = "yes" if made.kept else "**no**"
    return f"| {name} | {made.name} | {made.value} | {made.bound} | {kept} | {made.detail} |"


def with_rows(text: str, rows: dict[str, list[str]], measured: str) -> str:
    """The document with the rows of these benchmarks replaced; those that were not run stay."""
    known: dict[str, list[str]] = {}
    for row in _ROWS.finditer(text):
        if row[1] != "benchmark":
            known.setdefault(row[1], []).append(row[0].rstrip())
    known |= {name: made for name, made in rows.items() if made}
    before = text.partition(_HEAD)[0]
    before = re.sub(r"^Last measured .*$", measured, before, flags=re.MULTILINE)
    return before + _HEAD + "".join(f"{row}\n" for row in _in_order(known))


def _in_order(rows: dict[str, list[str]]) -> Iterator[str]:
    for name in sorted(rows):
        yield from rows[name]


def measured_on() -> str:
    """When and on what, in a sentence."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    return f"Last measured {day} on {os.cpu_count()} cores, Python {platform.python_version()}."


def _run(name: str) -> tuple[bool, float]:
    """Whether a benchmark kept what it promised, and how long it took; a crash is a miss."""
    print(f"== {name}", flush=True)
    started = time.perf_counter()
    try:
        kept = bool(importlib.import_module(f"benchmarks.{name}").main())
    except Exception:
        traceback.print_exc(file=sys.stdout)
        kept = False
    return kept, time.perf_counter() - started


if __name__ == "__main__":
    given = sys.argv[1:]
    named = [name for name in given if name != "--write"]
    sys.exit(0 if main(named, write="--write" in given) else 1)
