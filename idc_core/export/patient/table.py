"""Squares and probabilities as WSInfer's own tables have them."""

import numpy as np
import pandas as pd

from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.records.raster import USUAL, Raster


def wsinfer_csv(
    rows: pd.DataFrame, origin: tuple[int, int], facts: Facts, raster: Raster = USUAL
) -> str:
    """`minx, miny, width, height, prob_no_idc, prob_idc`, in pixels of the exported picture.

    The facts follow in columns of their own: WSInfer and QuPath read the place by its names and
    every column that begins with `prob_`, and leave the others alone.
    """
    score = rows["score"].to_numpy(np.float64)
    table = pd.DataFrame(
        {
            "minx": rows["x"] - origin[0],
            "miny": rows["y"] - origin[1],
            "width": rows.get("width", raster.patch_px),
            "height": rows.get("height", raster.patch_px),
            "prob_no_idc": 1 - score,
            "prob_idc": score,
        }
    )
    return table_csv(table, facts)
