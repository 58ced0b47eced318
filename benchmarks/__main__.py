"""Every ratio that was promised: `python -m benchmarks` runs all modules beside this one.

Each has `main() -> bool`, prints a line a promise and returns whether all were kept. Exits 1 on a
miss. Figures mean little while something else keeps the machine busy.
"""

import importlib
import sys
import time
import traceback
from pathlib import Path


def main(names: list[str]) -> bool:
    """Run the benchmarks called so (all, if none is named), print a table of the outcomes."""
    found = sorted(
        path.stem
        for path in Path(__file__).parent.glob("[a-z]*.py")
        if path.stem not in ("browser", "__main__")
    )
    unknown = set(names) - set(found)
    if unknown:
        print(f"expected some of {', '.join(found)}: found {', '.join(sorted(unknown))}.")
        return False
    outcomes = [(name, *_run(name)) for name in names or found]
    print()
    for name, kept, seconds in outcomes:
        print(f"{name:<20} {'ok' if kept else 'MISS':<5} {seconds:6.0f} s")
    return all(kept for _, kept, _ in outcomes)


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
    sys.exit(0 if main(sys.argv[1:]) else 1)
