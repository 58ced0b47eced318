"""The warning beside intervals from few patients."""

import streamlit as st

from idc_core.metrics.uncertainty import FEW_PATIENTS


def show(patients: int, of: str = "patients", where: str = "", unsure: str = "interval") -> None:
    """Draw the warning; nothing from `FEW_PATIENTS` on."""
    said = in_words(patients, of, where, unsure)
    if said:
        st.html(f'<div class="idc-warn">{said}</div>')


def in_words(patients: int, of: str = "patients", where: str = "", unsure: str = "interval") -> str:
    """The warning in words; `of`: what was counted, in the plural; `where`: in which part;
    `unsure`: what rests on it.

    >>> in_words(5), in_words(20)
    ('Only 5 patients: below 20, every interval here is unreliable.', '')
    >>> in_words(1, where="in fold 2")
    'Only 1 patient in fold 2: below 20, every interval here is unreliable.'
    """
    if patients >= FEW_PATIENTS:
        return ""
    noun = of.removesuffix("s") if patients == 1 else of
    place = f" {where}" if where else ""
    return (
        f"Only {patients} {noun}{place}: below {FEW_PATIENTS}, every {unsure} here is unreliable."
    )
