"""Labels that networks contradict which never saw the patient.

A network that was trained on a patch has learned its label, right or wrong, so only scores from
outside count: out-of-fold ones, or those of a run on patients it was not trained on. Confidence is
not proof: what ranks high is worth a reader's look first (Northcutt et al. 2021, JAIR 70:1373,
"self-confidence").
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import place_of

CONFIDENT = 0.9
"""From here on a label counts as contradicted."""


def suspicion(label: npt.ArrayLike, score: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """What a network gives the other label, 0 to 1; `nan` where it has no score.

    >>> suspicion([1, 0], [0.25, 0.75]).tolist()
    [0.75, 0.75]
    """
    scores = np.asarray(score, np.float64)
    doubt = np.where(np.asarray(label) == 1, 1 - scores, scores)
    return np.where(is_known(label), doubt, np.nan)


def outside(rows: pd.DataFrame, out_of_fold: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The out-of-fold score of each of `rows`, by patient and place; `nan` where there is none."""
    key = place_of(rows, out_of_fold)
    known = pd.MultiIndex.from_frame(out_of_fold[key].astype({"patient": str}))
    at = known.get_indexer(pd.MultiIndex.from_frame(rows[key].astype({"patient": str})))
    scores = out_of_fold["score"].to_numpy(np.float64)
    return np.where(at >= 0, scores[at], np.nan)
