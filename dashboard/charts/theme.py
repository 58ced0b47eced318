"""The only colours, sizes and number formats.

Outcome colours are those of Okabe & Ito (2008), told apart by colour-blind readers, and never stand
alone: a letter or a word is beside them.
"""

import re
from collections.abc import Mapping
from html import escape

import altair as alt
import plotly.graph_objects as go

from idc_core.facts.outcomes import COLOURS as COLOURS
from idc_core.facts.outcomes import WORDS as WORDS
from idc_core.io import intervals
from idc_core.io.digits import counted as counted
from idc_core.io.digits import digits as digits
from idc_core.io.digits import many as many
from idc_core.io.intervals import rate as rate

# Validating every chart against the schema costs more than drawing it.
alt.utils.schemapi.DEBUG_MODE = False
alt.data_transformers.disable_max_rows()

OUTCOMES = ("tp", "fn", "fp", "tn")
NO_OUTCOME = ("unlabelled", "unscored")
"""Patches that cannot be right or wrong: nobody labelled them, or nothing scored them."""
SHAPES = {"tp": "square", "fn": "circle", "fp": "circle", "tn": "square"}
"""The mark of an outcome, as on the slide: a disc for a miss; a false alarm is drawn as a ring."""
LETTERS = {"tp": "TP", "fn": "FN", "fp": "FP", "tn": "TN", "unlabelled": "?", "unscored": "?"}

ACCENT = "#157F9D"
"""Dark enough for text on white, light enough for a line on the dark page."""
INK = "#1C2733"
INK_ON_DARK, DARK_PAPER = "#E3E8EC", "#1A232C"
"""For pictures that we draw ourselves: Streamlit colours only its own."""
ACCENT_SOFT = "#7FB6C6"
QUIET = "#8894A0"
MARKED = "#9C5BC0"
"""What a chart points at, as the threshold on a curve: an outcome's colour means that outcome."""
LABEL_COLOURS = {1: ACCENT, 0: "#9AA5B1"}
SPLIT_COLOURS = {
    "train": "#9AA5B1",
    "validation": "#56B4E9",
    "test": ACCENT,
    "unused": "#CBD2D9",
}
RUN_COLOURS = (ACCENT, "#CC79A7", "#E69F00", "#56B4E9", "#6B4C9A", "#009E73")
SCORE_SCALE = ("#DDEBF7", "#08306B")
"""Probability as one cool hue; tissue is pink and purple."""


def fill_of(outcome: str) -> str:
    """The inside of an outcome's mark: a false alarm is a ring."""
    return "transparent" if outcome == "fp" else COLOURS[outcome]


def ink_on(red: int, green: int, blue: int) -> str:
    """Black or white, whichever is easier to read on a colour: at least 4.58:1 on any.

    >>> ink_on(255, 255, 255), ink_on(35, 134, 126), ink_on(0, 90, 80)
    ('#000', '#000', '#fff')
    """
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (red / 255, green / 255, blue / 255)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if luminance > 0.179 else "#fff"


def interval(figure: Mapping[str, float | None]) -> str:
    """A figure with its 95 % interval, where that can be known.

    >>> interval({"value": 0.834, "low": 0.78, "high": 0.881})
    '0.83 [0.78–0.88]'
    """
    return intervals.interval(figure["value"], figure["low"], figure["high"], rate)


_ADDRESS = re.compile(r"https?:(?=//)|www(?=\.)|@", re.IGNORECASE)


def plain(text: object) -> str:
    """Text from a file or a user, so that Markdown shows it as it is.

    Addresses become links even where every sign is escaped: a sign without width breaks them.

    >>> plain("a*b_[c](d)")
    'a\\\\*b\\\\_\\\\[c\\\\]\\\\(d\\\\)'
    """
    broken = _ADDRESS.sub("\\g<0>\N{WORD JOINER}", str(text))
    return "".join("\\" + sign if sign in r"\`*_{}[]()<>#+-.!|~$:&" else sign for sign in broken)


Drawn = alt.Chart | alt.LayerChart | alt.FacetChart
"""What Altair says that layers may become."""


def finished(chart: Drawn, *, height: int) -> Drawn:
    """The look that all Altair charts share."""
    drawn: Drawn = (
        chart.properties(height=height, width="container")
        .configure_view(strokeOpacity=0)
        # Streamlit lets every mark say its encodings: a band would call its lower edge by the name
        # of the figure. A mark says what it is given to say.
        .configure_mark(tooltip=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridOpacity=0.35,
            domainOpacity=0.5,
            tickOpacity=0.5,
        )
        .configure_legend(labelFontSize=12, titleFontSize=12, orient="top", title=None)
    )
    return drawn


def plotly_layout(figure: go.Figure, *, height: int) -> go.Figure:
    """The look that all Plotly charts share; colours of paper and text are the page's."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        legend={"orientation": "h", "y": 1.06, "x": 0},
        hovermode="x unified",
        font={"size": 13},
    )
    return figure


def with_facts(figure: go.Figure, title: str, line: str) -> go.Figure:
    """A Plotly figure with its title and what it was made of in small print below, for the file
    that its own button saves."""
    return go.Figure(figure).update_layout(
        margin={"b": 56},
        annotations=[
            *figure.layout.annotations,
            {
                "text": f"{escape(title)}<br>{escape(line)}",
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 0,
                "yshift": -30,
                "xanchor": "left",
                "yanchor": "top",
                "align": "left",
                "showarrow": False,
                "font": {"size": 10, "color": QUIET},
            },
        ],
    )
