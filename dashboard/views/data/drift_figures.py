"""Do image properties differ between splits? How well does colour alone predict the label?"""

import pandas as pd
import streamlit as st

from dashboard.cache import training
from dashboard.charts import farthest
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
    """The finding in words, then the properties of each patient, then the differences."""
    found = cache.properties(run)
    if found is None:
        return
    st.header("Do image properties differ between splits?", anchor=False)
    counts = {each.split: each.patients for each in found.drifts}
    if counts:
        fewest = min(counts, key=lambda split: counts[split])
        few_patients.show(counts[fewest], where=f"in {fewest}")
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
    left_out = farthest.said(found.per_patient, "the mean in some property")
    figure.altair(
        drift_chart.by_split(found.per_patient, cache.WORDS),
        key="drift_dots",
        alt_text="Image properties of patients, one row of dots per split, for each property",
        caption="Dot: a patient's mean over all patches; line: mean of the split. "
        f"{left_out}Patients are compared, not patches: patches of one patient are correlated.",
        table=found.per_patient,
    )
    if len(table):
        figure.altair(
            drift_chart.apart(table),
            key="drift_apart",
            alt_text="Differences of validation and test from training, with intervals",
            caption="Difference of means in standard deviations of the training patients, with 95 "
            "% intervals (Welch, patients as the unit). Between the dashed lines: less than "
            f"{CLEAR:g}.",
            table=table,
        )


def _said(found: cache.Properties, run: Run) -> str:
    clear = [each for each in found.drifts if each.is_clear]
    if not found.drifts:
        return "**Too few patients:** one patient in a split says nothing about others."
    if not clear:
        return (
            "**No clear difference:** in no property do validation or test patients differ from "
            f"training patients both significantly and by {CLEAR:g} standard deviations or more. "
            "The tests are corrected for multiple comparisons (5 % family-wise error)."
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
            f". “Training” means the split of the data set: what {plain(run.name)} was trained on "
            "is not known."
            if isinstance(training_data(run.info), Unknown)
            else ". There the model meets patients that look different from its training patients."
        )
    )


def shortcut(run: Run) -> None:
    """How well colour alone predicts the label, compared with the run."""
    found = {each.name: each for each in training.trivial(run)}.get("colour alone")
    if found is None:
        return
    st.header("Does colour alone predict the label?", anchor=False)
    judged_on = validation_patients(run.info)
    if judged_on:
        few_patients.show(judged_on, where="in validation")
    area = {"value": found.roc_auc.value, "low": found.roc_auc.low, "high": found.roc_auc.high}
    said = (
        "A logistic regression on the brightness, colour and staining of the whole patch, without "
        f"any morphology, reaches ROC-AUC **{interval(area)}** on validation"
    )
    network = training.network_roc_auc(run)
    if network is not None:
        own = {"value": network.value, "low": network.low, "high": network.high}
        said += f"; {plain(run.name)} reaches **{interval(own)}**"
    rests_on = validation_n(run.info)
    said += f" ({rests_on})" if rests_on else ""
    said += (
        ". Where colour predicts the label this well, a network may rely on a shortcut: see "
        f"[how it responds to stain changes]({selection.link('robustness')}) and "
        f"[where it fails]({selection.link('failures')})."
        if found.roc_auc.value >= 0.7
        else ". Colour alone is no shortcut here."
    )
    st.markdown(said)
