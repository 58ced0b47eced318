"""A thousand patches at a prevalence: what is called, what is missed, how far to trust a call."""

import math

import numpy as np
import streamlit as st

from dashboard import cutoff, loaders
from dashboard.charts import clinic as charts
from dashboard.charts.theme import UNDEFINED, many
from dashboard.components import figure
from dashboard.components.sentences import as_text
from idc_core.metrics import clinic
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval

_CHOSEN = "clinic_prevalence"
_LOWEST, _HIGHEST = 0.1, 90.0


def choose(own: float) -> float:
    """The prevalence to look at, as a share; the split's own until another is chosen."""
    asked = _asked()
    percent = min(max(100 * (own if asked is None else asked), _LOWEST), _HIGHEST)
    st.session_state[_CHOSEN] = round(percent, 1)

    def changed() -> None:
        st.query_params["prevalence"] = f"{st.session_state[_CHOSEN] / 100:.4g}"

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            "Prevalence: share of IDC among the patches you expect", _LOWEST, _HIGHEST, step=0.1,
            format="%.1f %%", key=_CHOSEN, on_change=changed, width=420,
        )  # fmt: skip
        st.button(
            f"As in this split ({100 * own:.1f} %)", key="own_prevalence",
            on_click=lambda: st.query_params.pop("prevalence", None),
            disabled=asked is None,
        )  # fmt: skip
    # A link may ask for more than the slider reaches: the numbers are those of the slider.
    return own if asked is None else min(max(asked, _LOWEST / 100), _HIGHEST / 100)


def show(found: loaders.SplitScores, counts: Confusion, prevalence: float) -> None:
    """The sentence and the four numbers."""
    thousand = charts.of_a_thousand(counts.sensitivity, counts.specificity, prevalence)
    st.markdown(in_words(thousand, prevalence))
    figures = intervals(found, prevalence)
    patients = f"{many(counts.total)} patches · {many(len(found.patients))} patients"
    figure.numbers(
        [
            ("PPV at this prevalence", as_text(figures["ppv"]), f"of calls, IDC · {patients}"),
            ("NPV at this prevalence", as_text(figures["npv"]), f"of the rest, clear · {patients}"),
            ("Likelihood ratio +", _ratio(figures["plus"]), f"far above 1 is good · {patients}"),
            ("Likelihood ratio −", _ratio(figures["minus"]), f"near 0 is good · {patients}"),
        ]
    )  # fmt: skip
    few = " Fewer than 20 patients: intervals are themselves unsure."
    st.html(
        '<div class="idc-caption">Sensitivity and specificity are taken as they are here. This is '
        "a share of patches, not of patients: a slide holds hundreds of patches, and most slides "
        f"with cancer hold many without.{few * (len(found.patients) < FEW_PATIENTS)}</div>"
    )


def in_words(thousand: dict[str, int], prevalence: float) -> str:
    """Natural frequencies, which most people read more surely than percentages."""
    called, left = thousand["tp"] + thousand["fp"], thousand["tn"] + thousand["fn"]
    return (
        f"Of 1,000 patches where {100 * prevalence:.3g} % hold IDC, the model calls "
        f"**{called:,}: {thousand['tp']:,} rightly, {thousand['fp']:,} not**; among the {left:,} "
        f"left alone, **{thousand['fn']:,} hold IDC**."
    )


def intervals(found: loaders.SplitScores, prevalence: float) -> dict[str, Interval]:
    """PPV, NPV and both likelihood ratios with 95 % limits for new patients."""
    counts = found.patients.at(cutoff.now().value).astype(np.float64)
    share = (0.0, 1.0)
    of = found.bootstrap.of_sums
    return {
        "ppv": of(lambda s: clinic.ppv_at(*s.T, prevalence), counts, within=share),
        "npv": of(lambda s: clinic.npv_at(*s.T, prevalence), counts, within=share),
        "plus": _of_ratio(found, clinic.likelihood_ratio_positive, counts),
        "minus": _of_ratio(found, clinic.likelihood_ratio_negative, counts),
    }


def figures(found: loaders.SplitScores, counts: Confusion, prevalence: float) -> None:
    """A thousand patches, and predictive values across all prevalences."""
    left, right = st.columns([1.15, 1], gap="large")
    thousand = charts.of_a_thousand(counts.sensitivity, counts.specificity, prevalence)
    with left:
        st.subheader("A thousand patches", anchor=False)
        figure.altair(
            charts.thousand_chart(thousand), key="thousand",
            alt_text=f"A thousand patches: {charts.named(thousand)}",
            caption=f"{charts.named(thousand)}; rates from {counts.total:,} patches of "
            f"{len(found.patients):,} patients.",
        )  # fmt: skip
    with right:
        st.subheader("How far to trust a call", anchor=False)
        across = np.linspace(0.001, 0.999, 81)
        cells = (counts.tn, counts.fp, counts.fn, counts.tp)
        lines, now = (
            charts.predictive_table(
                where, clinic.ppv_at(*cells, where), clinic.npv_at(*cells, where)
            )
            for where in (across, np.array([prevalence]))
        )
        figure.altair(
            charts.predictive_chart(lines.round(4), now), key="predictive",
            alt_text="Positive and negative predictive value against prevalence",
            caption="The rarer IDC is, the more calls are false alarms. Dots: the prevalence "
            "chosen above.",
            table=lines,
        )  # fmt: skip


def _of_ratio(found: loaders.SplitScores, figure_of, counts: np.ndarray) -> Interval:  # type: ignore[no-untyped-def,type-arg]
    """A likelihood ratio's limits, taken on its logarithm: it has no upper bound."""
    with np.errstate(divide="ignore"):
        logged = found.bootstrap.of_sums(lambda s: np.log(figure_of(*s.T)), counts)
    if not math.isfinite(logged.value):
        return Interval(float(figure_of(*counts.sum(axis=0))), math.nan, math.nan)
    return Interval(*(math.exp(each) for each in (logged.value, logged.low, logged.high)))


def _ratio(found: Interval) -> str:
    if not math.isfinite(found.value):
        return UNDEFINED
    return f"{found.value:.2f} [{found.low:.2f}–{found.high:.2f}]".replace("nan", UNDEFINED)


def _asked() -> float | None:
    try:
        asked = float(st.query_params.get("prevalence", ""))
    except ValueError:
        return None
    return asked if 0 < asked < 1 else None
