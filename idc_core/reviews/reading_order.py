"""In which order a reader is shown a patient's patches when reading blind."""

import hashlib
import json

import numpy as np
import numpy.typing as npt


def reading_order(
    reader: str, run_name: str, data: str, patient: str, count: int
) -> npt.NDArray[np.intp]:
    """A permutation of 0 … `count` − 1 of the reader's own, the same whenever it is asked for.

    What patches come first is read with fresh eyes. If every reader had the same order, fatigue
    would fall on the same patches and look like agreement.

    >>> reading_order("Ada", "demo", "f", "10253", 5).tolist()
    [1, 0, 4, 3, 2]
    """
    named = json.dumps([reader, run_name, data, patient], ensure_ascii=False).encode()
    seed = list(hashlib.sha256(named).digest())
    return np.random.default_rng(seed).permutation(count)
