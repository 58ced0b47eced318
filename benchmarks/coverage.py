"""How often does a 95 % interval hold the truth, when patches of one patient go together?

Sets of patients are drawn from a population whose true figures are known (integrated over two
million patients), and each set gets its intervals as the library makes them. `docs/coverage.md`
says what the population is and shows the table of the last run.

    python -m benchmarks.coverage [sets]

Beside ours: the naive interval, which takes patches for independent, and the percentile interval of
1,000 resamples of patients. Four minutes for 2,000 sets of each size.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from idc_core.metrics.bands import bands
from idc_core.metrics.confusion import RATES, ratio
from idc_core.metrics.leave_one_out import SHARE
from idc_core.metrics.uncertainty import (
    Interval,
    PatientBootstrap,
    interval,
    roc_auc_resampled,
)

SETS, PATIENTS, RESAMPLES = 2000, (28, 60, 279), 1000
LOW, HIGH = 0.93, 0.97
NAMES = ("sensitivity", "specificity", "precision", "f1", "balanced_accuracy")
EDGES = np.concatenate([[-np.inf], np.linspace(-9, 4, 53), [np.inf]])  # of scores, on logit scale
CUT = int(np.searchsorted(EDGES, -0.5))
ALARMS = 0.1
_CDF = np.vectorize(NormalDist().cdf, otypes=[float])
_GRID = np.linspace(-9, 9, 20_001)
_AREA = _CDF(_GRID)

Found = dict[str, dict[str, Interval]]


@dataclass(frozen=True)
class Population:
    """Patients: their patches, IDC patches expected, and mean logit score of either class.

    Spreads of scores, within and between patients, are those of the reference run.
    """

    least: int = 50
    most: int = 2000
    cut: int = CUT

    def draw(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
        """Size, burden, and bin probabilities of IDC and other patches of `count` patients.

        The last is of model B's IDC patches: another model, its errors in much the same patients.
        """
        size = np.exp(rng.uniform(np.log(self.least), np.log(self.most), count)).astype(int)
        burden = rng.beta(0.5, 1.1, count)
        own, other, again = rng.normal(size=(3, count))
        idc = _bins(0.75 + 1.4 * own, 1.4)
        rest = _bins(-3.6 + 1.2 * (0.2 * own + 0.98 * other), 2.0)
        idc_b = _bins(0.95 + 1.4 * (0.8 * own + 0.6 * again), 1.4)
        return size, burden, idc, rest, idc_b


def main(sets: int = SETS) -> bool:
    """Simulate, print the table, return whether ours holds the truth in 93-97 % everywhere.

    Two standard errors of the simulation itself are allowed.
    """
    population = Population()
    truth = true_figures(population)
    print("true figures: " + ", ".join(f"{name} {value:.3f}" for name, value in truth.items()))
    kept = True
    for patients in PATIENTS:
        started = time.perf_counter()
        held = coverage(population, truth, patients, sets)
        print(f"\n{patients} patients, {sets:,} sets, {time.perf_counter() - started:.0f} s")
        print("| figure | naive | percentile | ours | too high | too low | mean width |")
        print("|---|---|---|---|---|---|---|")
        for name, row in held.items():
            print(f"| {name} | " + " | ".join(row.values()) + " |")
            kept &= _kept(float(row["ours"].split()[0]) / 100, sets)
    return kept


def coverage(
    population: Population, truth: dict[str, float], patients: int, sets: int
) -> dict[str, dict[str, str]]:
    """Per figure: share of sets whose interval holds the truth, by method, in percent."""
    rng = np.random.default_rng(patients)
    bootstrap = PatientBootstrap(patients, resamples=RESAMPLES)
    seen: dict[tuple[str, str], list[Interval]] = {}
    for _ in range(sets):
        for name, methods in intervals(population, rng, bootstrap).items():
            for method, found in methods.items():
                seen.setdefault((name, method), []).append(found)
    table: dict[str, dict[str, str]] = {}
    for name, value in truth.items():
        row = {}
        for method in ("naive", "percentile", "ours"):
            found = seen.get((name, method), [])
            held = [each.low <= value <= each.high for each in found]
            row[method] = f"{100 * np.mean(held):.1f}" if held else "–"
        ours = seen[name, "ours"]
        row["high"] = f"{100 * np.mean([each.low > value for each in ours]):.1f}"
        row["low"] = f"{100 * np.mean([each.high < value for each in ours]):.1f}"
        row["width"] = f"{np.mean([each.high - each.low for each in ours]):.3f}"
        table[name] = row
    return table


def true_figures(population: Population, count: int = 2_000_000) -> dict[str, float]:
    """Each figure of the whole population, every patch weighing the same."""
    rng = np.random.default_rng(99)
    histograms, cells, patient_sum = np.zeros(2 * (len(EDGES) - 1)), np.zeros(2), np.zeros(2)
    for _ in range(count // 20_000):
        size, burden, idc, rest, idc_b = population.draw(rng, 20_000)
        histograms += np.concatenate([(size * burden) @ idc, (size * (1 - burden)) @ rest])
        found = idc[:, population.cut :].sum(axis=1)
        cells += size * burden @ np.stack([found, idc_b[:, population.cut :].sum(axis=1)], axis=1)
        some = 1 - (1 - burden) ** size  # has IDC patches at all
        patient_sum += np.array([some @ found, some.sum()])
    at = _outcomes(histograms[None], population.cut)
    idc_patches = histograms[: len(EDGES) - 1].sum()
    return {
        **{name: float(RATES[name](*at.T)[0]) for name in NAMES},
        "ROC-AUC": float(_roc_auc(histograms[None])[0]),
        "average precision": float(_average_precision(histograms[None])[0]),
        "mean patient's sensitivity": float(patient_sum[0] / patient_sum[1]),
        f"sensitivity at {ALARMS:.0%} false alarms": float(_found_at(histograms[None])[0]),
        "sensitivity, B - A": float((cells[1] - cells[0]) / idc_patches),
    }


def intervals(
    population: Population, rng: np.random.Generator, bootstrap: PatientBootstrap
) -> Found:
    """All intervals of one drawn set of patients."""
    size, burden, idc, rest, idc_b = population.draw(rng, bootstrap.patients)
    positive = rng.binomial(size, burden)
    bins = np.concatenate(
        [rng.multinomial(positive, idc), rng.multinomial(size - positive, rest)], axis=1
    ).astype(np.float64)
    counts = _outcomes(bins, population.cut)
    found = _of_rates(bootstrap, counts)
    found["ROC-AUC"] = _of_roc_auc(bootstrap, bins)
    area = bootstrap.of_sums(_average_precision, bins, SHARE)
    drawn = bootstrap.sums(bins)
    found["average precision"] = {
        "ours": area, "percentile": interval(area.value, _average_precision(drawn)),
        "naive": _wilson(area.value, bins[:, : len(EDGES) - 1].sum()),
    }  # fmt: skip
    rates = RATES["sensitivity"](*counts.T)
    found["mean patient's sensitivity"] = {"ours": bootstrap.of_mean(rates)}
    found[f"sensitivity at {ALARMS:.0%} false alarms"] = _of_band(bootstrap, bins, drawn)
    called = idc_b[:, population.cut :].sum(axis=1)
    found["sensitivity, B - A"] = _of_difference(bootstrap, rng, counts[:, 2:], called)
    return found


def _of_rates(bootstrap: PatientBootstrap, counts: np.ndarray) -> Found:
    ours, drawn, total = bootstrap.of_rates(counts, NAMES), bootstrap.sums(counts), counts.sum(0)
    tn, fp, fn, tp = total
    sizes = (fn + tp, tn + fp, fp + tp, fp + fn + tp, total.sum())
    return {
        name: {
            "ours": ours[name],
            "percentile": interval(ours[name].value, RATES[name](*drawn.T)),
            "naive": _wilson(ours[name].value, patches),
        }
        for name, patches in zip(NAMES, sizes, strict=True)
    }


def _of_roc_auc(bootstrap: PatientBootstrap, bins: np.ndarray) -> dict[str, Interval]:
    idc, rest = np.split(bins, 2, axis=1)
    pair_wins = idc @ (np.cumsum(rest, axis=1) - rest / 2).T
    classes = idc.sum(axis=1), rest.sum(axis=1)
    ours = bootstrap.of_roc_auc(pair_wins, *classes)
    area, p, n = ours.value, classes[0].sum(), classes[1].sum()
    # Hanley & McNeil 1982, 10.1148/radiology.143.1.7063747
    two_idc, two_rest = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (p - 1) * (two_idc - area**2) + (n - 1) * (two_rest - area**2)
    half = 1.96 * np.sqrt(spread / (p * n))
    drawn = roc_auc_resampled(bootstrap, pair_wins, *classes)
    return {
        "ours": ours,
        "percentile": interval(area, drawn),
        "naive": Interval(area, area - half, area + half),
    }


def _of_band(
    bootstrap: PatientBootstrap, bins: np.ndarray, drawn: np.ndarray
) -> dict[str, Interval]:
    """The band of the ROC curve at one share of false alarms."""
    cuts = np.arange(len(EDGES) - 1, -1, -1).astype(float)
    band = bands(lambda cut: _outcomes(bins, int(cut)), cuts, bootstrap).roc
    at = int(np.argmin(np.abs(band.across - ALARMS)))
    value = float(_found_at(bins.sum(axis=0)[None])[0])
    return {
        "ours": Interval(value, float(band.low[at]), float(band.high[at])),
        "percentile": interval(value, _found_at(drawn)),
    }


def _of_difference(
    bootstrap: PatientBootstrap, rng: np.random.Generator, missed_found: np.ndarray,
    called: np.ndarray,
) -> dict[str, Interval]:  # fmt: skip
    """B's sensitivity - A's; B calls each patch of a patient with the same chance."""
    both = rng.binomial(missed_found.astype(int), called[:, None])  # fixed, still found
    broken, fixed = missed_found[:, 1] - both[:, 1], both[:, 0]
    sums = np.stack([fixed, broken, missed_found.sum(axis=1)], axis=1).astype(np.float64)

    def difference(drawn: np.ndarray) -> np.ndarray:
        return ratio(drawn[:, 0] - drawn[:, 1], drawn[:, 2])

    ours = bootstrap.of_sums(difference, sums)
    b, c, n = sums.sum(axis=0)
    half = 1.96 * np.sqrt(b + c - (b - c) ** 2 / n) / n
    return {
        "ours": ours,
        "percentile": interval(ours.value, difference(bootstrap.sums(sums))),
        "naive": Interval(ours.value, ours.value - half, ours.value + half),
    }


def _bins(mean: np.ndarray, spread: float) -> np.ndarray:
    """Chance that a patch scores in each bin, shape (patients, bins)."""
    below = np.interp((EDGES[1:-1] - mean[:, None]) / spread, _GRID, _AREA)
    chances = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    return chances.clip(0) / chances.clip(0).sum(axis=1, keepdims=True)


def _outcomes(bins: np.ndarray, cut: int) -> np.ndarray:
    """tn, fp, fn, tp, where bins from `cut` on are called; (m, 2 · bins) → (m, 4)."""
    idc, rest = np.split(bins, 2, axis=1)
    parts = (rest[:, :cut], rest[:, cut:], idc[:, :cut], idc[:, cut:])
    return np.stack([part.sum(axis=1) for part in parts], axis=1)


def _falling(bins: np.ndarray) -> Iterator[np.ndarray]:
    """IDC, then other patches called at each bin, the highest first."""
    for part in np.split(bins, 2, axis=1):
        yield np.cumsum(part[:, ::-1], axis=1)


def _roc_auc(bins: np.ndarray) -> np.ndarray:
    idc, rest = np.split(bins, 2, axis=1)
    won = (idc * (np.cumsum(rest, axis=1) - rest / 2)).sum(axis=1)
    return ratio(won, idc.sum(axis=1) * rest.sum(axis=1))


def _average_precision(bins: np.ndarray) -> np.ndarray:
    true, false = _falling(bins)
    gain = np.diff(true, axis=1, prepend=0)
    return ratio((gain * true / np.maximum(true + false, 1)).sum(axis=1), true[:, -1])


def _found_at(bins: np.ndarray) -> np.ndarray:
    """Sensitivity where the share `ALARMS` of the others is called; `nan` without one class."""
    true, false = _falling(bins)
    return np.array(
        [
            np.interp(ALARMS, np.append(0, f) / f[-1], np.append(0, t) / t[-1])
            if t[-1] and f[-1]
            else np.nan
            for t, f in zip(true, false, strict=True)
        ]
    )


def _wilson(value: float, patches: float) -> Interval:
    square = 1.96**2 / patches
    half = 1.96 * np.sqrt(value * (1 - value) / patches + square / patches / 4) / (1 + square)
    middle = (value + square / 2) / (1 + square)
    return Interval(value, middle - half, middle + half)


def _kept(held: float, sets: int) -> bool:
    noise = 2 * np.sqrt(held * (1 - held) / sets)
    return bool(LOW - noise <= held <= HIGH + noise)


if __name__ == "__main__":
    sys.exit(0 if main(*(int(sets) for sets in sys.argv[1:2])) else 1)
