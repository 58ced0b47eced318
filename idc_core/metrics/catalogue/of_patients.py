"""Burden, readers and tumour areas: metrics computed by functions of their own."""

import math

from idc_core.metrics.catalogue.record import LEFT_OUT, Metric
from idc_core.metrics.leave_one_out import RATE, SIGNED_UNIT, UNIT

_BLAND = (
    "Bland & Altman 1986, "
    "[10.1016/S0140-6736(86)90837-8](https://doi.org/10.1016/S0140-6736(86)90837-8)"
)
_GROWS = "where the difference grows with the burden (see the plot)"
_WIDER = (
    "the wider of Bland and Altman's (sd/√n, sd·√(3/n), Student's t) and leaving out one patient"
)
_APART = (-math.inf, math.inf)
_FROC = (
    "Ehteshami Bejnordi et al. 2017, "
    "[10.1001/jama.2017.14585](https://doi.org/10.1001/jama.2017.14585)"
)
_SQUARE_MASKS = (
    "next to published CAMELYON results: the labels here are square masks of coarse outlines"
)

OF_PATIENTS = (
    Metric(
        key="bias",
        title="Bias",
        sentence="predicted − labelled burden, mean over patients",
        counted_on="labelled and predicted burden of each whole slide",
        bounds=SIGNED_UNIT,
        better="neither",
        best="0 is best",
        interval=_WIDER,
        formula="Σ (predicted − labelled) / patients",
        source=_BLAND,
        not_when=_GROWS,
        chapter="burden",
    ),
    Metric(
        key="lower_limit",
        title="Lower limit of agreement",
        sentence="95 % of the differences lie between the lower and the upper limit",
        counted_on="labelled and predicted burden of each whole slide",
        bounds=_APART,
        better="neither",
        best="0 is best",
        interval=_WIDER,
        formula="mean − 1.96 sd",
        source=_BLAND,
        not_when=_GROWS,
        chapter="burden",
    ),
    Metric(
        key="upper_limit",
        title="Upper limit of agreement",
        sentence="95 % of the differences lie between the lower and the upper limit",
        counted_on="labelled and predicted burden of each whole slide",
        bounds=_APART,
        better="neither",
        best="0 is best",
        interval=_WIDER,
        formula="mean + 1.96 sd",
        source=_BLAND,
        not_when=_GROWS,
        chapter="burden",
    ),
    Metric(
        key="next_patient",
        title="One more patient",
        sentence="prediction interval: where the difference of the next patient lies",
        counted_on="labelled and predicted burden of each whole slide",
        bounds=_APART,
        better="neither",
        best="near 0 is best",
        interval="it is an interval itself, made for 95 %",
        formula="mean ± t · sd · √(1 + 1/n)",
        source=_BLAND,
        not_when=_GROWS,
        chapter="burden",
    ),
    Metric(
        key="icc",
        title="ICC(2,1)",
        inline="ICC(2,1)",
        sentence="absolute agreement of the burden, systematic offsets included",
        counted_on="labelled and predicted burden of each whole slide",
        bounds=(-math.inf, 1.0),
        better="higher",
        best="1 is best",
        interval=LEFT_OUT,
        formula="(MSR − MSE) / (MSR + MSE + 2(MSC − MSE)/n)",
        source="Shrout & Fleiss 1979, "
        "[10.1037/0033-2909.86.2.420](https://doi.org/10.1037/0033-2909.86.2.420)",
        not_when="to compare sets whose burden varies more or less",
        chapter="burden",
    ),
    Metric(
        key="weighted_kappa",
        title="Weighted kappa",
        sentence="agreement in four burden classes, larger disagreements weighted more",
        counted_on="class of the labelled and of the predicted burden of each whole slide",
        bounds=SIGNED_UNIT,
        better="higher",
        best="1 is best",
        interval=LEFT_OUT,
        formula="1 − Σ w·observed / Σ w·expected, w = (i − j)²",
        source="Cohen 1968, [10.1037/h0026256](https://doi.org/10.1037/h0026256)",
        not_when="with few patients in a class",
        chapter="burden",
    ),
    Metric(
        key="kappa",
        title="Cohen's kappa",
        inline="Cohen's kappa",
        sentence="agreement of two readers on the same patches: 1 is perfect, 0 is chance",
        counted_on="patches on which both said “IDC” or “no IDC”; other answers are counted "
        "separately",
        bounds=SIGNED_UNIT,
        better="higher",
        best="1 is best",
        interval=LEFT_OUT,
        formula="(observed − expected) / (1 − expected)",
        source="Cohen 1960, "
        "[10.1177/001316446002000104](https://doi.org/10.1177/001316446002000104)",
        not_when="where one class is rare: it falls whatever the reader does. Verdicts given with "
        "the answer in view are not independent",
        chapter="readers",
        moves_with_prevalence=True,
    ),
    Metric(
        key="regions_found",
        title="Tumour areas found",
        sentence="share of labelled areas of which enough is predicted IDC",
        counted_on="areas of patches labelled IDC that touch, corners included",
        bounds=UNIT,
        better="higher",
        interval=LEFT_OUT,
        formula="areas found / labelled areas",
        source=_FROC,
        not_when=_SQUARE_MASKS,
        chapter="areas",
    ),
    Metric(
        key="false_alarm_regions",
        title="False-alarm areas per slide",
        sentence="predicted areas per slide that contain no labelled patch",
        counted_on="areas of predicted patches that touch, corners included",
        bounds=RATE,
        better="lower",
        best="0 is best",
        interval=f"{LEFT_OUT}, on the log scale",
        formula="false-alarm areas / slides",
        source=_FROC,
        not_when=_SQUARE_MASKS,
        chapter="areas",
    ),
    Metric(
        key="froc_score",
        title="FROC score",
        inline="FROC score",
        sentence="mean share of areas found over six numbers of false-alarm areas per slide",
        counted_on="labelled and predicted areas of whole slides",
        bounds=UNIT,
        better="higher",
        interval=LEFT_OUT,
        formula="mean share found at ¼, ½, 1, 2, 4 and 8 false-alarm areas per slide",
        source=_FROC,
        not_when=_SQUARE_MASKS,
        chapter="areas",
    ),
)
