"""What was counted, as the document's tables and as the library's."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage.cells import PATIENTS, Cells
from benchmarks.coverage.figures import COMPARED, FIGURES
from benchmarks.coverage.naming import PATIENTS as NAMED_FROM
from benchmarks.coverage.naming import Shares

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "idc_core" / "metrics" / "coverage_reached.py"
DOCUMENT = ROOT / "docs" / "coverage.md"
NAMES = ("even", "real", "heavy")
LEAST_SETS = 100
SHOWN = tuple(n for n in PATIENTS if n >= 10)
HEADLINE = ("sensitivity", "specificity", "precision", "f1", "balanced_accuracy", "roc_auc")


def write(cells: Cells, shares: Shares) -> None:
    """Both, from what was counted so far."""
    LIBRARY.write_text(library(cells))
    text = DOCUMENT.read_text()
    for name, table in {
        "figures": figures(cells),
        "others": others(cells),
        "naming": naming(shares),
    }.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            rf"\g<1>\n{table}\n\g<2>",
            text,
            flags=re.DOTALL,
        )
    DOCUMENT.write_text(text)


def library(cells: Cells) -> str:
    """The source of the library's table: the lowest of the three populations, in percent."""
    rows = []
    for name in FIGURES:
        row = [lowest(cells, name, patients) for patients in PATIENTS]
        said = ", ".join("None" if each is None else str(round(each)) for each in row)
        rows.append(f'    "{name.replace(" ", "_")}": ({said}),')
    return (
        '"""Written by `python -m benchmarks.coverage`: how often intervals hold the truth."""\n\n'
        f"PATIENTS = {PATIENTS}\n"
        "REACHED: dict[str, tuple[int | None, ...]] = {\n" + "\n".join(rows) + "\n}\n"
        '"""Percent of simulated sets of `PATIENTS`, the lowest of three populations; None: no\n'
        'interval from so few."""\n'
    )


def lowest(cells: Cells, name: str, patients: int) -> float | None:
    """The lowest coverage of the three populations; None where too few sets give an interval."""
    found = [held(cells, population, name, patients) for population in NAMES]
    known = [each for each in found if each is not None]
    return min(known) if len(known) == len(NAMES) else None


def held(cells: Cells, population: str, name: str, patients: int) -> float | None:
    """Percent of the sets with an interval whose interval holds the truth."""
    cell: dict[str, Any] = cells["cells"].get(population, {}).get(str(patients), {}).get(name, {})
    if cell.get("sets", 0) < LEAST_SETS:
        return None
    return 100 * float(cell["held"]) / float(cell["sets"])


def figures(cells: Cells) -> str:
    """Coverage of every figure in the three populations, and the mean width from 39 patients."""
    head = "| figure | " + " | ".join(f"{n}" for n in SHOWN) + " | width, 39 real patients |"
    rows = []
    for name in FIGURES:
        columns = [_three(cells, name, patients) for patients in SHOWN]
        cell = cells["cells"].get("real", {}).get("39", {}).get(name, {})
        mean = cell["width"] / cell["sets"] if cell.get("sets") else np.inf
        width = f"{mean:.2f}" if mean < 10 else "–"  # a ratio's upper end may be anything
        rows.append(f"| {name.replace('_', ' ')} | " + " | ".join(columns) + f" | {width} |")
    return "\n".join([head, _rule(len(SHOWN) + 2), *rows])


def others(cells: Cells) -> str:
    """The same of other methods."""
    head = "| figure, method | " + " | ".join(f"{n}" for n in SHOWN) + " |"
    rows = [
        f"| {name} | " + " | ".join(_three(cells, name, n) for n in SHOWN) + " |"
        for name in COMPARED
    ]
    return "\n".join([head, _rule(len(SHOWN) + 1), *rows])


def naming(shares: Shares) -> str:
    """How often a headline names falsely, without and with the guard."""
    head = "| headline | " + " | ".join(f"{n} patients" for n in NAMED_FROM) + " |"
    rows = []
    for headline, populations in shares.items():
        for key, words in (("alone", "each interval for itself"), ("guarded", "judged together")):
            columns = [
                " / ".join(
                    f"{100 * cell[key]:.1f}"
                    if (cell := populations.get(p, {}).get(str(n)))
                    else "–"
                    for p in NAMES
                )
                for n in NAMED_FROM
            ]
            rows.append(f"| {headline}: {words} | " + " | ".join(columns) + " |")
    return "\n".join([head, _rule(len(NAMED_FROM) + 1), *rows])


def least(cells: Cells, names: Iterable[str] = HEADLINE) -> float:
    """The lowest coverage of the headline figures from 10 patients on."""
    found = [lowest(cells, name, patients) for name in names for patients in SHOWN]
    return float(np.min([each for each in found if each is not None]))


def _three(cells: Cells, name: str, patients: int) -> str:
    found = [held(cells, population, name, patients) for population in NAMES]
    return " / ".join("–" if each is None else f"{each:.1f}" for each in found)


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
