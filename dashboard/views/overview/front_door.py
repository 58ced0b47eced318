"""What IDC Review is, what IDC is, and the three ways in: what a newcomer reads first."""

import streamlit as st

from dashboard.pages import PRODUCT
from dashboard.state import view
from idc_core.records.raster import USUAL, Raster

_INTRO = (
    f"<b>{PRODUCT}</b> shows what a breast-cancer patch classifier gets right and wrong, at which "
    "threshold, in which patient, and why."
)
_IDC = (
    "Invasive ductal carcinoma (IDC) is the most common breast cancer: tumour cells have broken "
    "out of a milk duct into the tissue around it."
)
DOORS = (
    ("patients", "Review a patient", "grid_view"),
    ("operating-point/threshold", "Choose an operating point", "tune"),
    ("guide/bring", "Bring my data or model", "upload_file"),
)
"""View, words, icon."""


def intro(raster: Raster) -> str:
    """What the product is, and what IDC is where that is what a run looks for."""
    return f"{_INTRO} {_IDC}" if raster.positive == USUAL.positive else _INTRO


def show(raster: Raster) -> None:
    """Draw the sentences and the doors, which lead on with the selection."""
    st.html(f'<div class="idc-intro">{intro(raster)}</div>')
    with st.container(horizontal=True, key="doors"):
        for key, label, icon in DOORS:
            view.link(key, label, icon=f":material/{icon}:", width="content")
