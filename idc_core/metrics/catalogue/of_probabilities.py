"""Calibration and clinical use: figures that functions of their own compute."""

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
    "where other patients are also harder, not only rarer: sensitivity and specificity are taken "
    "along unchanged. Prevalence is of *patches*"
)
_INFINITE = "without false alarms: it is infinite, and only its lower end says something"
_NOT_CALIBRATED = "on scores that are not calibrated: c is compared with the score"

OF_PROBABILITIES = (
    Metric(
        key="calibration_in_the_large",
        title="Calibration in the large",
        report_title="Calibration in the large (log odds; 0 is right, below: scores too high)",
        sentence="are scores too high (below 0) or too low (above 0) over all?",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="log odds; 0 is right, below: scores too high over all",
        interval=_REFIT,
        formula="log odds of IDC = **intercept** + logit(score), the slope held at 1",
        source=_COX,
        not_when="where prevalence in use differs",
        chapter="probabilities",
    ),
    Metric(
        key="calibration_off",
        title="Mean score − share of IDC",
        report_title="Mean score − share of IDC (0 is right)",
        sentence="the same in points of score, which needs no fit",
        counted_on="score and label of every patch",
        bounds=SIGNED_UNIT,
        better="neither",
        best="0 is right, above: too high over all",
        interval=LEFT_OUT,
        formula="Σ (s − y) / n; in one patient: calibration in the large, per patient",
        source="Van Calster et al. 2019, as above",
        not_when="where prevalence in use differs; in patients with a handful of patches",
        chapter="probabilities",
    ),
    Metric(
        key="calibration_slope",
        title="Slope",
        report_title="Slope (1 is right, below: too bold)",
        sentence="are they too bold (below 1) or too timid?",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="1 is right, below: too bold",
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
        sentence="what scores of one half are off by",
        counted_on="score and label of every patch",
        bounds=_ANY,
        better="neither",
        best="0 is right",
        interval=_REFIT,
        formula="the intercept of the line of the slope",
        source=_COX,
        not_when="as calibration in the large: scores can be too high over all while it is 0",
        chapter="probabilities",
    ),
    Metric(
        key="ppv_at_prevalence",
        title="PPV at this prevalence",
        listed="PPV at prevalence p",
        sentence="of calls, the share that is IDC where p of the patches hold IDC",
        counted_on="sensitivity and specificity here, and p",
        bounds=UNIT,
        better="higher",
        best="of calls, IDC",
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
        sentence="of patches left alone, the share without IDC where p of the patches hold IDC",
        counted_on="sensitivity and specificity here, and p",
        bounds=UNIT,
        better="higher",
        best="of the rest, clear",
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
        sentence="how much a call changes the odds of IDC",
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
        sentence="how much being left alone changes the odds of IDC",
        counted_on="sensitivity and specificity",
        bounds=RATE,
        better="lower",
        best="near 0 is good",
        interval=f"{_JOINT}: it holds 1 only where balanced accuracy holds one half",
        formula="(1−sens) / spec",
        source=_DEEKS,
        not_when="where everything is called: it is not defined",
        chapter="clinic",
    ),
    Metric(
        key="net_benefit",
        title="Net benefit",
        listed="Net benefit at chance c",
        sentence="found IDC, less false alarms weighed by the odds of c",
        counted_on="the four counts where a score of at least c is called",
        bounds=(-math.inf, 1.0),
        better="higher",
        interval=LEFT_OUT,
        formula="TP/n − FP/n · c/(1−c); calling all: p − (1−p)·c/(1−c); none: 0",
        source=_VICKERS,
        not_when=_NOT_CALIBRATED,
        chapter="clinic",
        moves_with_prevalence=True,
    ),
    Metric(
        key="net_benefit_less_calling_all",
        title="Net benefit less that of calling every patch",
        sentence="“better”, “worse”, “not shown to differ” go by this paired difference",
        counted_on="the same patches under both policies",
        bounds=_ANY,
        better="higher",
        interval=f"{LEFT_OUT}, out of both together",
        formula="(TN·c/(1−c) − FN)/n",
        source=_VICKERS,
        not_when=_NOT_CALIBRATED,
        chapter="clinic",
        moves_with_prevalence=True,
    ),
)
