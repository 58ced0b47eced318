"""One card per patch: picture, score on a scale with the threshold, prediction, "Why?"."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.charts import theme
from dashboard.charts.channels import data_uri
from dashboard.charts.patches import Taken, outcome, predicted
from dashboard.widgets.script import script, style
from idc_core.data.known_labels import UNKNOWN, in_words
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster

_HERE = Path(__file__).parent
_KEY = "prediction_cards"
_CARDS = st.components.v2.component(
    "idc_prediction_cards",
    html='<div class="cards"></div>',
    css=style(_HERE / "prediction_cards.css"),
    js=script(_HERE / "prediction_cards.js"),
)


def show(
    patches: Sequence[Taken],
    scores: Sequence[float],
    threshold: float,
    raster: Raster,
) -> int | None:
    """Draw the cards; the position of the one whose evidence was just asked for, else None."""
    cards = [card(*pair, threshold, raster) for pair in zip(patches, scores, strict=True)]
    result = _CARDS(
        key=_KEY, data={"cards": cards, "threshold": threshold}, on_why_change=lambda: None
    )
    clicked = result.why
    is_card = isinstance(clicked, int | float) and 0 <= clicked < len(cards)
    return int(clicked) if is_card else None


def card(patch: Taken, score: float, threshold: float, raster: Raster) -> dict[str, object]:
    """The contents of one card."""
    facts = patch.facts
    result = outcome(facts.label, score, threshold)
    if result is None:
        label, colour = UNKNOWN.capitalize(), "transparent"
    else:
        said = f"{words_of(raster)[result]} ({theme.LETTERS[result]})"
        label = f"Labelled {in_words(facts.label, raster)}: {said}"
        colour = theme.COLOURS[result]
    return {
        "picture": data_uri(patch.pixels),
        "score": float(score),
        "prediction": predicted(score, threshold, raster),
        "label": label,
        "colour": colour,
        "name": facts.file,
        "note": patch.note,
    }
