"""Which store each patch came from, where several are joined: a scanner, a centre, a cutting."""

import numpy as np
import pandas as pd

from idc_core.data.stores.store import SOURCE, PatchStore
from idc_core.evaluate.slices.attributes import UNKNOWN, Attribute, aligned
from idc_core.evaluate.slices.cut_store import categories


def of_joined(rows: pd.DataFrame, store: PatchStore | None) -> list[Attribute]:
    """The attribute `source` of `rows` (patient, x, y) from the store that holds them; none of a
    store that joins no others."""
    if store is None or SOURCE not in store.index:
        return []
    values, codes = categories(store.index[SOURCE].tolist())
    own = aligned(rows, store.index.assign(**{SOURCE: codes}), [SOURCE])
    numbers = own[SOURCE].fillna(UNKNOWN).to_numpy(np.int8)
    note = "The store that the patch came from, of those that were joined."
    return [Attribute(SOURCE, "Source", values, numbers, note)]
