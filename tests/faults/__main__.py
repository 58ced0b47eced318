"""Faults at night: `python -m tests.faults run|report`, docs/testing.md says what is injected."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.faults import figures, flips, fuzz, kills, results, stored, worlds
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
    known = [each for each in results.read(asked.results).values() if _of(asked.seed, each)]
    parts = {part: results.counts(known, part) for part in PARTS}
    night = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "seed": asked.seed, "parts": parts}
    if asked.what == "report":
        figures.write(night)
    print(figures.shown(night))
    return int(figures.lost(parts) > 0)


def _of(seed: int, result: Result) -> bool:
    return result.key.split()[1] == str(seed)


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
        left = [
            each
            for each in kills.drawn(asked.seed, round(sum(kills.KILLS.values()) * asked.share))
            if each.key not in known
        ]
        base = worlds.make(folder / "base")
        for kill, outcome, said in kills.all_killed(base, folder / "killed", left):
            yield Result(kill.key, part, kill.act, {outcome: 1}, said)
    elif part == "flips":
        wanted = flips.drawn(asked.seed, max(round(flips.FLIPS * asked.share), 1))
        world = stored.make(worlds.make(folder / "world"))
        for flip, outcome, said in flips.all_flipped(
            world, [each for each in wanted if each.key not in known]
        ):
            yield Result(flip.key, part, flip.kind.name, {outcome: 1}, said)
    else:
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
