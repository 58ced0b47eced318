"""What becomes of a patch at a threshold, its words and its colour: the same on pages, pictures and
exports.

The letters TP, FN, FP and TN stand beside them wherever there is room.
"""

import numpy as np
import numpy.typing as npt

from idc_core.data.known_labels import is_known
from idc_core.records.raster import USUAL, Raster


def words_of(raster: Raster) -> dict[str, str]:
    """The outcomes where the classes have the names of `raster`.

    >>> words_of(Raster(positive="tumour", negative="stroma"))["fn"]
    'missed tumour'
    """
    return {
        "tp": f"{raster.positive} found",
        "fn": f"missed {raster.positive}",
        "fp": "false alarm",
        "tn": "true negative",
        "unlabelled": "label unknown",
        "unscored": "no score",
    }


WORDS = words_of(USUAL)

COLOURS = {
    "tp": "#009E73",
    "fn": "#D55E00",
    "fp": "#E69F00",
    "tn": "#9AA5B1",
    "unlabelled": "#6B7785",
    "unscored": "#6B7785",
}
"""Those of Okabe & Ito (2008), told apart by colour-blind readers; letters or words stand by."""

PREDICTED_COLOURS = {True: "#08306B", False: COLOURS["tn"]}
"""Of a patch without a label: predicted positive, or not. No outcome has the first."""


def outcome_of(
    label: npt.ArrayLike, score: npt.ArrayLike, threshold: float
) -> npt.NDArray[np.str_]:
    """`tp`, `fn`, `fp` or `tn` of each patch; `unlabelled` or `unscored` where there is no outcome.

    >>> outcome_of([1, 0, -1, 1], [0.9, 0.9, 0.9, np.nan], 0.5).tolist()
    ['tp', 'fp', 'unlabelled', 'unscored']
    """
    labels, scores = np.asarray(label), np.asarray(score, dtype=np.float64)
    is_idc, predicted = labels == 1, scores >= threshold
    return np.select(
        [~is_known(labels), np.isnan(scores), is_idc & predicted, is_idc & ~predicted, predicted],
        ["unlabelled", "unscored", "tp", "fn", "fp"],
        "tn",
    )
