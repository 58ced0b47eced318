"""What can be had without a network: a number to beat, and a test for shortcuts.

- prevalence: every patch gets the share of IDC on the training split;
- colour: a logistic regression on how bright, coloured and stained a patch is as a whole
  (`slicing/pixels.py`), learnt on the training split. It sees no shape at all. How well it ranks is
  how far colour alone predicts the label; a network near it has learnt little else.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import place_of
from idc_core.evaluate.slices.pixels import MEASURES
from idc_core.io.refusal import Refusal
from idc_core.metrics.calibration import logistic
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.uncertainty import PatientJackknife

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A rule without a network: scores of all patches, in the order of the index."""

    name: str
    said: str
    scores: Numbers


def prevalence(index: pd.DataFrame) -> Baseline:
    """Always the share of IDC among the training patches."""
    train = _labelled(index, "train")
    _refuse_one_class(index, train)
    share = float(index["label"].to_numpy()[train].mean())
    return Baseline("prevalence", f"always {share:.2f}", np.full(len(index), share))


def colour(index: pd.DataFrame, measures: pd.DataFrame) -> Baseline:
    """Logistic regression on the measures and their squares, standardised on the training split.

    `measures` comes from `slicing.pixels.measure` of the same store. Raises `Refusal` if it has
    other patches, or if the training split has one class only.
    """
    key = place_of(index, measures)
    if not all(np.array_equal(index[each].to_numpy(), measures[each].to_numpy()) for each in key):
        raise Refusal("expected measures of the same patches: they are of others. Measure again.")
    train = _labelled(index, "train")
    _refuse_one_class(index, train)
    values = measures[list(MEASURES)].to_numpy(np.float64)
    spread = values[train].std(axis=0)
    z = (values - values[train].mean(axis=0)) / np.where(spread > 0, spread, 1)
    # far outside the training split a square would run away
    z = np.clip(z, -5, 5)
    design = np.column_stack([np.ones(len(z)), z[:, spread > 0], z[:, spread > 0] ** 2])
    found = logistic(design[train], index["label"].to_numpy(np.float64)[train])
    if found is None:
        raise Refusal("expected colours of both classes to overlap: they are apart, or all alike.")
    odds = np.clip(design @ found, -30, 30)
    return Baseline("colour alone", "colour, no shape", 1 / (1 + np.exp(-odds)))


def roc_auc(index: pd.DataFrame, scores: Numbers, split: str) -> Interval:
    """How well scores rank the patches of a split, with the interval over its patients."""
    own = _labelled(index, split)
    owner, names = pd.factorize(index["patient"].to_numpy()[own])
    labels = index["label"].to_numpy()[own]
    return PatientJackknife(len(names)).of_roc_auc_scores(owner, labels, scores[own])


def loss(index: pd.DataFrame, scores: Numbers, split: str) -> float:
    """Mean binary cross-entropy on a split."""
    own = _labelled(index, split)
    label, score = index["label"].to_numpy()[own], np.clip(scores[own], 1e-9, 1 - 1e-9)
    return float(-np.mean(np.where(label == 1, np.log(score), np.log(1 - score))))


def _labelled(index: pd.DataFrame, split: str) -> npt.NDArray[np.bool_]:
    """The patches of a split whose labels are known, (n,)."""
    return np.asarray((index["split"] == split).to_numpy() & is_known(index["label"]))


def _refuse_one_class(index: pd.DataFrame, train: npt.NDArray[np.bool_]) -> None:
    if index["label"].to_numpy()[train].size == 0 or index.loc[train, "label"].nunique() != 2:
        raise Refusal("expected training patches with and without IDC: one kind is missing.")
