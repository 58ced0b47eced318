"""Would a small error be noticed? `python -m tests.mutants run|report|record`: docs/testing.md."""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from tests.mutants import results
from tests.mutants.draw import PARTS, drawn
from tests.mutants.judge import BUDGETS_S, Workplace
from tests.mutants.mutant import Mutant
from tests.mutants.recorded import Recording, record
from tests.mutants.which_tests import Tests

ROOT = Path(__file__).resolve().parents[2]


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """0 where enough of every asked part is caught, or the suite that is recorded passes."""
    asked = _asked(words)
    if asked.what == "record":
        return record(root)
    mutants = {part: drawn(root, part) for part in asked.part or PARTS}
    if asked.what == "run":
        run(root, [each for part in mutants.values() for each in part], asked)
    said, enough = results.report(root, mutants, results.read(asked.results))
    print(said)
    return int(not enough)


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("what", choices=("record", "run", "report"))
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all three")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=ROOT / ".mutants.jsonl")
    parser.add_argument("--budget", type=float, help="seconds of a processor for a mutant's tests")
    parser.add_argument("--again", action="store_true", help="judge those not caught anew")
    return parser.parse_args(words)


def run(root: Path, mutants: list[Mutant], asked: argparse.Namespace) -> None:
    """Judges those without a verdict, each worker in its own copy of the repository."""
    known = results.read(asked.results)
    done = {key for key, each in known.items() if each.outcome == "caught" or not asked.again}
    left = [each for each in mutants if each.key not in done]
    tests, recording = Tests(root), Recording.read(root)
    writing, places = Lock(), SimpleQueue[Workplace]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:

        def judge(mutant: Mutant) -> None:
            near = recording.tests(mutant, tests.exact(mutant.path)) + tests.of(mutant.path)
            place = places.get()
            try:
                verdict = place.judged(mutant, near, asked.budget or BUDGETS_S[mutant.part])
            finally:
                places.put(place)
            with writing:
                results.append(asked.results, mutant, verdict)
                print(f"{verdict.outcome:8} {mutant.path}:{mutant.line} {verdict.by}", flush=True)

        for number in range(asked.workers if left else 0):
            places.put(Workplace.made(root, Path(folder) / f"worker-{number}" / "repository"))
        with ThreadPoolExecutor(asked.workers) as pool:
            list(pool.map(judge, left))


if __name__ == "__main__":
    sys.exit(main())
