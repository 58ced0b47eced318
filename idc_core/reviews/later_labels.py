"""Verdicts on patches that got their label after they were judged."""

import numpy as np
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import place_of
from idc_core.data.shown_splits import OF_FOLDS


def verdicts_in(standing: pd.DataFrame, split: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on patches of a split; of a cross-validation those on any patient in `rows`, for
    readers gave them where the patient stands in the data's own split."""
    if split in OF_FOLDS:
        return standing[standing["patient"].isin(rows["patient"].unique())]
    return standing[standing["split"] == split]


def labelled_since(standing: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The verdicts with the label that the patch has in `rows` (patient, x, y, label) today, where
    it had none when the reader judged it; one that was seen stays as it was seen."""
    known = is_known(standing["label"]) if len(standing) else np.ones(0, bool)
    if known.all():
        return standing
    key = place_of(standing, rows)
    now = rows[[*key, "label"]].astype(dict.fromkeys(key[:-2], object))
    asked = standing[key].astype(dict.fromkeys(key[:-2], object))
    found = asked.merge(now.drop_duplicates(key), on=key, how="left")["label"].to_numpy()
    label = np.where(known, standing["label"].to_numpy(), np.where(np.isnan(found), -1, found))
    return standing.assign(label=label.astype(np.int8))
