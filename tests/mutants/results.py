"""What became of the mutants: one JSON line each, so that a killed run goes on where it was."""

import json
from dataclasses import asdict
from pathlib import Path

from tests.mutants.judge import Verdict
from tests.mutants.mutant import Mutant

LEAST = {"library": 90, "dashboard": 85, "javascript": 80}
"""Per cent of a part that must be caught."""


def append(file: Path, mutant: Mutant, verdict: Verdict) -> None:
    """One line of its own, also after one that a kill cut off."""
    about = {"key": mutant.key, "part": mutant.part, "path": mutant.path, "line": mutant.line}
    line = json.dumps(about | asdict(verdict), ensure_ascii=False)
    before = file.read_bytes()[-1:] if file.is_file() else b""
    with file.open("a", encoding="utf-8") as open_file:
        open_file.write(("\n" if before not in (b"", b"\n") else "") + line + "\n")


def read(file: Path) -> dict[str, Verdict]:
    """The last verdict on each key; a line that was cut off by a kill is none."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[told["key"]] = Verdict(
            told["outcome"], told["by"], tuple(told["tried"]), told["seconds"]
        )
    return found


def report(
    root: Path, drawn: dict[str, list[Mutant]], known: dict[str, Verdict]
) -> tuple[str, bool]:
    """What `report` prints, and whether every part is judged and caught often enough.

    A mutant under which the tests hang counts as not caught: a slow machine hangs as well.
    """
    lines, enough = [], True
    for part, mutants in drawn.items():
        outcomes = [known[each.key].outcome for each in mutants if each.key in known]
        caught = outcomes.count("caught")
        share = 100 * caught / max(len(mutants), 1)
        enough &= len(outcomes) == len(mutants) and share >= LEAST[part]
        lines.append(
            f"{part}: {caught} of {len(mutants)} caught ({share:.1f} %; at least {LEAST[part]} % "
            f"wanted), {outcomes.count('survived')} survived, {outcomes.count('timeout')} hung, "
            f"{len(mutants) - len(outcomes)} not judged"
        )
    for mutants in drawn.values():
        for each in mutants:
            if each.key in known and known[each.key].outcome != "caught":
                lines += ["", f"[{each.key}] {known[each.key].outcome}: {each.diff(root)}"]
    return "\n".join(lines), enough
