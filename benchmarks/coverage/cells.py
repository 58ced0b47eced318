"""Simulated sets of patients, counted cell by cell: a population and a number of patients.

Every hundred sets have a seed of their own and are kept in `cells.json` as they finish, so that a
run that is stopped goes on where it was, and gives the same numbers in any order.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage.figures import COMPARED, FIGURES, Figure
from benchmarks.coverage.populations import Population

FILE = Path(__file__).with_name("cells.json")
PATIENTS = (3, 5, 10, 28, 39, 60, 279)
AT_ONCE = 100

Cells = dict[str, Any]


def read(file: Path = FILE) -> Cells:
    """What was counted so far: `truth` a population, and `cells`."""
    if not file.is_file():
        return {"truth": {}, "cells": {}}
    found: Cells = json.loads(file.read_text())
    return found


def write(cells: Cells, file: Path = FILE) -> None:
    """Keep it, whole or not at all."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(cells, indent=1, sort_keys=True) + "\n")
    part.replace(file)


def run(
    populations: Mapping[str, Population],
    sets: int,
    said: Callable[[str], None],
    file: Path = FILE,
) -> Cells:
    """Count until every cell has `sets` sets of every figure."""
    figures = FIGURES | COMPARED
    for block in range(sets // AT_ONCE):
        for patients in PATIENTS:
            for population in populations.values():
                cells = read(file)
                missing = _missing(cells, population, patients, block, figures)
                if missing:
                    _know(cells, population, missing)
                    counted(cells, population, patients, block, missing)
                    write(cells, file)
                    said(f"{population.name}, {patients} patients, {AT_ONCE * (block + 1)} sets")
    return read(file)


def counted(
    cells: Cells, population: Population, patients: int, block: int, figures: Mapping[str, Figure]
) -> None:
    """Count a hundred sets into the cell."""
    rng = np.random.default_rng(zlib.crc32(f"{population.name}/{patients}/{block}".encode()))
    cell = cells["cells"].setdefault(population.name, {}).setdefault(str(patients), {})
    truth = cells["truth"][population.name]
    new = {name: {"sets": 0, "held": 0, "above": 0, "below": 0, "width": 0.0} for name in figures}
    for _ in range(AT_ONCE):
        drawn, after = population.draw(rng, patients), population.draw(rng, 1)
        for name, figure in figures.items():
            found = figure.of(drawn)
            true = truth[name] if figure.one is None else figure.one(after)
            if np.isnan(found.low + found.high):
                continue
            one = new[name]
            one["sets"] += 1
            one["above"] += bool(found.low > true)
            one["below"] += bool(found.high < true)
            one["held"] += bool(found.low <= true <= found.high)
            one["width"] += min(found.high - found.low, 1e6)
    for name, one in new.items():
        own = cell.setdefault(name, {"blocks": 0} | dict.fromkeys(one, 0))
        own["blocks"] += 1
        for key, value in one.items():
            own[key] = round(own[key] + value, 6)


def _missing(
    cells: Cells, population: Population, patients: int, block: int, figures: Mapping[str, Figure]
) -> dict[str, Figure]:
    cell = cells["cells"].get(population.name, {}).get(str(patients), {})
    return {
        name: figure
        for name, figure in figures.items()
        if cell.get(name, {"blocks": 0})["blocks"] <= block
    }


def _know(cells: Cells, population: Population, figures: Mapping[str, Figure]) -> None:
    known = cells["truth"].setdefault(population.name, {})
    missing = [name for name in figures if name not in known]
    if missing:
        whole = population.whole()
        known |= {name: round(figures[name].truth(whole), 6) for name in missing}
