"""Which rows of a file of patches are meant by `rows[3]`, `rows[5:9]` or `rows[places]`."""

from typing import Any

import numpy as np
import numpy.typing as npt


def places_of(key: Any, count: int) -> npt.NDArray[np.int64]:
    """The rows, from 0, that an index, a slice, or an array of rows or of truths names.

    >>> places_of(slice(-2, None), 5).tolist(), places_of([True, False, True], 3).tolist()
    ([3, 4], [0, 2])

    Raises `IndexError` for a row that is not there.
    """
    if isinstance(key, slice):
        return np.arange(*key.indices(count))
    found = np.atleast_1d(np.asarray(key))
    if found.dtype == bool:
        if len(found) != count:
            raise IndexError(f"expected {count} truths: found {len(found)}")
        found = np.flatnonzero(found)
    places = found.astype(np.int64)
    if ((places < -count) | (places >= count)).any():
        raise IndexError(f"expected rows below {count}: found {places.max()}")
    return np.where(places < 0, places + count, places)
