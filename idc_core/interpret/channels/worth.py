"""What a channel contributes: its own AUC, and what is lost without it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats

from idc_core.interpret.channels.cut import Rest, rest_after
from idc_core.metrics.areas import roc_auc_left_out
from idc_core.metrics.simultaneous import Together, together
from idc_core.score.scoring import Layer, Scorer, session_of

CHUNK = 64
DUPLICATE = 0.98
"""Correlation over all places from which on a channel says what an earlier one says."""

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]


def aucs(values: npt.NDArray[np.floating], labels: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    """ROC-AUC of each column of `values` (n, C) alone, (C,); NaN where one class is missing.

    The Mann-Whitney form: mean rank of IDC, ties sharing theirs (Hanley & McNeil 1982).
    """
    positive = labels == 1
    n_pos, n_neg = int(positive.sum()), int((~positive).sum())
    if not n_pos or not n_neg:
        return np.full(values.shape[1], np.nan)
    found = np.empty(values.shape[1])
    for start in range(0, values.shape[1], 512):
        ranks = stats.rankdata(values[:, start : start + 512], axis=0)
        above = ranks[positive].sum(axis=0) - n_pos * (n_pos + 1) / 2
        found[start : start + 512] = above / (n_pos * n_neg)
    return found


def judged_together(
    owner: npt.NDArray[np.int64], labels: npt.NDArray[np.int8], base: Scores, off: Scores
) -> Together:
    """Change of ROC-AUC without each channel, all channels of a layer judged together.

    `owner` numbers the patients of the patches from 0; `off` is (channels, n). Where no channel
    matters for other patients, at most 5 % of layers have one that is shown to.
    """
    patients = int(owner.max(initial=-1)) + 1
    whole = roc_auc_left_out(owner, labels, base.astype(np.float64), patients)
    values, left = np.zeros(len(off)), np.zeros((patients, len(off)))
    for channel in np.flatnonzero((off != base).any(axis=1)):
        found = roc_auc_left_out(owner, labels, off[channel].astype(np.float64), patients)
        values[channel] = found.value - whole.value
        left[:, channel] = found.left_out - whole.left_out
    return together(values, left)


def duplicates(answers: Floats) -> npt.NDArray[np.int64]:
    """For each channel of `answers` (n, …, channels) the earlier one it repeats, else −1."""
    flat = answers.reshape(-1, answers.shape[-1]).astype(np.float64)
    flat = flat - flat.mean(axis=0)
    length = np.sqrt((flat**2).sum(axis=0))
    unit = np.divide(flat, length, out=np.zeros_like(flat), where=length > 0)
    alike = np.triu(unit.T @ unit >= DUPLICATE, 1)
    return np.where(alike.any(axis=0), alike.argmax(axis=0), -1).astype(np.int64)


class SwitchedOff:
    """Scores with one channel of a layer set to zero."""

    def __init__(self, scorer: Scorer, layer: Layer) -> None:
        """Raises `Refusal` where the score does not depend on the layer."""
        self._scorer = scorer
        self._rest: Rest = rest_after(scorer.content, layer)
        self._session = session_of(self._rest.content)

    def scores(
        self, patches: npt.NDArray[np.uint8], progress: Callable[[int, int], None] | None = None
    ) -> Scores:
        """Raw scores (channels, n) of patches (n, 50, 50, 3); each row without one channel."""
        rest, channels = self._rest, self._rest.layer.shape[-1]
        found = np.empty((channels, len(patches)), np.float64)
        for start in range(0, len(patches), CHUNK):
            some = patches[start : start + CHUNK]
            pixels = some.astype(np.float32)
            whole = self._scorer.tensor(rest.feed, some)
            base = self._run(whole, pixels)
            part = found[:, start : start + CHUNK]
            part[:] = base
            for channel in range(channels):
                self._without(whole, pixels, channel, part[channel])
            if progress is not None:
                progress(start + len(some), len(patches))
        return found

    def _without(self, whole: Floats, pixels: Floats, channel: int, scores: Scores) -> None:
        """Put in the scores that change: where the channel is zero anyway, none does."""
        at = (slice(None),) * self._rest.axis + (channel,)
        said = whole[at].reshape(len(whole), -1).any(axis=1)
        if not said.any():
            return
        changed = whole[said].copy()
        changed[at] = 0
        scores[said] = self._run(changed, pixels[said])

    def _run(self, values: Floats, pixels: Floats) -> Scores:
        given = {self._rest.feed: values}
        if self._rest.needs_pixels:
            given |= {"pixels": pixels}
        return self._rest.source.scores(self._session.run([self._rest.source.name], given)[0])


def switched_off_here(scorer: Scorer, layer: Layer, patch: npt.NDArray[np.uint8]) -> Scores:
    """Raw scores (channels,) of one patch, each without one channel of the layer."""
    rest = rest_after(scorer.content, layer)
    whole = scorer.tensor(rest.feed, patch[None])
    channels = layer.shape[-1]
    copies = np.repeat(whole, channels, axis=0)
    np.moveaxis(copies, rest.axis, 1)[np.arange(channels), np.arange(channels)] = 0
    session = session_of(rest.content)
    given = {rest.feed: copies}
    if rest.needs_pixels:
        given["pixels"] = np.repeat(patch[None].astype(np.float32), channels, axis=0)
    return rest.source.scores(session.run([rest.source.name], given)[0])
