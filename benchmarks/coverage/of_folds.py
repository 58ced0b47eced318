"""Do intervals of out-of-fold figures hold where every fold has a network of its own?

The library's interval is over patients and takes the networks as they are. What the recipe gives on
average, over all networks and thresholds that it could have made, is the truth here: patients of
one fold share a network and a threshold, and that the interval does not know.

    python -m benchmarks.coverage.of_folds [sets]

prints the table of `docs/coverage.md`.
"""

import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.populations import BINS, Numbers, binned, outcomes, shifts
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.uncertainty import PatientJackknife

FOLDS = 5
SHOWN = ("sensitivity", "specificity", "balanced_accuracy", "f1")
PATIENTS = (39, 100, 251)
SPREADS = ((0.0, 0.0), (0.5, 0.2), (1.0, 0.4))
"""Of networks, in log odds: how far all scores of one lie above another's, and how much farther
those of IDC. The first is a recipe that always gives the same network."""
FOR_TRUTH = 40_000
"""Patients, dealt into sets of the size that is judged."""


@dataclass(frozen=True, eq=False)
class Tissue:
    """Patients before a network sees them: patches with IDC and others, and the mean log odds that
    an average network gives each of them. All (patients,)."""

    idc: Numbers
    rest: Numbers
    found: Numbers
    alarm: Numbers

    def taken(self, rows: "np.ndarray") -> "Tissue":
        """Some of the patients."""
        return Tissue(self.idc[rows], self.rest[rows], self.found[rows], self.alarm[rows])

    def scored(self, rng: np.random.Generator, network: Numbers) -> Numbers:
        """Both histograms of a network's scores beside each other, (patients, 2 · BINS)."""
        above, farther = network
        found = self.found + above + farther
        return np.concatenate(
            [
                rng.multinomial(self.idc.astype(int), binned(found, 1.4)),
                rng.multinomial(self.rest.astype(int), binned(self.alarm + above, 2.0)),
            ],
            axis=1,
        ).astype(np.float64)


def drawn(rng: np.random.Generator, count: int) -> Tissue:
    """Patients of the even population."""
    size = np.exp(rng.uniform(np.log(50), np.log(2000), count)).astype(int)
    idc = rng.binomial(size, rng.beta(0.5, 1.1, count))
    found, alarm, _ = shifts(rng, count)
    return Tissue(idc.astype(float), (size - idc).astype(float), found, alarm)


def best_cut(bins: Numbers) -> int:
    """The bin from which on calls give the best F1; histograms (patients, 2 · BINS)."""
    total = bins.sum(axis=0, keepdims=True)
    counts = np.concatenate([outcomes(total, cut) for cut in range(1, BINS)])
    return 1 + int(np.nanargmax(RATES["f1"](*counts.T)))


def of_folds(rng: np.random.Generator, patients: int, spread: tuple[float, float]) -> Numbers:
    """tn, fp, fn, tp a patient, each called by the network of a fold at the threshold that the next
    fold chose for it, (patients, 4)."""
    tissue, fold = drawn(rng, patients), rng.permutation(patients) % FOLDS
    called = np.zeros((patients, 4))
    for number in range(FOLDS):
        network = rng.normal(size=2) * spread
        chose = tissue.taken(fold == (number + 1) % FOLDS).scored(rng, network)
        own = fold == number
        called[own] = outcomes(tissue.taken(own).scored(rng, network), best_cut(chose))
    return called


def truth(rng: np.random.Generator, patients: int, spread: tuple[float, float]) -> dict[str, float]:
    """What the recipe gives on average, when `patients` are dealt into folds."""
    total = sum(of_folds(rng, patients, spread).sum(axis=0) for _ in range(FOR_TRUTH // patients))
    return {name: float(RATES[name](*np.asarray(total))) for name in SHOWN}


def covered(patients: int, spread: tuple[float, float], sets: int) -> dict[str, float]:
    """How often the interval held the truth, by rate."""
    rng = np.random.default_rng([patients, int(10 * spread[0])])
    true = truth(rng, patients, spread)
    library, held = PatientJackknife(patients), dict.fromkeys(SHOWN, 0)
    for _ in range(sets):
        found = library.of_rates(of_folds(rng, patients, spread), SHOWN)
        for name in SHOWN:
            held[name] += found[name].low <= true[name] <= found[name].high
    return {name: count / sets for name, count in held.items()}


def main() -> None:
    """Print the table."""
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print("| networks differ by | patients |", " | ".join(SHOWN), "|")
    print("|---" * (len(SHOWN) + 2), "|", sep="")
    for spread in SPREADS:
        for patients in PATIENTS:
            found = covered(patients, spread, sets)
            shares = " | ".join(f"{100 * found[name]:.1f}" for name in SHOWN)
            print(f"| {spread[0]:g} and {spread[1]:g} | {patients} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
