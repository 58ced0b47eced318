"""The one gate for labels and scores."""

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int8]  # (n,), 0 = no IDC, 1 = IDC
Scores = npt.NDArray[np.float64]  # (n,), probability of IDC


def check_labels_and_scores(labels: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Labels, Scores]:
    """Labels and scores as arrays of one length.

    Raises `ValueError` naming the first row (from 0) whose label is not 0 or 1, or whose score is
    not a number in [0, 1].
    """
    label_array, score_array = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    if label_array.ndim != 1 or label_array.shape != score_array.shape:
        raise ValueError(
            "expected labels and scores of one length: "
            f"found shapes {label_array.shape} and {score_array.shape}."
        )
    bad = ~((label_array == 0) | (label_array == 1))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"expected the label 0 or 1: row {row} holds {label_array[row]!r}.")
    bad = ~((score_array >= 0) & (score_array <= 1))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"expected a score in [0, 1]: row {row} holds {score_array[row]:g}. "
            "If these are logits, pass them through a sigmoid first."
        )
    return label_array.astype(np.int8), score_array
