"""The table of one patient: what the header of its page says at every threshold."""

import numpy as np
import numpy.typing as npt

from idc_core.facts import patient_words
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Numbers
from idc_core.metrics.sorted_scores import Counts, below
from idc_core.threshold_table.build import Table
from idc_core.threshold_table.grid import Scale
from idc_core.threshold_table.packed import packed

BURDEN_DIGITS = 3
"""The share of predicted tissue is rounded to these, as the list of patients shows it."""


def build(
    labels: npt.NDArray[np.int8],
    scores: Numbers,
    has_verdict: npt.NDArray[np.bool_],
    of: str,
    grid: tuple[Numbers, Scale],
) -> Table:
    """From the patient's patches; `grid` is that of the split's table."""
    thresholds, scale = grid
    is_idc = labels == 1
    fn, tn = (below(np.sort(scores[own]), thresholds) for own in (is_idc, ~is_idc))
    positives, negatives = int(is_idc.sum()), int((~is_idc).sum())
    tp, fp = positives - fn, negatives - tn
    judged = _judged(is_idc, scores, has_verdict, thresholds)
    predicted = np.round((tp + fp) / max(1, len(labels)), BURDEN_DIGITS)
    texts: dict[str, list[str]] = {}
    for at in range(len(thresholds)):
        counts = Confusion(int(tn[at]), int(fp[at]), int(fn[at]), int(tp[at]))
        said = patient_words.header(counts, float(predicted[at]), int(judged[at]))
        for key, text in said.items():
            texts.setdefault(key, []).append(text)
    every = {key: packed(own) for key, own in texts.items()}
    return Table(of, thresholds, scale, positives, negatives, 1, tp, fp, {}, every)


def _judged(
    is_idc: npt.NDArray[np.bool_],
    scores: Numbers,
    has_verdict: npt.NDArray[np.bool_],
    thresholds: Numbers,
) -> Counts:
    """Errors with a verdict at each threshold."""
    missed = below(np.sort(scores[is_idc & has_verdict]), thresholds)
    others = np.sort(scores[~is_idc & has_verdict])
    found: Counts = missed + len(others) - below(others, thresholds)
    return found
