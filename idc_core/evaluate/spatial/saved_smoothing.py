"""Smoothing that somebody took: kept with the run, applied where its scores are shown.

`smoothing.json` holds the strength, the whole slides it is applied to, what it was chosen on, and
an id that every operating point chosen on such scores names. `predictions.parquet` stays as it is.

Smoothed scores are doubles. A file written before they were has no `precision`: its scores go on
being rounded to float32, for the operating points chosen on them are such numbers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.evaluate.spatial.neighbours import neighbours_of
from idc_core.evaluate.spatial.smoothing import smoothed
from idc_core.io.files import read_json, write_json
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.records.raster import USUAL
from idc_core.runs import seal
from idc_core.runs.run import SMOOTHING, Run


@dataclass(frozen=True)
class Smoothing:
    """How strongly, and on which patients; the others' scores stay as they are."""

    strength: float
    whole: tuple[str, ...]
    rounded: bool = False
    stride: int = USUAL.stride_px
    """From one patch to the next, in pixels: as the run says, and not a part of the id."""

    @property
    def id(self) -> str:
        """Short text that is the same for the same smoothing."""
        said = f"{self.strength:.4f} {' '.join(self.whole)}" + " double" * (not self.rounded)
        return f"smooth-{hashlib.sha256(said.encode()).hexdigest()[:8]}"

    def apply(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """The scores of `rows` (patient, x, y, score) with those of whole slides smoothed."""
        score = rows["score"].to_numpy(np.float64)
        here = rows["patient"].astype(str).isin(self.whole).to_numpy()
        own = rows.loc[here, place_of(rows)]
        found = score.copy()
        found[here] = smoothed(score[here], neighbours_of(own, self.stride), self.strength)
        return found.astype(np.float32).astype(np.float64) if self.rounded else found


def saved(run: Run) -> Smoothing | None:
    """The smoothing kept with a run; None without one, `Refusal` where the file is damaged."""
    file = run.path / SMOOTHING
    if not file.exists():
        return None
    content: Any = read_json(file)
    try:
        known = Smoothing(
            float(content["strength"]),
            tuple(map(str, content["whole"])),
            rounded="precision" not in content,
            stride=run.info.raster.stride_px,
        )
        good = 0 < known.strength <= 1 and known.id == content["id"]
    except (KeyError, TypeError, ValueError):
        good = False
    if not good:
        raise Refusal(
            f"expected a smoothing with its id in {file}: found {str(content)[:80]}. "
            "Remove the file, and the scores are shown as they are."
        )
    return known


def save(run: Run, chosen: Smoothing, facts: Mapping[str, Any]) -> None:
    """Keep it: the run's scores are shown through it from now on. `facts`: where it was chosen."""
    content = {"id": chosen.id, "strength": chosen.strength, "whole": list(chosen.whole)}
    if not chosen.rounded:
        content["precision"] = "double"
    with seal.changing(run.path, SMOOTHING):
        write_json(run.path / SMOOTHING, content | {"chosen_on": dict(facts), "kept_at": now()})


def drop(run: Run) -> None:
    """Go back to scores as they are."""
    file = run.path / SMOOTHING
    with seal.changing(run.path, SMOOTHING), refused_by_system(f"remove {file}"):
        file.unlink(missing_ok=True)
