"""One page on one patient: opens without a network, prints on one sheet."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.places import place_of
from idc_core.data.slides import grid_of
from idc_core.export.blocks import Pairs, Table
from idc_core.export.pages import filled
from idc_core.export.report.card import RESEARCH_USE
from idc_core.export.report.markup import number
from idc_core.facts import names
from idc_core.facts.outcomes import PREDICTED_COLOURS, words_of
from idc_core.io.digits import digits
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

MOST_LISTED = 10
MOST_VERDICTS = 12
CALLED, REST = "called", "rest"
"""What the map shows of a patch without a label: predicted positive, or not."""
_LETTERS = {"tp": "TP", "fn": "FN", "fp": "FP", "tn": "TN"}
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
    """A misclassified patch, or one without a label; `picture` is None where its pixels are not
    there."""

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
    whose, labelled = place_of(rows)[:-2], has_labels(rows)
    rows = rows.assign(shown=_shown(rows, threshold))
    words = words_of(raster) | {kind: raster.predicted(kind == CALLED) for kind in (CALLED, REST)}
    colours = {**colours, CALLED: _numbers(True), REST: _numbers(False)}
    first = listed(rows, threshold)
    worst = first.head(MOST_LISTED)
    return str(
        filled(
            "patient.html.j2",
            patient=" · ".join(names.shown(str(each)) for each in rows[whose].iloc[0]),
            use=RESEARCH_USE,
            patches=len(rows),
            map=_map(rows, colours, raster.stride_px),
            labelled=labelled,
            key=[
                Key(words[kind], _LETTERS.get(kind, ""), ", ".join(map(str, colours[kind])))
                for kind in (*_LETTERS, CALLED, REST)
                if (labelled and kind in _LETTERS) or (rows["shown"] == kind).any()
            ],
            counts=_counts(rows, raster, threshold, whole=whole),
            facts=Pairs([(str(name), str(value)) for name, value in facts.items()]),
            errors=f"{len(first):,}",
            worst=[_wrong(row, pixels, words) for row in worst.to_dict("records")],
            verdicts=f"{len(verdicts):,}",
            newest=_newest(verdicts, raster),
        )
    )


def has_labels(rows: pd.DataFrame) -> bool:
    """Whether any patch has a label."""
    return bool(is_known(rows["label"]).any())


def listed(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The patches that the page shows one by one, of which it has room for `MOST_LISTED`: errors,
    farthest from the threshold first; without labels all, the highest score first."""
    score = rows["score"].astype(float)
    if not has_labels(rows):
        return rows.loc[score.sort_values(ascending=False, kind="stable").index]
    far = (score - threshold).abs()[rows["outcome"].isin(["fn", "fp"])]
    return rows.loc[far.sort_values(ascending=False).index]


def _shown(rows: pd.DataFrame, threshold: float) -> npt.NDArray[np.str_]:
    """What the map shows of each patch: its outcome; without a label what is predicted."""
    predicted = np.where(rows["score"] >= threshold, CALLED, REST)
    return np.where(rows["outcome"] == "unlabelled", predicted, rows["outcome"].astype(str))


def _numbers(called: bool) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(PREDICTED_COLOURS[called].removeprefix("#"))
    return red, green, blue


def _map(
    rows: pd.DataFrame, colours: Mapping[str, tuple[int, int, int]], stride: int
) -> str | None:
    """A picture of the slide, one square per patch; None where they lie too far apart."""
    grid = grid_of(rows["x"], rows["y"], stride)
    tall, wide = grid.shape
    if max(tall, wide) > _LARGEST:
        return None
    image = np.zeros((tall, wide, 4), np.uint8)
    shown = rows["shown"].to_numpy()
    for kind, (red, green, blue) in colours.items():
        here = shown == kind
        alpha = 110 if kind in ("tn", REST) else 255
        image[grid.row[here], grid.column[here]] = (blue, green, red, alpha)
    scale = max(1, 600 // max(tall, wide))
    return _png(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST))


def _counts(rows: pd.DataFrame, raster: Raster, threshold: float, *, whole: bool) -> Pairs:
    count = rows["outcome"].value_counts()
    tn, fp, fn, tp = (int(count.get(kind, 0)) for kind in ("tn", "fp", "fn", "tp"))
    found = Confusion(tn=tn, fp=fp, fn=fn, tp=tp)
    size, labelled = len(rows), tn + fp + fn + tp
    called = int((rows["score"] >= threshold).sum())
    words = words_of(raster)
    predicted = (raster.predicted(True), f"{called:,} of {size:,}")
    if not labelled:
        return Pairs([("patches", f"{size:,}"), predicted, ("labels", "none")])
    if labelled < size:
        without = ("without a label", f"{size - labelled:,}, in no figure below")
        rest = _counts(rows[is_known(rows["label"])], raster, threshold, whole=whole)
        return Pairs([("patches", f"{size:,}"), predicted, without, *rest.rows[1:]])
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
        words=words[str(row["shown"])],
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
