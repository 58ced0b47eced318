"""Faults at night: `python -m tests.faults run|report`, docs/testing.md says what is injected."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults import results, worlds
from tests.faults.results import Result

ROOT = Path(__file__).resolve().parents[2]
SEED = 22
PARTS = ("kills", "flips", "fuzz")


def main(words: list[str] | None = None) -> int:
    """0 where nothing is lost, accepted unnoticed or answered with a traceback."""
    asked = _asked(words)
    if asked.what == "run":
        for part in asked.part or PARTS:
            run(part, asked)
    return 0


def run(part: str, asked: argparse.Namespace) -> None:
    """All faults of a part that have no result yet."""
    known = results.read(asked.results)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for result in _injected(part, Path(folder), asked, {*known}):
            results.append(asked.results, result)
            print(result.key, result.outcomes, result.said, flush=True)


def _injected(
    part: str, folder: Path, asked: argparse.Namespace, known: set[str]
) -> Iterator[Result]:
    if part == "kills":
        from tests.faults.kills import all_killed, drawn

        left = [each for each in drawn(asked.seed, asked.share) if each.key not in known]
        base = worlds.make(folder / "base")
        for kill, outcome, said in all_killed(base, folder / "killed", left):
            yield Result(kill.key, part, kill.act, {outcome: 1}, said)
    elif part == "flips":
        from tests.faults import flips, stored

        wanted = flips.drawn(asked.seed, max(round(flips.FLIPS * asked.share), 1))
        world = stored.make(worlds.make(folder / "world"))
        for flip, outcome, said in flips.all_flipped(
            world, [each for each in wanted if each.key not in known]
        ):
            yield Result(flip.key, part, flip.kind.name, {outcome: 1}, said)
    else:
        from tests.faults import fuzz

        blocks = fuzz.drawn(asked.seed, round(fuzz.CASES * asked.share))
        for block, found, said in fuzz.all_tried(
            [each for each in blocks if each.key not in known]
        ):
            yield Result(block.key, part, block.inputs.of, found, said)


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("what", choices=("run", "report"))
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all three")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of all faults")
    parser.add_argument("--results", type=Path, default=ROOT / ".faults.jsonl")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
