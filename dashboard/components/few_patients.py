"""What has to be known of every interval that comes from few patients."""

import streamlit as st

from idc_core.metrics.uncertainty import FEW_PATIENTS


def show(patients: int, of: str = "patients") -> None:
    """The warning; nothing from `FEW_PATIENTS` on."""
    said = in_words(patients, of)
    if said:
        st.html(f'<div class="idc-warn">{said}</div>')


def in_words(patients: int, of: str = "patients") -> str:
    """What it says; `of` names what was counted, in the plural.

    >>> in_words(5), in_words(20)
    ('Only 5 patients: below 20 every interval here is itself unsure.', '')
    """
    if patients >= FEW_PATIENTS:
        return ""
    noun = of.removesuffix("s") if patients == 1 else of
    return f"Only {patients} {noun}: below {FEW_PATIENTS} every interval here is itself unsure."
