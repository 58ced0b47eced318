"""A blinded reading of some fields of a slide: those with the highest scores among others drawn at
random, so that being asked says nothing about the score."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.all_patches import FIELDS, highest_fields
from dashboard.state import choices
from dashboard.views.patients import blinding
from dashboard.widgets import unlabelled_queue
from idc_core.data.places import slide_of
from idc_core.records.raster import Raster
from idc_core.reviews import data_key, reading_order
from idc_core.runs.run import Run

Place = tuple[int, int]
WHICH = {"fields": "some fields", "patches": "all patches"}


def line(run: Run, table: pd.DataFrame, name: str) -> list[Place]:
    """The patches of a slide that the reader `name` is shown blinded, in an order of their own."""
    if _which(table) == "patches":
        return blinding.order(run, table, name)
    places = chosen(run, table)
    whose = f"{slide_of(table).iloc[0]}, fields"
    order = reading_order(name, run.name, data_key(run), whose, len(places))
    return [places[at] for at in order]


def chosen(run: Run, table: pd.DataFrame) -> list[Place]:
    """The centre patches of the `FIELDS` fields with the highest scores and of as many others drawn
    at random, sorted: the same for every reader."""
    stride = run.info.raster.stride_px
    ordered = table.sort_values(["y", "x"], kind="stable")
    places = list(zip(ordered["x"].astype(int), ordered["y"].astype(int), strict=True))
    found = [places[at] for at in highest_fields(ordered, stride)]
    whose = f"{slide_of(table).iloc[0]}, drawn"
    wanted = len(found) + FIELDS
    for at in reading_order("", run.name, data_key(run), whose, len(places)):
        if len(found) == wanted:
            break
        if all(_far(places[at], other, stride) for other in found):
            found.append(places[at])
    return sorted(found)


def control(
    table: pd.DataFrame, line: list[Place], read: Collection[Place], raster: Raster
) -> None:
    """Draw the choice, and how far the reading of fields is."""
    choices.segmented("Which are read", "read", WHICH, _default(table))
    if _which(table) == "fields":
        done = sum(place in read for place in line)
        st.caption(
            f"**{done} of {len(line)}** fields read: those with the highest scores, which the "
            f"model finds most likely {raster.positive}, and as many drawn at random, in an order "
            "of your own. Nothing here says which is which."
        )


def _default(table: pd.DataFrame) -> str:
    """Without labels a whole slide is too much to read, with them every patch counts."""
    return "fields" if unlabelled_queue.is_of(table) else "patches"


def _which(table: pd.DataFrame) -> str:
    return choices.now("read", WHICH, _default(table))


def _far(one: Place, other: Place, stride: int) -> bool:
    """Whether two fields overlap by no more than their rim."""
    return bool(max(np.abs(np.subtract(one, other))) >= 2 * stride)
