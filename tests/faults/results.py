"""What became of the faults: one JSON line each, so that a run that was stopped goes on."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """`key`: which fault, with its seed. `of`: the command, file or input. `outcomes`: how many
    ended how; of a block of inputs several. `said`: when, and what was wrong."""

    key: str
    part: str
    of: str
    outcomes: dict[str, int]
    said: str = ""


def append(file: Path, result: Result) -> None:
    """One line of its own, also after one that a kill cut off."""
    before = file.read_bytes()[-1:] if file.is_file() else b""
    with file.open("a", encoding="utf-8") as lines:
        lines.write("\n" * (before not in (b"", b"\n")) + json.dumps(asdict(result)) + "\n")


def read(file: Path) -> dict[str, Result]:
    """The last result of each key; a line that a kill cut off is none."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            told = Result(**json.loads(line))
        except (json.JSONDecodeError, TypeError):  # no object, or of an older form
            continue
        found[told.key] = told
    return found


def counts(results: Iterable[Result], part: str) -> dict[str, dict[str, int]]:
    """`{of: {outcome: how many}}` of a part."""
    found: dict[str, Counter[str]] = {}
    for each in results:
        if each.part == part:
            found.setdefault(each.of, Counter()).update(each.outcomes)
    return {of: dict(sorted(outcomes.items())) for of, outcomes in sorted(found.items())}
