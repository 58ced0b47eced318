"""A patch and its maps of evidence side by side, each with its faithfulness checks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.charts.channels import Image, data_uri
from dashboard.widgets.script import script, style
from idc_core.interpret.explain.evidence import EMPTY, Evidence
from idc_core.interpret.explain.faithfulness import ORDERS, Check
from idc_core.interpret.explain.methods import Method
from idc_core.records.raster import Raster

_HERE = Path(__file__).parent
_CARDS = st.components.v2.component(
    "idc_evidence_cards",
    html='<div class="row"></div>',
    css=style(_HERE / "evidence_cards.css"),
    js=script(_HERE / "evidence_cards.js"),
)

CLEAR = 0.95 * ORDERS
"""Random orders that a map must beat to be called faithful."""

LIKE = 0.5
"""Rank correlation with maps of randomised weights above which a map fails the sanity check."""

Fact = tuple[str, str, str]  # mark, text, hint


@dataclass(frozen=True, slots=True)
class Card:
    """One method: its map, or why there is none (yet)."""

    method: Method
    found: Evidence | None = None
    check: Check | None = None
    like_shuffled: float | None = None
    gap: float | None = None
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The column of the patch itself."""

    pixels: Image
    heading: str
    under: str
    caption: str
    facts: Sequence[Fact] = ()


def show(
    shown: Shown,
    cards: Sequence[Card],
    chosen: str | None,
    on_choose: Callable[[str], None],
    raster: Raster,
    *,
    key: str = "evidence_cards",
) -> None:
    """Draw all columns; `on_choose` gets the method whose curves shall be shown.

    `key`: another one for the row that is shown while maps are being computed.
    """
    keys = {card.method.key for card in cards}

    def clicked() -> None:
        picked = st.session_state[key].get("method")
        if picked in keys:
            on_choose(picked)

    data = {
        "patch": data_uri(shown.pixels),
        "heading": shown.heading,
        "under": shown.under,
        "patch_caption": shown.caption,
        "alt": f"{shown.heading}, {shown.under}",
        "facts": [list(fact) for fact in shown.facts],
        "chosen": chosen,
        "positive": raster.positive,
        "nothing": EMPTY,
        "cards": [card_data(card) for card in cards],
    }
    _CARDS(key=key, data=data, on_method_change=clicked)


def card_data(card: Card) -> dict[str, object]:
    """What the browser needs of one method."""
    found = card.found
    if found is None:
        return {
            "key": card.method.key,
            "name": card.method.name,
            "resolution": "",
            "waiting": card.waiting,
        }
    return {
        "key": card.method.key,
        "name": card.method.name,
        "resolution": found.resolution,
        "pro": np.round(found.pro, 5).tolist(),
        "con": np.round(found.con, 5).tolist(),
        "most": found.most,
        "checks": [list(fact) for fact in facts(card)],
        "can_choose": card.check is not None,
    }


def facts(card: Card) -> list[Fact]:
    """The results of the checks of a map, in sentences."""
    found: list[Fact] = []
    if card.check is not None:
        found.append(_against_chance(card.check))
    if card.like_shuffled is not None:
        found.append(_shuffled(card.like_shuffled))
    elif card.waiting:
        found.append(("…", card.waiting, ""))
    if card.gap is not None:
        found.append(
            (
                "=",
                f"completeness gap {card.gap:.2g}",
                "Integrated gradients must sum to the change of the logit from the baseline; the "
                "gap is what is missing.",
            ),
        )
    return found


def _against_chance(check: Check) -> Fact:
    away, back = check.deletion_wins, check.insertion_wins
    hint = (
        "Deletion: removing the strongest cells first changes the prediction sooner than "
        f"{away} of {ORDERS} random orders. Insertion: restoring them first brings it back sooner "
        f"than {back} of {ORDERS}."
    )
    text = f"beats {away} (deletion) and {back} (insertion) of {ORDERS} random orders"
    if away >= CLEAR and back >= CLEAR:
        return "✓", f"faithful: {text}", hint
    if away >= CLEAR or back >= CLEAR:
        return "~", f"partly faithful: {text}", hint
    return "✗", f"not better than chance: {text}", hint


def _shuffled(like: float) -> Fact:
    hint = (
        "Rank correlation with the maps of the same network after its weights were shuffled (mean "
        "of three). Near 0: the map depends on what was learnt. Near 1: it shows the image alone."
    )
    if not np.isfinite(like):
        return "–", "flat with randomised weights", hint
    if like < LIKE:
        return "✓", f"changes with randomised weights (correlation {like:.2f})", hint
    return "✗", f"stays the same with randomised weights (correlation {like:.2f})", hint
