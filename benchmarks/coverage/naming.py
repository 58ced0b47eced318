"""How often does a headline name something where there is nothing to name?

Sets of patients in which no slice is weaker than the rest, every bin of scores is calibrated, two
models or two sides are alike: a headline that names one is wrong.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.coverage.populations import BINS, SCORES, Numbers, Patients, Population
from idc_core.metrics.confusion import RATES, ratio
from idc_core.metrics.leave_one_out import SHARE, effective, limits
from idc_core.metrics.simultaneous import bins_against_scores, together

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


def of_bins(rng: np.random.Generator, patients: Patients) -> Named:
    """15 bins of scores whose patches hold IDC as often as they say, patients unlike each other.

    Each patient's scores are right on average over patients, not in each: a shift of its own moves
    the share of IDC in all its bins.
    """
    n = patients.bins[:, :BINS] + patients.bins[:, BINS:]
    bin_of = np.minimum((SCORES * 15).astype(int), 14)
    idc = np.zeros_like(n)
    shift = rng.normal(size=len(patients)) * 0.8
    for at, score in enumerate(SCORES):
        # Odds spread so that their mean over patients is the score.
        chance = _spread_around(score, shift)
        idc[:, at] = rng.binomial(n[:, at].astype(int), chance)
    sums = [np.stack([c[:, bin_of == b].sum(axis=1) for b in range(15)], axis=1)
            for c in (n, idc, n * SCORES)]  # fmt: skip
    n, idc, summed = sums
    return _bins_named(n, idc, summed)


def _bins_named(n: Numbers, idc: Numbers, summed: Numbers) -> Named:
    score = ratio(summed.sum(axis=0), n.sum(axis=0))
    judged = bins_against_scores(n, idc, summed)
    share, left = (
        ratio(idc.sum(axis=0), n.sum(axis=0)),
        ratio(idc.sum(axis=0) - idc, n.sum(axis=0) - n),
    )
    low, high = limits(share, left, SHARE, effective(n))
    alone = bool(((low > score) | (high < score)).any())
    return alone, bool((judged.below | judged.above).any())


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
    "15 calibrated bins": of_bins,
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


def _spread_around(score: float, shift: Numbers) -> Numbers:
    """Chances that vary with `shift` (standard deviation 0.8) and are `score` on average."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    low, high = -14.0, 14.0
    for _ in range(40):
        middle = (low + high) / 2
        mean = (weights / weights.sum()) @ (1 / (1 + np.exp(-(middle + 0.8 * nodes))))
        low, high = (middle, high) if mean < score else (low, middle)
    found: Numbers = 1 / (1 + np.exp(-(low + shift)))
    return found


FILE = Path(__file__).with_name("naming.json")
PATIENTS = (10, 28, 60)

Shares = dict[str, dict[str, dict[str, dict[str, float]]]]


def read(file: Path = FILE) -> Shares:
    """What was simulated: by headline, population and patients `sets`, `alone` and `guarded`."""
    found: Shares = json.loads(file.read_text()) if file.is_file() else {}
    return found


def run(
    populations: Mapping[str, Population], sets: int, said: Callable[[str], None],
    file: Path = FILE,
) -> None:  # fmt: skip
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
