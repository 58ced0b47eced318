"""A thousand patches at a chosen prevalence: predictions, misses, predictive values."""

from html import escape

import numpy as np
import streamlit as st

from dashboard.cache import cutoff
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import many, plain
from dashboard.views.operating_point.clinic import charts, use_texts
from dashboard.widgets import figure, live
from idc_core.facts import metric_notes, use_words
from idc_core.io.digits import counted
from idc_core.metrics import clinic, joint
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import Raster

_CHOSEN = "clinic_prevalence"
_LOWEST, _HIGHEST = 0.1, 90.0


def choose(own: float, raster: Raster) -> float:
    """The prevalence as a share; the split's own until another is chosen."""
    asked = _asked()
    percent = min(max(100 * (own if asked is None else asked), _LOWEST), _HIGHEST)
    st.session_state[_CHOSEN] = round(percent, 1)

    def changed() -> None:
        st.query_params["prevalence"] = f"{st.session_state[_CHOSEN] / 100:.4g}"

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            f"Expected prevalence (share of patches with {plain(raster.positive)})",
            _LOWEST,
            _HIGHEST,
            step=0.1,
            format="%.1f %%",
            key=_CHOSEN,
            on_change=changed,
            width=420,
        )
        st.button(
            f"As in this split ({100 * own:.1f} %)",
            key="own_prevalence",
            on_click=_forget,
            disabled=asked is None,
        )
    # A link may ask for a value outside the slider: the numbers are those of the slider.
    return own if asked is None else min(max(asked, _LOWEST / 100), _HIGHEST / 100)


def show(found: SortedSplit, counts: Confusion, prevalence: float) -> None:
    """The sentence and the four numbers."""
    number = len(found.patients)
    thousand = charts.of_a_thousand(counts.sensitivity, counts.specificity, prevalence)
    told = use_texts.told(prevalence, number, found.raster)
    st.html(f'<p class="idc-said" {told}>{in_words(thousand, prevalence, found.raster)}</p>')
    rates = joint.rates(found.jackknife, found.patients.at(cutoff.now().value))
    patients = f"{many(counts.total)} patches · {counted(number, 'patient')}"
    counted_on = {
        f"{key}.n": metric_notes.held(
            f"{found.raster.say(METRICS[name].best)} · {patients}", name, number
        )
        for key, name in use_texts.MEASURED.items()
    }
    figure.live_numbers(
        {key: found.raster.say(METRICS[name].title) for key, name in use_texts.MEASURED.items()},
        use_texts.figures(clinic.in_use(rates, prevalence), number) | counted_on,
    )
    taken = live.each(use_words.assumed(rates.sensitivity, rates.specificity, number))
    parts = metric_notes.notes(
        [(METRICS[name].title, name, number) for name in ("sensitivity", "specificity")]
    )
    st.html(
        '<div class="idc-caption">Sensitivity '
        f"{taken['in_use.sensitivity']} and specificity {taken['in_use.specificity']} are assumed "
        "unchanged; the "
        "four intervals follow jointly from theirs and that of balanced accuracy. Prevalence is a "
        "share of patches, not of patients: a slide has hundreds of patches, and most slides with "
        "cancer have many "
        f"without.{parts}</div>"
    )


def in_words(thousand: dict[str, int], prevalence: float, raster: Raster) -> str:
    """Natural frequencies, which most people understand better than percentages; as HTML."""
    name, part = escape(raster.positive), live.each(use_texts.thousand(thousand, raster))
    return (
        f"Of 1,000 patches of which {100 * prevalence:.3g} % have {name}, the model predicts "
        f"{name} in <strong>{part['use.positive']}: {part['use.tp']} correctly, {part['use.fp']} "
        f"not</strong>; of the {part['use.negative']} {escape(raster.predicted(False))}, "
        f"<strong>{part['use.fn']} have {name}</strong>."
    )


def figures(found: SortedSplit, counts: Confusion, prevalence: float) -> None:
    """A thousand patches, and predictive values across all prevalences."""
    left, right = st.columns([1.15, 1], gap="large")
    thousand = charts.of_a_thousand(counts.sensitivity, counts.specificity, prevalence)
    named = use_texts.thousand(thousand, found.raster)["use.named"]
    with left:
        st.header("A thousand patches", anchor=False)
        figure.altair(
            charts.thousand_chart(thousand, found.raster),
            key="thousand",
            alt_text=f"A thousand patches: {named.removesuffix('.')}",
            moving=("use.named", named),
            caption=f"Rates from {counts.total:,} patches of "
            f"{counted(len(found.patients), 'patient')}.",
            moves=charts.thousand_moves(prevalence),
        )
    with right:
        st.header("Predictive values", anchor=False)
        across = np.linspace(*charts.ACROSS)
        rates = (counts.sensitivity, counts.specificity)
        lines, now = (
            charts.predictive_table(
                where, clinic.ppv(*rates, where), clinic.npv(*rates, where), found.raster
            )
            for where in (across, np.array([prevalence]))
        )
        figure.altair(
            charts.predictive_chart(lines.round(4), now, found.raster),
            key="predictive",
            alt_text="Positive and negative predictive value against prevalence",
            caption=f"The rarer {found.raster.positive} is, the more positive predictions are "
            "false alarms. Dots: the prevalence chosen above.",
            table=lines.dropna(),
            moves=charts.predictive_moves(prevalence),
        )


def _asked() -> float | None:
    try:
        asked = float(st.query_params.get("prevalence", ""))
    except ValueError:
        return None
    return asked if 0 < asked < 1 else None


def _forget() -> None:
    """Back to the prevalence of the split."""
    st.query_params.pop("prevalence", None)
