"""Which reading of pixels and classes fits the labels of a store, beside the one that was declared.

Only patches outside the test split are looked at, and nothing is chosen: what fits is told, and
what was declared stays. A network is scored with another reading through the pixels that its own
front turns into that reading's, so that one exported graph answers for all.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.data import known_labels
from idc_core.data.stores.store import PatchStore
from idc_core.io.intervals import DASH, TO, decimals, interval
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.score.foreign.reading import PRESETS, RANGES, Floats, Reading
from idc_core.score.scoring import Scorer

RANKED_ON = ("train", "validation")
MOST_PATCHES = 512
LEAST_PATCHES = 64
MOST_SECONDS = 60.0
"""Of scoring; a slow network is asked about fewer patches."""

CLEARLY = 0.1
"""A difference of AUC that is told where there are too few patients for an interval."""

OF_MANY = 1.5
"""Times the half-width of an interval that a difference must exceed: the best of sixteen readings
lies above any one of them by chance more often than one in twenty (2.95 / 1.96 normal deviates)."""

SHOWN = 4
"""Readings listed beside the declared one."""


WORSE_LOSS = 0.5
"""Nats of log loss above the lowest from which scores no longer look like a trained network's."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One reading's ROC-AUC and log loss, and how far its AUC lies above that of the declared."""

    reading: Reading
    auc: Interval
    above: Interval
    loss: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The readings, the best first, on so many labelled patches of so many patients of `splits`.

    `rivals` are the readings that cannot be told from the best on these patches.
    """

    patches: int
    patients: int
    splits: tuple[str, ...]
    fits: tuple[Fit, ...]
    declared: Fit
    rivals: tuple[Fit, ...] = ()

    @property
    def best(self) -> Fit:
        return self.fits[0]

    @property
    def is_wrong(self) -> bool:
        """Whether what was declared fits clearly worse than the best: by its AUC, or with an AUC no
        higher by scores that are far off."""
        best, declared = self.best, self.declared
        if best is declared or best.auc.value < declared.auc.value:
            return False
        return is_clear(best.above) or declared.loss > best.loss + WORSE_LOSS

    def lines(self) -> list[str]:
        """As it is said on the command line: the table, then what follows from it."""
        splits = " and ".join(self.splits) + (" splits" if len(self.splits) > 1 else " split")
        found = [
            f"Which reading of {len(self.fits)} fits, on {self.patches:,} labelled patches of "
            f"{self.patients} {'patient' if self.patients == 1 else 'patients'} ({splits}, never "
            "test):"
        ]
        shown = [*self.fits[:SHOWN]]
        if self.declared not in shown:
            shown.append(self.declared)
        found += [f"  {_words(each, self.declared)}" for each in shown]
        return [*found, self.conclusion()]

    def conclusion(self) -> str:
        """Whether what was declared is what fits, in one or two sentences."""
        best, rivals = self.best, [each for each in self.rivals if each is not self.declared]
        others = ", ".join(options(each.reading) for each in rivals)
        if self.is_wrong:
            said = (
                f"Warning: the labels fit {options(best.reading)} better than what was declared: "
                f"ROC-AUC {best.auc.value:.3f} against {self.declared.auc.value:.3f}, a difference "
                f"of {_interval(best.above, signed=True)}, and log loss {best.loss:.2f} against "
                f"{self.declared.loss:.2f}. It was read as declared; import it again as it was "
                "trained."
            )
        elif np.isfinite(best.auc.low) and best.auc.low <= 0.5 and best.auc.value < 0.6:
            return (
                "Note: no reading tells the classes apart on these patches better than chance "
                f"would (the best: {_interval(best.auc)})."
            )
        elif best is self.declared:
            said = "What was declared fits best."
        else:
            said = "Nothing fits these labels clearly better than what was declared."
        return said + (
            f" Not to be told from the best on these patches: {others}." if others else ""
        )

    def record(self) -> dict[str, Any]:
        """As `run.json` keeps it."""
        return {
            "patches": self.patches,
            "patients": self.patients,
            "sides": list(self.splits),
            "said": self.conclusion(),
            "fits": [
                {
                    "options": options(each.reading),
                    "declared": each is self.declared,
                    "roc_auc": [_known(v) for v in (each.auc.value, each.auc.low, each.auc.high)],
                    "log_loss": each.loss,
                }
                for each in self.fits
            ],
        }


def readings(declared: Reading) -> list[Reading]:
    """What is tried: what was declared, every range in both orders of channels, and the presets; of
    a mean or deviation of its own also the other order of channels."""
    own = declared.pixels_alone()
    others = [
        replace(PRESETS[name], channels=channels) for name in RANGES for channels in ("rgb", "bgr")
    ]
    others += [PRESETS["imagenet"], PRESETS["caffe"]]
    if own not in others:
        others.insert(0, replace(own, channels="bgr" if own.is_rgb else "rgb"))
    return list(dict.fromkeys([own, *others]))


