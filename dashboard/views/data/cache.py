"""What the Data page measures: drift between splits, near-duplicates."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.cache import slices, stamps
from dashboard.cache.stamps import Stamp
from idc_core.data.drift import Drift, drifts
from idc_core.data.known_labels import is_known
from idc_core.data.near_duplicates import near_duplicates
from idc_core.data.places import place_of
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.slices.pixels import MEASURES
from idc_core.io.progress import TellCount
from idc_core.runs.run import Run

WORDS = {
    "brightness": "brightness, 0 to 255",
    "saturation": "saturation, 0 to 1",
    "white": "share of white pixels",
    "haematoxylin": "haematoxylin (optical density)",
    "eosin": "eosin (optical density)",
}


@dataclass(frozen=True)
class Properties:
    """Image properties by patient, and how far the splits differ."""

    per_patient: pd.DataFrame
    drifts: list[Drift]


def properties(run: Run) -> Properties | None:
    """None until the pixels have been measured."""
    table = slices.measured(run)
    if table is None:
        return None
    return _properties(str(run.path), len(table), table)


@st.cache_resource(max_entries=4, show_spinner=False)
def _properties(path: str, rows: int, _table: pd.DataFrame) -> Properties:
    used = _table[_table["split"] != "unused"]
    per_patient = used.groupby(["split", "patient"], observed=True)[list(MEASURES)].mean()
    return Properties(per_patient.reset_index(), drifts(used, MEASURES))


@dataclass(frozen=True)
class Duplicates:
    """Pairs of near-duplicates with patient, coordinates, split and label of both patches."""

    pairs: pd.DataFrame

    @property
    def across(self) -> pd.DataFrame:
        """Pairs across two splits."""
        return self.pairs[self.pairs["split"] != self.pairs["split_2"]]

    @property
    def contradicting(self) -> pd.DataFrame:
        """Pairs with different labels, both known."""
        known = is_known(self.pairs["label"]) & is_known(self.pairs["label_2"])
        return self.pairs[known & (self.pairs["label"] != self.pairs["label_2"])]


def known_duplicates(store: PatchStore) -> Duplicates | None:
    """Near-duplicates found in this store since the server started; None before a search."""
    return _found().get(_key(store))


def find_duplicates(store: PatchStore, progress: TellCount) -> Duplicates:
    """Search for them, once."""
    pairs = near_duplicates(store.patches, progress)
    columns = [*place_of(store.index), "label", "split"]
    first = store.index.iloc[pairs["first"]][columns].reset_index(drop=True)
    second = store.index.iloc[pairs["second"]][columns].reset_index(drop=True).add_suffix("_2")
    found = Duplicates(pd.concat([first, second, pairs], axis=1))
    _found()[_key(store)] = found
    return found


@st.cache_resource(show_spinner=False)
def _found() -> dict[tuple[str, Stamp], Duplicates]:
    return {}


def _key(store: PatchStore) -> tuple[str, Stamp]:
    return str(store.path), stamps.stamp(store.pixel_file)
