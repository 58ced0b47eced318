"""One page on one patient: opens without a network, prints on one sheet."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.slides import grid_of
from idc_core.export.blocks import Pairs, Table
from idc_core.export.pages import filled
from idc_core.export.report.card import RESEARCH_USE
from idc_core.export.report.markup import number
from idc_core.facts import names
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import digits
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

MOST_ERRORS = 10
MOST_VERDICTS = 12
_LARGEST = 2000
"""Squares: a wider map would be as large a picture."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour of the map means."""

    words: str
    letters: str
    colour: str
    """`red, green, blue`"""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A misclassified patch; `picture` is None where its pixels are not there."""

    words: str
    score: str
    place: str
    picture: str | None


def patient_page(
    rows: pd.DataFrame,
    *,
    facts: Mapping[str, Any],
    threshold: float,
    whole: bool,
    colours: Mapping[str, tuple[int, int, int]],
    verdicts: pd.DataFrame,
    pixels: Mapping[tuple[int, int], npt.NDArray[np.uint8]],
    raster: Raster,
) -> str:
    """The page as HTML.

    `facts`: what it was made of, by name. `verdicts`: this patient's standing ones. `pixels`: the
    picture of a patch, (side, side, 3) RGB, by place, where it is there.
    """
    words, whose = words_of(raster), place_of(rows)[:-2]
    wrong = rows[rows["outcome"].isin(["fn", "fp"])]
    order = (wrong["score"].astype(float) - threshold).abs().sort_values(ascending=False).index
    worst = wrong.loc[order].head(MOST_ERRORS)
    return str(
        filled(
            "patient.html.j2",
            patient=" · ".join(names.shown(str(each)) for each in rows[whose].iloc[0]),
            use=RESEARCH_USE,
            patches=len(rows),
            map=_map(rows, colours, raster.stride_px),
            key=[
                Key(words[kind], kind.upper(), ", ".join(map(str, colours[kind])))
                for kind in ("tp", "fn", "fp", "tn")
            ],
            counts=_counts(rows, raster, whole=whole),
            facts=Pairs([(str(name), str(value)) for name, value in facts.items()]),
            errors=f"{len(wrong):,}",
            worst=[_wrong(row, pixels, words) for row in worst.to_dict("records")],
            verdicts=f"{len(verdicts):,}",
            newest=_newest(verdicts, raster),
        )
    )


def _map(
    rows: pd.DataFrame, colours: Mapping[str, tuple[int, int, int]], stride: int
) -> str | None:
    """A picture of the slide, one square per patch; None where they lie too far apart."""
    grid = grid_of(rows["x"], rows["y"], stride)
    tall, wide = grid.shape
    if max(tall, wide) > _LARGEST:
        return None
    image = np.zeros((tall, wide, 4), np.uint8)
    outcome = rows["outcome"].to_numpy()
    for kind, (red, green, blue) in colours.items():
        here = outcome == kind
        alpha = 110 if kind == "tn" else 255
        image[grid.row[here], grid.column[here]] = (blue, green, red, alpha)
    scale = max(1, 600 // max(tall, wide))
    return _png(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST))


def _counts(rows: pd.DataFrame, raster: Raster, *, whole: bool) -> Pairs:
    count = rows["outcome"].value_counts()
    tn, fp, fn, tp = (int(count.get(kind, 0)) for kind in ("tn", "fp", "fn", "tp"))
    found = Confusion(tn=tn, fp=fp, fn=fn, tp=tp)
    size = len(rows)
    words = words_of(raster)
    burden = (
        f"{100 * (fn + tp) / size:.0f} % labelled, {100 * (fp + tp) / size:.0f} % predicted"
        if whole
        else "not defined: these patches are a sample of the tissue"
    )
    return Pairs(
        [
            ("patches", f"{size:,}"),
            (words["tp"], f"{tp:,} of {tp + fn:,} (sensitivity {number(found.sensitivity)})"),
            ("true negatives", f"{tn:,} of {tn + fp:,} (specificity {number(found.specificity)})"),
            (words["fn"], f"{fn:,}"),
            ("false alarms", f"{fp:,}"),
            ("burden", burden),
        ]
    )


def _wrong(
    row: Mapping[Any, Any],
    pixels: Mapping[tuple[int, int], npt.NDArray[np.uint8]],
    words: Mapping[str, str],
) -> Wrong:
    place = int(row["x"]), int(row["y"])
    image = pixels.get(place)
    return Wrong(
        words=words[str(row["outcome"])],
        score=digits(float(row["score"])),
        place=f"x{place[0]} y{place[1]}",
        picture=None if image is None else _png(image[:, :, ::-1]),
    )


def _newest(verdicts: pd.DataFrame, raster: Raster) -> Table:
    named = dict(zip(("idc", "no_idc"), raster.named or (), strict=False))
    rows = [
        [
            f"x{one.x} y{one.y}",
            named.get(str(one.verdict), str(one.verdict).replace("_", " ")),
            str(one.reviewer),
            str(one.at)[:10],
            str(one.comment),
        ]
        for one in verdicts.tail(MOST_VERDICTS).itertuples()
    ]
    return Table(("Patch", "Verdict", "Reader", "Day", "Note"), rows)


def _png(image: npt.NDArray[Any]) -> str:
    """BGR or BGRA pixels as a data address."""
    done, coded = cv2.imencode(".png", image)
    assert done
    return "data:image/png;base64," + base64.b64encode(coded.tobytes()).decode()
