"""Calibration and clinical use: metrics computed by functions of their own."""

import math

from idc_core.metrics.catalogue.record import LEFT_OUT, Metric
from idc_core.metrics.leave_one_out import RATE, SIGNED_UNIT, UNIT

_ANY = (-math.inf, math.inf)
_REFIT = f"{LEFT_OUT}, fitted again without it"
_JOINT = (
    "what the intervals of sensitivity, specificity and balanced accuracy allow together (`joint`)"
)
_COX = (
    "Cox 1958; Van Calster et al. 2019, "
    "[10.1186/s12916-019-1466-7](https://doi.org/10.1186/s12916-019-1466-7)"
)
_BAYES = "Bayes; Altman & Bland 1994, [10.1136/bmj.309.6947.102](https://doi.org/10.1136/bmj.309.6947.102)"
_DEEKS = "Deeks & Altman 2004, [10.1136/bmj.329.7458.168](https://doi.org/10.1136/bmj.329.7458.168)"
_VICKERS = (
    "Vickers & Elkin 2006, [10.1177/0272989X06295361](https://doi.org/10.1177/0272989X06295361)"
)
_SAME_RATES = (
    "where other patients also have harder cases: sensitivity and specificity are assumed "
    "unchanged. Prevalence is of *patches*"
)
_INFINITE = "without false alarms: it is infinite, and only its lower limit is informative"
_NOT_CALIBRATED = "on uncalibrated scores: c is compared with the score"

OF_PROBABILITIES = (
    Metric(
        key="calibration_in_the_large",
        title="Calibration in the large",
        report_title="Calibration in the large (log odds; 0 is ideal, below 0: scores too high)",
        sentence="are scores on average too high (below 0) or too low (above 0)?",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="log odds; 0 is ideal, below 0: scores too high on average",
        interval=_REFIT,
        formula="log odds of IDC = **intercept** + logit(score), the slope held at 1",
        source=_COX,
        not_when="where prevalence in use differs",
        chapter="probabilities",
    ),
    Metric(
        key="calibration_off",
        title="Mean score − share of IDC",
        report_title="Mean score − share of IDC (0 is ideal)",
        sentence="the same in units of score, without a fit",
        counted_on="score and label of every patch",
        bounds=SIGNED_UNIT,
        better="neither",
        best="0 is ideal, above 0: too high on average",
        interval=LEFT_OUT,
        formula="Σ (s − y) / n; in one patient: calibration in the large, per patient",
        source="Van Calster et al. 2019, as above",
        not_when="where prevalence in use differs; in patients with a handful of patches",
        chapter="probabilities",
    ),
    Metric(
        key="calibration_slope",
        title="Slope",
        report_title="Slope (1 is ideal, below 1: overconfident)",
        sentence="are scores overconfident (below 1) or underconfident (above 1)?",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="1 is ideal, below 1: overconfident",
        interval=f"{_REFIT}, on e^slope",
        formula="log odds of IDC = joint intercept + **slope** · logit(score)",
        source=_COX,
        not_when="where the diagram is not a straight line on the logit scale",
        chapter="probabilities",
    ),
    Metric(
        key="calibration_joint_intercept",
        title="Joint intercept",
        report_title="Intercept fitted together with the slope",
        sentence="intercept fitted together with the slope: the error at a score of one half",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="0 is ideal",
        interval=_REFIT,
        formula="the intercept of the line of the slope",
        source=_COX,
        not_when="instead of calibration in the large: scores can be too high on average while "
        "it is 0",
        chapter="probabilities",
    ),
    Metric(
        key="ppv_at_prevalence",
        title="PPV at this prevalence",
        listed="PPV at prevalence p",
        sentence="share of positive predictions that are IDC, at a prevalence of p",
        counted_on="sensitivity and specificity here, and p",
        bounds=UNIT,
        better="higher",
        best="positive predictions that are IDC",
        interval=_JOINT,
        formula="sens·p / (sens·p + (1−spec)(1−p))",
        source=_BAYES,
        not_when=_SAME_RATES,
        chapter="clinic",
    ),
    Metric(
        key="npv_at_prevalence",
        title="NPV at this prevalence",
        listed="NPV at prevalence p",
        sentence="share of negative predictions without IDC, at a prevalence of p",
        counted_on="sensitivity and specificity here, and p",
        bounds=UNIT,
        better="higher",
        best="negative predictions without IDC",
        interval=_JOINT,
        formula="spec(1−p) / (spec(1−p) + (1−sens)p)",
        source=_BAYES,
        not_when=_SAME_RATES,
        chapter="clinic",
    ),
    Metric(
        key="likelihood_ratio_positive",
        title="Likelihood ratio +",
        listed="LR+",
        sentence="by how much a positive prediction multiplies the odds of IDC",
        counted_on="sensitivity and specificity",
        bounds=RATE,
        better="higher",
        best="far above 1 is good",
        interval=f"{_JOINT}: it holds 1 only where balanced accuracy holds one half",
        formula="sens / (1−spec)",
        source=_DEEKS,
        not_when=_INFINITE,
        chapter="clinic",
    ),
    Metric(
        key="likelihood_ratio_negative",
        title="Likelihood ratio −",
        listed="LR−",
        sentence="by how much a negative prediction multiplies the odds of IDC",
        counted_on="sensitivity and specificity",
        bounds=RATE,
        better="lower",
        best="near 0 is good",
        interval=f"{_JOINT}: it holds 1 only where balanced accuracy holds one half",
        formula="(1−sens) / spec",
        source=_DEEKS,
        not_when="where every patch is predicted IDC: it is not defined",
        chapter="clinic",
    ),
    Metric(
        key="net_benefit",
        title="Net benefit",
        listed="Net benefit at threshold probability c",
        sentence="IDC found per patch, minus false alarms weighted by the odds of c",
        counted_on="the four counts where a score of at least c is predicted IDC",
        bounds=(-math.inf, 1.0),
        better="higher",
        interval=LEFT_OUT,
        formula="TP/n − FP/n · c/(1−c); treat all: p − (1−p)·c/(1−c); treat none: 0",
        source=_VICKERS,
        not_when=_NOT_CALIBRATED,
        chapter="clinic",
        moves_with_prevalence=True,
    ),
    Metric(
        key="net_benefit_less_calling_all",
        title="Net benefit minus that of predicting IDC everywhere (treat all)",
        sentence="the paired difference behind “better”, “worse” and “not shown to differ”",
        counted_on="the same patches under both policies",
        bounds=_ANY,
        better="higher",
        interval=f"{LEFT_OUT}, of both together",
        formula="(TN·c/(1−c) − FN)/n",
        source=_VICKERS,
        not_when=_NOT_CALIBRATED,
        chapter="clinic",
        moves_with_prevalence=True,
    ),
)
