"""How often does a 95 % interval hold the truth, when patches of one patient go together?

Sets of patients are drawn from three populations whose true figures are known, and each set gets
its intervals as the library makes them. `docs/coverage.md` says what they are and shows the tables.

    python -m benchmarks.coverage [sets]

About an hour for 1,000 sets of each population and number of patients; it may be stopped and goes
on where it was. `--tables` writes the document's tables and the library's from what was counted.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse

from benchmarks.coverage import cells, naming, tables
from benchmarks.coverage.populations import populations

SETS = 1000


def main() -> None:
    """Simulate what is missing, then write the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("sets", nargs="?", type=int, default=SETS)
    parser.add_argument("--tables", action="store_true", help="write the tables only")
    asked = parser.parse_args()
    if not asked.tables:
        cells.run(populations(), asked.sets, said)
        naming.run(populations(), asked.sets // 2, said)
    tables.write(cells.read(), naming.read())


def said(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
