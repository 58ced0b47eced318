"""All patches of a split, labelled or not: to be looked at and reviewed, not to be judged."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions, stores
from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.hot_fields import strongest_fields
from idc_core.data.known_labels import is_known
from idc_core.data.places import SLIDE, slide_of
from idc_core.evaluate.spatial.borders import whole_of
from idc_core.runs.run import Run

FIELDS = 10
"""The most fields of a slide that are to be reviewed first."""


@dataclass(frozen=True)
class AllPatches:
    """A split's predictions sorted by patient; `names` and `starts` say whose rows begin where.

    `labelled`: the patients of whom at least one patch has a label. `stride`: from patch to patch.
    """

    rows: pd.DataFrame
    names: list[str]
    starts: "np.ndarray"
    labelled: frozenset[str]
    stride: int

    def of(self, patient: str) -> pd.DataFrame:
        """One patient's rows; empty if the patient is not in the split."""
        at = int(np.searchsorted(self.names, patient))
        if at == len(self.names) or self.names[at] != patient:
            return self.rows.iloc[:0]
        ends = np.append(self.starts, len(self.rows))
        return self.rows.iloc[int(ends[at]) : int(ends[at + 1])]

    def called(self, threshold: float) -> "np.ndarray":
        """How many patches of each of `names` are predicted positive at a threshold."""
        score = self.rows["score"].to_numpy(np.float64)
        return np.add.reduceat(score >= threshold, self.starts, dtype=np.int64)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Of each of `names`: `slides`, where these have names, `patches`, and the `highest` score;
        no threshold moves them."""
        score = self.rows["score"].to_numpy(np.float64)
        found = pd.DataFrame(
            {
                "patches": list(self.sizes.values()),
                "highest": np.maximum.reduceat(score, self.starts),
            },
            index=pd.Index(self.names, name="patient", dtype=object),
        )
        if SLIDE in self.rows:
            slides = self.rows.groupby("patient", observed=True)[SLIDE].nunique()
            found.insert(0, "slides", slides.to_numpy())
        return found

    @property
    def sizes(self) -> dict[str, int]:
        """How many patches each patient has."""
        counts = np.diff(np.append(self.starts, len(self.rows)))
        return dict(zip(self.names, counts.tolist(), strict=True))

    @property
    def unlabelled(self) -> list[str]:
        """The patients without any label, sorted."""
        return [name for name in self.names if name not in self.labelled]

    @cached_property
    def fields(self) -> pd.DataFrame:
        """The centre patches of the fields to be reviewed first of each patient without a label,
        slide by slide, strongest first; no threshold moves them."""
        kept = []
        for patient in self.unlabelled:
            own = self.of(patient)
            for _, part in own.groupby(slide_of(own).astype(str).to_numpy(), sort=True):
                kept.append(part.iloc[highest_fields(part, self.stride)])
        return pd.concat(kept) if kept else self.rows.iloc[:0]


def highest_fields(rows: pd.DataFrame, stride: int) -> "np.ndarray":
    """Positions among a slide's rows of the fields with the highest scores, strongest first."""
    score = rows["score"].to_numpy(np.float64)
    return strongest_fields(rows["x"], rows["y"], score, FIELDS, stride)


def of_split(run: Run, split: str) -> AllPatches | None:
    """All patches of a split; None where it has none. Raises `Refusal` without predictions."""
    if not run.has_predictions:
        run.predictions()  # raises a Refusal that names the command
    file = stamp(run.scores_file)
    return _of_split(str(run.path), split, run.calibration_id(), file, run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _of_split(
    path: str, split: str, calibration: str | None, stamp: Stamp, _run: Run
) -> AllPatches | None:
    rows = predictions.rows_of(_run, split)
    if rows is None:
        return None
    codes = rows["patient"].cat.codes.to_numpy()
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    names = [str(name) for name in rows["patient"].cat.categories]
    known = np.unique(codes[is_known(rows["label"])])
    labelled = frozenset(names[code] for code in known)
    return AllPatches(rows, names, starts, labelled, _run.info.raster.stride_px)


def whole_patients(run: Run, split: str) -> frozenset[str]:
    """The patients of a split whose tissue is whole, whether they have labels or not."""
    found = of_split(run, split)
    if found is None:
        return frozenset()
    file = stamp(run.scores_file)
    return _whole(str(run.path), split, stores.store_of(run) is not None, file, run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _whole(path: str, split: str, store: bool, stamp: Stamp, _run: Run) -> frozenset[str]:
    found = of_split(_run, split)
    assert found is not None
    known = stores.whole_patients(_run) if store else None
    return whole_of(found.rows, known, found.stride) & frozenset(found.names)
