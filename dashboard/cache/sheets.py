"""Several patches as one picture (a montage), and the field around a patch."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard.cache import stores
from dashboard.cache.stamps import Stamp, stamp
from dashboard.charts import gallery, strip
from dashboard.charts.montage import montage
from idc_core.data.places import SLIDE
from idc_core.data.slides import neighbourhood
from idc_core.data.stores.store import PatchStore

Centre = tuple[str, str | None, int, int]
"""Patient, slide where it has a name, x and y."""


def sheet(store: PatchStore, at: tuple[int, ...], outcomes: tuple[str, ...]) -> str:
    """Rows of the store as one picture in `gallery.COLUMNS` columns, as a data address."""
    return _sheet(str(store.path), at, outcomes, stamp(store.pixel_file))


@st.cache_resource(max_entries=48, show_spinner=False)
def _sheet(path: str, at: tuple[int, ...], outcomes: tuple[str, ...], stamp: Stamp) -> str:
    patches = stores.opened(path).patches[list(at)]
    return gallery.address(montage(patches, np.array(outcomes), columns=gallery.COLUMNS))


def around(
    store: PatchStore, patient: str, place: tuple[int, int], size: int, slide: str | None = None
) -> Any:
    """The pixels of the `size`×`size` squares around a patch; None where the store lacks it.

    `slide`: the patient's slide, where slides have names of their own.
    """
    known = stores.rows_of_store(store)
    whose = (patient,) if SLIDE not in known.index.names else (patient, str(slide))
    if (*whose, *place) not in known.index:
        return None
    own = known.loc[whose:whose]
    x, y = (own.index.get_level_values(name).to_numpy() for name in ("x", "y"))
    stride = store.raster.stride_px
    reach = size // 2 * stride
    near = (np.abs(x - place[0]) <= reach) & (np.abs(y - place[1]) <= reach)
    patches = store.patches[own.to_numpy()[near]]
    pixels, _ = neighbourhood(patches, x[near], y[near], place, size, stride=stride)
    return pixels


def fields(store: PatchStore, centres: tuple[Centre, ...], outcomes: tuple[str, ...]) -> str | None:
    """Fields of 3×3 patches side by side, as a data address; None where the store lacks one."""
    return _fields(str(store.path), centres, outcomes, stamp(store.pixel_file))


@st.cache_resource(max_entries=48, show_spinner=False)
def _fields(
    path: str, centres: tuple[Centre, ...], outcomes: tuple[str, ...], stamp: Stamp
) -> str | None:
    store = stores.opened(path)
    found = [around(store, patient, (x, y), 3, slide) for patient, slide, x, y in centres]
    if any(each is None for each in found):
        return None
    return gallery.address(strip.sheet(found, list(outcomes)))
