"""The headline metrics at the threshold, in numbers and in one sentence."""

from html import escape

import streamlit as st

from dashboard.widgets import figure
from dashboard.widgets.live import each
from idc_core.facts import rate_words
from idc_core.facts.rate_words import HEAD, Judged
from idc_core.metrics.catalogue import METRICS
from idc_core.records.raster import Raster


def show(of: Judged, raster: Raster) -> None:
    """Draw sensitivity and specificity, always together, then precision and F1."""
    said = rate_words.headline(of, raster)
    figure.live_numbers({name: METRICS[name].title for name in HEAD}, said)
    st.html(f'<p class="idc-said">{in_words(of, raster)}</p>')


def in_words(of: Judged, raster: Raster) -> str:
    """Sensitivity and specificity in one sentence, as HTML."""
    said = rate_words.sentence(of)
    if not said:
        return "One class is missing: sensitivity or specificity is not defined."
    positive, part = escape(raster.positive), each(said)
    return (
        f"Of 100 {positive} patches, <strong>{part['sentence.found']}</strong> "
        f"({part['sentence.around']}); of 100 patches without {positive}, "
        f"<strong>{part['sentence.alarms']}</strong>."
    )
