"""A patient's patches with all that is known of each, whether it has a label or not."""

import numpy as np
import pandas as pd

from dashboard.cache import labels, predictions, spatial
from dashboard.cache.all_patches import AllPatches
from dashboard.widgets import queue, unlabelled_queue
from idc_core.data.known_labels import is_known
from idc_core.data.places import slide_of
from idc_core.runs.run import Run


def partly_labelled(
    run: Run, found: predictions.SplitScores, every: AllPatches, patient: str, threshold: float
) -> pd.DataFrame:
    """The rows of `queue.described`, and behind them the patient's patches without a label, of
    which nothing is known that needs one."""
    split = str(found.rows["split"].iloc[0])
    suspects = labels.label_error_scores(run, split)
    suspicion = None if suspects is None else suspects.suspicion
    known = queue.described(found, patient, threshold, spatial.places(run, split), suspicion)
    own = every.of(patient)
    rest = own[~is_known(own["label"])]
    if rest.empty:
        return known
    unknown = ("suspicion", "border_distance", "isolation", "around")
    rest = rest.assign(outcome="unlabelled", kind="unknown", **dict.fromkeys(unknown, np.nan))
    both = (part.astype({"patient": object}) for part in (known, rest))
    table = pd.concat(both, ignore_index=True)
    # A slide of which nothing is labelled is reviewed as those of patients without a label are.
    slides = slide_of(table).astype(str)
    alone = ~slides.isin(slides[is_known(table["label"])]).to_numpy()
    ranked = np.full(len(table), np.nan)
    ranked[alone] = unlabelled_queue.ranks(table[alone], run.info.raster.stride_px)
    return table.assign(field=ranked) if alone.any() else table
