"""Do the sides look alike? And how far does colour alone predict the label?"""

import pandas as pd
import streamlit as st

from dashboard.cache import training
from dashboard.charts.theme import counted, interval, plain
from dashboard.state import selection
from dashboard.views.data import cache, drift_chart
from dashboard.widgets import few_patients, figure
from dashboard.widgets.run_words import validation_n, validation_patients
from idc_core.data.drift import CLEAR
from idc_core.io import intervals
from idc_core.io.intervals import TO, decimals
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data


def show(run: Run) -> None:
    """One row of dots a measure, a dot a patient; said in words first."""
    found = cache.properties(run)
    if found is None:
        return
    st.subheader("Do the sides look alike?", anchor=False)
    sides = {each.split: each.patients for each in found.drifts}
    if sides:
        fewest = min(sides, key=lambda split: sides[split])
        few_patients.show(sides[fewest], where=f"in {fewest}")
    st.markdown(_said(found, run))
    table = pd.DataFrame(
        [
            {
                "measure": cache.WORDS[each.measure],
                "split": each.split,
                "patients": each.patients,
                "mean": each.mean,
                "training mean": each.reference,
                "apart": each.apart,
                "low": each.low,
                "high": each.high,
                "Kolmogorov-Smirnov": each.distance,
                "clear": each.is_clear,
            }
            for each in found.drifts
        ]
    )
    figure.altair(
        drift_chart.by_split(found.per_patient, cache.WORDS),
        key="drift_dots",
        alt_text="Image properties of patients, a row of dots a side, for each property",
        caption="A dot is a patient's mean over its patches, the line the side's mean. Patients, "
        "not patches, are compared: patches of one patient are alike.",
        table=found.per_patient,
    )
    if len(table):
        figure.altair(
            drift_chart.apart(table),
            key="drift_apart",
            alt_text="How far validation and test lie from the training side, with intervals",
            caption="Difference of the means in standard deviations between training patients, "
            "with 95 % intervals (Welch, patients as the unit). Between the dashed lines: less "
            f"than {CLEAR:g}.",
            table=table,
        )


def _said(found: cache.Properties, run: Run) -> str:
    clear = [each for each in found.drifts if each.is_clear]
    if not found.drifts:
        return "**Too few patients to say:** a side with one patient tells nothing of others."
    if not clear:
        return (
            "**No clear difference:** in no property do validation or test patients differ from "
            f"training patients by {CLEAR:g} standard deviations or more and are shown to, judged "
            "together: of sides that are alike at most 5 in 100 are called different."
        )
    said = [
        f"{each.split}: {cache.WORDS[each.measure].split(',')[0].split(' (')[0]} "
        f"{intervals.interval(each.apart, each.low, each.high, decimals(2, '+', minus='−'), TO)} "
        "standard deviations"
        for each in clear
    ]
    return (
        f"**{counted(len(clear), 'clear difference')}** from the training patients: "
        + "; ".join(said)
        + (
            f". The training side is that of the data: what {plain(run.name)} was trained on is "
            "not known."
            if isinstance(training_data(run.info), Unknown)
            else ". A model meets patients there that look unlike those it learnt from."
        )
    )


def shortcut(run: Run) -> None:
    """How far colour alone gets, beside the run."""
    found = {each.name: each for each in training.trivial(run)}.get("colour alone")
    if found is None:
        return
    st.subheader("Would colour alone do?", anchor=False)
    judged_on = validation_patients(run.info)
    if judged_on:
        few_patients.show(judged_on, where="in validation")
    area = {"value": found.roc_auc.value, "low": found.roc_auc.low, "high": found.roc_auc.high}
    said = (
        "A logistic regression on how bright, coloured and stained a patch is as a whole, without "
        f"any shape, ranks validation patches with ROC-AUC **{interval(area)}**"
    )
    network = training.network_roc_auc(run)
    if network is not None:
        own = {"value": network.value, "low": network.low, "high": network.high}
        said += f"; {plain(run.name)} reaches **{interval(own)}**"
    rests_on = validation_n(run.info)
    said += f" ({rests_on})" if rests_on else ""
    said += (
        ". Where colour predicts the label that well, a network can look good for a shortcut: see "
        f"[how it does when the stain changes]({selection.link('robustness')}) and "
        f"[where it fails]({selection.link('slices')})."
        if found.roc_auc.value >= 0.7
        else ". Colour alone is no shortcut here."
    )
    st.markdown(said)
