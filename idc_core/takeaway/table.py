"""The rows on screen as CSV: each says what it was made of, because rows get separated."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from idc_core.known_labels import blanked
from idc_core.patches import PATCH_PX
from idc_core.safe_csv import safe_csv

RESEARCH_USE = "research use only, not a diagnosis"


def rows_csv(rows: pd.DataFrame, facts: Mapping[str, Any]) -> str:
    """The rows with the `facts` (run, split, threshold, …) as columns; safe in a spreadsheet."""
    said = blanked(rows).assign(
        **{name: str(value) for name, value in facts.items()}, use=RESEARCH_USE
    )
    return safe_csv(said.columns, said.itertuples(index=False))


def wsinfer_csv(rows: pd.DataFrame, origin: tuple[int, int]) -> str:
    """Squares and probabilities under the names that WSInfer's own tables have, in pixels of the
    exported picture: `minx, miny, width, height, prob_no_idc, prob_idc`."""
    score = rows["score"].astype(float).round(6)
    table = pd.DataFrame(
        {
            "minx": rows["x"] - origin[0], "miny": rows["y"] - origin[1],
            "width": rows.get("width", PATCH_PX), "height": rows.get("height", PATCH_PX),
            "prob_no_idc": (1 - score).round(6), "prob_idc": score,
        }
    )  # fmt: skip
    return table.to_csv(index=False, lineterminator="\n")
