"""How often does a headline name something where there is nothing to name?

Sets of patients in which no slice is weaker than the rest, or two models are alike: a headline that
names one is wrong.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.coverage.populations import Numbers, Patients, Population
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import limits
from idc_core.metrics.simultaneous import together

SLICES, OF_EACH = 24, 4
Named = tuple[bool, bool]
"""Whether one of many intervals names, and whether the guarded headline does."""


def of_slices(rng: np.random.Generator, patients: Patients) -> Named:
    """24 slices of six attributes, each patch in one of four values by a chance of its patient."""
    differences, left = [], []
    for _ in range(SLICES // OF_EACH):
        chances = rng.dirichlet(np.full(OF_EACH, 0.6), len(patients))
        rest = patients.counts.astype(int)
        parts = np.stack([rng.multinomial(column, chances) for column in rest.T], axis=2)
        for own in np.moveaxis(parts, 1, 0).astype(np.float64):
            both = np.hstack([own, patients.counts - own])
            if min((own[:, 2:].sum(axis=1) > 0).sum(), (own[:, :2].sum(axis=1) > 0).sum()) < 5:
                continue
            differences.append(_apart(both.sum(axis=0)[None])[0])
            left.append(_apart(both.sum(axis=0) - both))
    return _named(np.array(differences), np.array(left).T, below=True)


def of_models(rng: np.random.Generator, patients: Patients) -> Named:
    """Sensitivity, specificity and F1 of two models that are alike: each is A at random."""
    a, b = patients.counts, _other(rng, patients)
    swapped = rng.random(len(patients)) < 0.5
    one, two = np.where(swapped[:, None], a, b), np.where(swapped[:, None], b, a)
    both = np.hstack([two, one])
    names = ("sensitivity", "specificity", "f1")

    def apart(sums: Numbers) -> Numbers:
        return np.stack([RATES[x](*sums[:, :4].T) - RATES[x](*sums[:, 4:].T) for x in names], 1)

    return _named(apart(both.sum(axis=0)[None])[0], apart(both.sum(axis=0) - both), below=False)


HEADLINES: dict[str, Callable[[np.random.Generator, Patients], Named]] = {
    "24 slices that are alike": of_slices,
    "two models that are alike": of_models,
}


def share_named(
    population: Population, headline: str, patients: int, sets: int
) -> tuple[float, float]:
    """Share of sets in which one of many intervals, and in which the headline, names wrongly."""
    seed = zlib.crc32(f"{population.name}/{headline}/{patients}".encode())
    rng = np.random.default_rng(seed)
    found = [HEADLINES[headline](rng, population.draw(rng, patients)) for _ in range(sets)]
    alone, guarded = np.mean(found, axis=0)
    return float(alone), float(guarded)


def _apart(sums: Numbers) -> Numbers:
    name = "balanced_accuracy"
    return RATES[name](*sums[:, :4].T) - RATES[name](*sums[:, 4:].T)


def _named(values: Numbers, left: Numbers, *, below: bool) -> Named:
    low, high = limits(values, left, None)
    judged = together(values, left, only_below=below)
    if below:
        return bool((high < 0).any()), bool(judged.below.any())
    return bool(((low > 0) | (high < 0)).any()), bool((judged.below | judged.above).any())


def _other(rng: np.random.Generator, patients: Patients) -> Numbers:
    """Another model's counts: each patient's errors moved by a factor that is 1 on average."""
    counts = patients.counts.astype(int)
    idc, rest = counts[:, 2] + counts[:, 3], counts[:, 0] + counts[:, 1]
    moved = np.clip(rng.normal(0, 0.06, (2, len(patients))), -0.3, 0.3)
    tp = rng.binomial(idc, np.clip(ratio(counts[:, 3], np.maximum(idc, 1)) + moved[0], 0, 1))
    fp = rng.binomial(rest, np.clip(ratio(counts[:, 1], np.maximum(rest, 1)) + moved[1], 0, 1))
    return np.stack([rest - fp, fp, idc - tp, tp], axis=1).astype(np.float64)


FILE = Path(__file__).with_name("naming.json")
PATIENTS = (10, 28, 60)

Shares = dict[str, dict[str, dict[str, dict[str, float]]]]


def read(file: Path = FILE) -> Shares:
    """What was simulated: by headline, population and patients `sets`, `alone` and `guarded`."""
    found: Shares = json.loads(file.read_text()) if file.is_file() else {}
    return found


def run(
    populations: Mapping[str, Population],
    sets: int,
    said: Callable[[str], None],
    file: Path = FILE,
) -> None:
    """Simulate what is missing; kept as it is done."""
    for headline in HEADLINES:
        for population in populations.values():
            for patients in PATIENTS:
                known = read(file)
                cell = known.setdefault(headline, {}).setdefault(population.name, {})
                if cell.get(str(patients), {"sets": 0})["sets"] >= sets:
                    continue
                alone, guarded = share_named(population, headline, patients, sets)
                cell[str(patients)] = {"sets": sets, "alone": alone, "guarded": guarded}
                file.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
                said(f"{headline}, {population.name}, {patients} patients")
