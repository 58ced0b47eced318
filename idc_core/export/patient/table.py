"""Squares and probabilities as WSInfer's own tables have them."""

import re

import numpy as np
import pandas as pd

from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.records.raster import Raster
from idc_core.reviews.ground import EXCLUDED


def wsinfer_csv(rows: pd.DataFrame, origin: tuple[int, int], facts: Facts, raster: Raster) -> str:
    """`minx, miny, width, height, prob_no_idc, prob_idc`, in pixels of the exported picture; the
    last two are called after the classes, the positive one last.

    `excluded`, where `rows` have it, and the facts follow in columns of their own: WSInfer and
    QuPath read the place by its names and every column that begins with `prob_`, and leave the
    others alone.
    """
    score = rows["score"].to_numpy(np.float64)
    negative, positive = _columns(raster)
    table = pd.DataFrame(
        {
            "minx": rows["x"] - origin[0],
            "miny": rows["y"] - origin[1],
            "width": rows.get("width", raster.patch_px),
            "height": rows.get("height", raster.patch_px),
            negative: 1 - score,
            positive: score,
            **({EXCLUDED: rows[EXCLUDED]} if EXCLUDED in rows else {}),
        }
    )
    return table_csv(table, facts)


def _columns(raster: Raster) -> tuple[str, str]:
    """The columns of the other class and of the positive one.

    >>> _columns(Raster()), _columns(Raster(positive="G3/G4", negative="-"))
    (('prob_no_idc', 'prob_idc'), ('prob_negative', 'prob_g3_g4'))
    """
    said = [
        re.sub(r"\W+", "_", name).strip("_").lower() for name in (raster.negative, raster.positive)
    ]
    negative, positive = said[0] or "negative", said[1] or "positive"
    if negative == positive:
        negative, positive = "negative", "positive"
    return f"prob_{negative}", f"prob_{positive}"
