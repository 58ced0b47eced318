"""One page on one patient: opens without a network, prints on one sheet."""

import base64
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.slides import grid_of
from idc_core.export.report.card import RESEARCH_USE
from idc_core.export.report.markup import number, pairs, plain, table
from idc_core.facts import names
from idc_core.facts.outcomes import WORDS
from idc_core.io.digits import digits
from idc_core.metrics.confusion import Confusion

MOST_ERRORS = 10
_STYLE = """
@page {size: A4; margin: 12mm}
body {font: 10.5pt/1.4 system-ui, sans-serif; color: #1c2733; max-width: 186mm; margin: 1.5rem auto}
h1 {font-size: 17pt; margin: 0; overflow-wrap: anywhere} h2 {font-size: 11.5pt; margin: .9em 0 .3em}
.notice {font-size: 9pt; color: #5b6875} .two {display: flex; gap: 8mm; align-items: flex-start}
.two > * {flex: 1} img {max-width: 100%} .map {image-rendering: pixelated; width: 100%;
max-height: 85mm; object-fit: contain; object-position: left top}
table {border-collapse: collapse; font-size: 9.5pt}
td, th {padding: 1px 8px 1px 0; text-align: left}
dl {display: grid; grid-template-columns: max-content 1fr; gap: 1px 10px; margin: 0}
dt {color: #5b6875} dd {margin: 0; overflow-wrap: anywhere}
.errors {display: flex; flex-wrap: wrap; gap: 3mm} .errors figure {margin: 0; width: 32mm}
.errors img {width: 32mm; height: 32mm; display: block}
figcaption {font-size: 8pt; overflow-wrap: anywhere}
.key span {display: inline-block; margin-right: 1em; font-size: 9pt}
.key i {display: inline-block; width: .8em; height: .8em; margin-right: .3em; vertical-align: -1px}
"""


def patient_page(
    rows: pd.DataFrame,
    *,
    facts: Mapping[str, Any],
    threshold: float,
    whole: bool,
    colours: Mapping[str, tuple[int, int, int]],
    verdicts: pd.DataFrame,
    pixels: Mapping[tuple[int, int], npt.NDArray[np.uint8]],
) -> str:
    """The page as HTML.

    `facts`: what it was made of, by name. `verdicts`: this patient's standing ones. `pixels`: the
    picture of a patch, (50, 50, 3) RGB, by place, where it is there.
    """
    patient = plain(names.shown(str(rows["patient"].iloc[0])))
    wrong = rows[rows["outcome"].isin(["fn", "fp"])]
    order = (wrong["score"].astype(float) - threshold).abs().sort_values(ascending=False).index
    worst = wrong.loc[order].head(MOST_ERRORS)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Patient {patient} · IDC Review</title><style>{_STYLE}</style></head><body>
<h1>Patient {patient}</h1><p class="notice">{plain(RESEARCH_USE)}</p>
<div class="two"><div>{_map(rows, colours)}</div><div>
<h2>What was called</h2>{_counts(rows, whole=whole)}
<h2>Made of</h2>{pairs([(str(name), plain(value)) for name, value in facts.items()])}
</div></div>
<h2>Most confident errors ({len(worst)} of {len(wrong):,})</h2>{_errors(worst, pixels)}
<h2>Verdicts ({len(verdicts):,})</h2>{_verdicts(verdicts)}
</body></html>
"""


def _map(rows: pd.DataFrame, colours: Mapping[str, tuple[int, int, int]]) -> str:
    grid = grid_of(rows["x"], rows["y"])
    tall, wide = grid.shape
    if max(tall, wide) > 2000:
        return "<p>The patches lie too far apart to be drawn as one map.</p>"
    image = np.zeros((tall, wide, 4), np.uint8)
    outcome = rows["outcome"].to_numpy()
    for kind, (red, green, blue) in colours.items():
        here = outcome == kind
        alpha = 110 if kind == "tn" else 255
        image[grid.row[here], grid.column[here]] = (blue, green, red, alpha)
    scale = max(1, 600 // max(tall, wide))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    key = "".join(
        f'<span><i style="background:rgb{colours[kind]}"></i>{WORDS[kind]} ({kind.upper()})</span>'
        for kind in ("tp", "fn", "fp", "tn")
    )
    said = f"Map of {len(rows)} patches by outcome; empty where nothing was exported"
    return f'<img class="map" alt="{said}" src="{_png(large)}"><p class="key">{key}</p>'


def _counts(rows: pd.DataFrame, *, whole: bool) -> str:
    count = rows["outcome"].value_counts()
    tn, fp, fn, tp = (int(count.get(kind, 0)) for kind in ("tn", "fp", "fn", "tp"))
    found = Confusion(tn=tn, fp=fp, fn=fn, tp=tp)
    size = len(rows)
    burden = (
        f"{100 * (fn + tp) / size:.0f} % labelled, {100 * (fp + tp) / size:.0f} % called"
        if whole
        else "not defined: these patches are a sample of the tissue"
    )
    return pairs(
        [
            ("patches", f"{size:,}"),
            ("IDC found", f"{tp:,} of {tp + fn:,} (sensitivity {number(found.sensitivity)})"),
            ("left alone", f"{tn:,} of {tn + fp:,} (specificity {number(found.specificity)})"),
            ("missed IDC", f"{fn:,}"),
            ("false alarms", f"{fp:,}"),
            ("burden", burden),
        ]
    )


def _errors(worst: pd.DataFrame, pixels: Mapping[tuple[int, int], npt.NDArray[np.uint8]]) -> str:
    if worst.empty:
        return "<p>None at this threshold.</p>"
    drawn = []
    for row in worst.itertuples():
        place = int(row.x), int(row.y)  # type: ignore[arg-type]
        image = pixels.get(place)
        picture = "" if image is None else f'<img alt="patch" src="{_png(image[:, :, ::-1])}">'
        score = digits(float(str(row.score)))
        said = f"{WORDS[str(row.outcome)]}, score {score}<br>x{place[0]} y{place[1]}"
        drawn.append(f"<figure>{picture}<figcaption>{said}</figcaption></figure>")
    return f'<div class="errors">{"".join(drawn)}</div>'


def _verdicts(verdicts: pd.DataFrame) -> str:
    if verdicts.empty:
        return "<p>None yet.</p>"
    shown = verdicts.tail(12)
    rows = [
        [
            plain(f"x{one.x} y{one.y}"),
            plain(str(one.verdict).replace("_", " ")),
            plain(one.reviewer),
            plain(str(one.at)[:10]),
            plain(one.comment),
        ]
        for one in shown.itertuples()
    ]
    more = (
        f"<p>The newest {len(shown)} of {len(verdicts):,}.</p>"
        if len(shown) < len(verdicts)
        else ""
    )
    return table(("Patch", "Verdict", "Reader", "Day", "Note"), rows) + more


def _png(image: npt.NDArray[Any]) -> str:
    """BGR or BGRA pixels as a data address."""
    done, coded = cv2.imencode(".png", image)
    assert done
    return "data:image/png;base64," + base64.b64encode(coded.tobytes()).decode()