def ranked(scorer: Scorer, store: PatchStore, declared: Reading) -> Ranking | None:
    """Try every reading on the labelled patches outside the test split; None where they do not hold
    both classes.

    `scorer` is the network with the declared reading built in.
    """
    rows = _rows(store)
    if rows is None:
        return None
    started = time.monotonic()
    scorer.score(store.patches[rows[:LEAST_PATCHES]])
    per_patch = (time.monotonic() - started) / min(len(rows), LEAST_PATCHES)
    tried = readings(declared)
    most = max(LEAST_PATCHES, int(MOST_SECONDS / max(per_patch * len(tried), 1e-9)))
    if len(rows) > most:
        rows = _rows(store, most)
        assert rows is not None
    patches = np.asarray(store.patches[rows])
    scores = [scorer.score(patches, seen=_through(declared, other)) for other in tried]
    index = store.index.iloc[rows]
    splits = tuple(split for split in RANKED_ON if (index["split"] == split).any())
    return judge(
        tried, scores, index["label"].to_numpy(), index["patient"].to_numpy(), declared, splits
    )


def _through(declared: Reading, other: Reading) -> Callable[[Floats], Floats]:
    """What makes the declared reading's front answer as `other`'s would."""
    return lambda pixels: declared.stored(other.prepared(pixels))


def judge(
    tried: list[Reading],
    scores: list[npt.NDArray[np.float64]],
    labels: npt.ArrayLike,
    patients: npt.ArrayLike,
    declared: Reading,
    splits: tuple[str, ...] = RANKED_ON,
) -> Ranking:
    """Rank readings by their scores of the same patches; the first is the declared one.

    Each is judged in both orders of classes: turned round, an AUC of 0.1 is one of 0.9.
    """
    names, owner = np.unique(np.asarray(patients, str), return_inverse=True)
    jackknife = PatientJackknife(len(names))
    given = np.asarray(labels)
    turned = {
        (at, idc_class): each if idc_class == declared.idc_class else 1 - each
        for at, each in enumerate(scores)
        for idc_class in (declared.idc_class, 1 - declared.idc_class)
    }

    def above(one: Fit, other: Fit) -> Interval:
        """How far the AUC of `one` lies above that of `other`."""
        a, b = (turned[places[id(each)]] for each in (other, one))
        return jackknife.of_roc_auc_difference(owner, given, a, b)[2]

    fits, places = [], {}
    for (at, idc_class), each in turned.items():
        _, auc, apart, _ = jackknife.of_roc_auc_difference(owner, given, scores[0], each)
        fit = Fit(replace(tried[at], idc_class=idc_class), auc, apart, log_loss(given, each))
        places[id(fit)] = (at, idc_class)
        fits.append(fit)
    own, lowest = fits[0], min(fit.loss for fit in fits)
    # What was declared goes before what fits as well.
    by_auc = sorted(fits, key=lambda fit: (-round(fit.auc.value, 6), fit is not own))
    likely = [fit for fit in by_auc if fit.loss <= lowest + WORSE_LOSS]
    if not is_clear(above(by_auc[0], likely[0])):
        by_auc = likely + [fit for fit in by_auc if fit not in likely]
    best = by_auc[0]
    rivals = [fit for fit in by_auc[1:] if fit in likely and not is_clear(above(best, fit))]
    return Ranking(len(given), len(names), splits, tuple(by_auc), own, tuple(rivals))


def is_clear(found: Interval) -> bool:
    """Whether a difference of AUC is above 0 beyond chance, as the best of many that were tried; by
    its size where nobody can tell."""
    if not np.isfinite(found.low):
        return found.value > CLEARLY
    return found.value - OF_MANY * (found.value - found.low) > 0


def log_loss(labels: npt.NDArray[Any], scores: npt.NDArray[np.float64]) -> float:
    """Mean of -log of what was said of the true class, scores taken for no nearer to 0 or 1 than
    one in ten million."""
    said = np.clip(np.where(labels == 1, scores, 1 - scores), 1e-7, 1)
    return float(-np.log(said).mean())


def options(reading: Reading) -> str:
    """A reading as it is declared on the command line."""
    return f"{reading.options()} --idc-class {reading.idc_class}"


def _rows(store: PatchStore, most: int = MOST_PATCHES) -> npt.NDArray[np.int64] | None:
    """Labelled patches outside the test split, half of each class where there are so many."""
    index = store.index
    usable = index["split"].isin(RANKED_ON).to_numpy() & known_labels.is_known(index["label"])
    of_class = [np.flatnonzero(usable & (index["label"] == each).to_numpy()) for each in (0, 1)]
    if not all(len(each) for each in of_class):
        return None
    short = min(len(each) for each in of_class)
    each_most = max(most // 2, most - short)
    kept = [
        each[np.unique(np.linspace(0, len(each) - 1, min(len(each), each_most)).astype(int))]
        for each in of_class
    ]
    found: npt.NDArray[np.int64] = np.sort(np.concatenate(kept))
    return found


def _words(fit: Fit, declared: Fit) -> str:
    said = f"{options(fit.reading)}: ROC-AUC {_interval(fit.auc)}, log loss {fit.loss:.2f}"
    return f"{said} (as declared)" if fit is declared else said


def _interval(found: Interval, *, signed: bool = False) -> str:
    write, between = (decimals(3, "+"), TO) if signed else (decimals(3), DASH)
    return interval(found.value, found.low, found.high, write, between)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
