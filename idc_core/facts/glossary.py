"""What every term means: plain words, the field's standard term, a formula where there is one.

Figures come from `metrics/catalogue`, all other terms stand here. Read by the pages ("Terms on this
page"), the guide and docs/glossary.md, which `python -m idc_core.facts.glossary` writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from idc_core.io.paths import REPOSITORY
from idc_core.metrics.catalogue import METRICS, Metric
from idc_core.records.raster import USUAL, Raster

DOCUMENT = REPOSITORY / "docs" / "glossary.md"


@dataclass(frozen=True, slots=True)
class Term:
    """`title`: how pages write it; `meaning`: a sentence in plain words; `standard`: what the field
    calls it, where that is another word; `formula` and `source` are Markdown."""

    key: str
    title: str
    meaning: str
    standard: str = ""
    formula: str = ""
    source: str = ""


_OTHERS = (
    Term(
        "idc",
        "IDC",
        "The most common breast cancer: tumour cells have broken out of a milk duct into the "
        "tissue around it. Here it is the positive class, label 1.",
        "invasive ductal carcinoma; invasive carcinoma of no special type",
    ),
    Term(
        "patch",
        "Patch",
        "A square cut from a slide, of 50 × 50 pixels in the public data set; it gets one score.",
        "tile",
    ),
    Term(
        "slide",
        "Slide",
        "A patient's scanned tissue, here put together again from its patches.",
        "whole-slide image",
    ),
    Term(
        "field",
        "Field",
        "A patch with its eight neighbours, weighed together.",
        "3 × 3 neighbourhood",
    ),
    Term(
        "label",
        "Label",
        "What the data set says of a patch: IDC or no IDC. It comes from an outline that a "
        "pathologist drew, and can be wrong at the border.",
        "reference standard, ground truth",
    ),
    Term(
        "score",
        "Score",
        "What the network says of a patch, from 0 to 1: the higher, the more like IDC.",
        "predicted probability",
    ),
    Term(
        "threshold",
        "Threshold",
        "The score from which on a patch is predicted IDC.",
        "decision threshold, cut-off",
    ),
    Term(
        "operating_point",
        "Operating point",
        "The threshold in use: chosen on validation by a stated rule, locked with name, date and "
        "reason, and applied to test unchanged.",
    ),
    Term(
        "exploratory",
        "Exploratory",
        "Any threshold but the operating point. Its figures are for learning, not for reporting.",
    ),
    Term(
        "look",
        "Look",
        "A threshold whose test figures were shown. After many looks, the best threshold seen was "
        "chosen on test.",
        "repeated use of the test set",
    ),
    Term(
        "split",
        "Split",
        "Training, validation or test. Every patient is in one of them only.",
        "data split by patient",
    ),
    Term("prevalence", "Prevalence", "Share of the patches that are IDC by label."),
    Term("tp", "IDC found", "IDC by label, and predicted IDC.", "true positive, TP"),
    Term("fn", "Missed IDC", "IDC by label, but predicted no IDC.", "false negative, FN"),
    Term("fp", "False alarm", "No IDC by label, but predicted IDC.", "false positive, FP"),
    Term("tn", "True negative", "No IDC by label, and predicted no IDC.", "TN"),
    Term(
        "interval",
        "95 % interval",
        "Where the figure is expected to lie for new patients, written [low–high]; from leaving "
        "out one patient at a time.",
        "95 % confidence interval, jackknife over patients",
        "value ± t · standard error",
    ),
    Term(
        "reclassified",
        "Reclassified patches",
        "Patches whose prediction differs between two thresholds or two models.",
    ),
    Term(
        "selective_prediction",
        "Selective prediction",
        "No prediction for the patches nearest the threshold, and the figures of the rest.",
        "abstention, reject option",
        source="Geifman & El-Yaniv 2017, [1705.08500](https://arxiv.org/abs/1705.08500)",
    ),
    Term(
        "calibration",
        "Calibration",
        "Whether scores mean what they say: of patches scored about 0.8, about 80 % should be IDC.",
        "reliability of predicted probabilities",
    ),
    Term(
        "reliability_diagram",
        "Reliability diagram",
        "Mean score against share of IDC, bin by bin; on the diagonal, scores mean what they say.",
        "calibration curve",
    ),
    Term(
        "recalibration",
        "Recalibration",
        "A map from scores to better calibrated scores, fitted on validation. The order of the "
        "patches stays the same, or gains ties.",
        "temperature, Platt or isotonic scaling",
        "logit(s) / T; a · logit(s) + b; any rising steps",
    ),
    Term(
        "subgroup",
        "Subgroup",
        "Patches that share a property, such as the patient's burden, brightness or stain; of "
        "slides that were cut here also tissue, ink, sharpness, section, scanner and site.",
        "slice, stratum",
    ),
    Term(
        "paired_difference",
        "Paired difference",
        "Model B less model A on the same patches, with one interval of its own.",
        "paired comparison",
    ),
    Term(
        "lesion",
        "Tumour area",
        "Patches labelled IDC that touch, corners included.",
        "lesion, connected component",
    ),
    Term(
        "froc",
        "FROC curve",
        "Share of tumour areas found against false-alarm areas per slide, over all thresholds.",
        "free-response receiver operating characteristic",
    ),
    Term(
        "smoothing",
        "Spatial smoothing",
        "Each score is mixed with the mean of its neighbours' scores.",
        formula="(1 − a) · score + a · mean of the neighbours",
    ),
    Term(
        "border_distance",
        "Distance from the border",
        "Steps from a patch to the nearest patch of the other label.",
    ),
    Term(
        "burden",
        "Burden",
        "Share of a whole slide's patches that are IDC: by label, or predicted.",
        "tumour burden",
    ),
    Term(
        "label_error_score",
        "Label-error score",
        "How strongly a network that never saw the patient contradicts the label. A reason to look "
        "again, not to change it.",
        "confident learning",
        "the out-of-fold score of the other label",
        "Northcutt et al. 2021, [10.1613/jair.1.12125](https://doi.org/10.1613/jair.1.12125)",
    ),
    Term(
        "out_of_fold",
        "Out-of-fold score",
        "A score from a network that was trained without the patient.",
        "cross-validation by patient",
    ),
    Term(
        "blinded_review",
        "Blinded review",
        "The reader gives a verdict before label and score are shown.",
        "blinding",
    ),
    Term(
        "channel",
        "Channel",
        "One of the filters of a layer; each responds to a pattern of its own.",
        "filter, unit",
    ),
    Term(
        "feature_map",
        "Feature map",
        "The activation of one channel at each place of the patch.",
        "activation map",
    ),
    Term(
        "receptive_field",
        "Receptive field",
        "The part of the patch that can change one number of a layer.",
        source="Araujo et al. 2019, [10.23915/distill.00021](https://doi.org/10.23915/distill.00021)",
    ),
    Term(
        "evidence",
        "Evidence for and against IDC",
        "Where in the patch the score is raised, and where it is lowered.",
        "attribution map: Grad-CAM, occlusion, integrated gradients",
        source="Selvaraju et al. 2017, [10.1109/ICCV.2017.74](https://doi.org/10.1109/ICCV.2017.74)",
    ),
    Term(
        "faithfulness",
        "Faithfulness check",
        "Whether removing the strongest evidence changes the score sooner than removing at random.",
        "deletion and insertion tests, randomisation test",
        source="Petsiuk et al. 2018, [1806.07421](https://arxiv.org/abs/1806.07421)",
    ),
    Term(
        "separable_convolution",
        "Separable convolution",
        "A filter in two steps: over space in each channel alone, then over channels.",
        "depthwise separable convolution",
    ),
    Term(
        "channel_auc",
        "Single-channel AUC",
        "How well the mean activation of one channel tells IDC from no IDC by itself.",
        "ROC-AUC of one feature",
    ),
    Term(
        "embedding",
        "Embedding",
        "The numbers that the network makes of a patch before the score. Patches with similar "
        "numbers are look-alikes.",
        "feature vector; nearest neighbours by cosine similarity",
    ),
    Term(
        "robustness",
        "Robustness",
        "How far the score holds when the patch is turned, mirrored, blurred or stained otherwise.",
        "consistency under perturbation",
    ),
    Term(
        "training_range",
        "In-distribution check",
        "Whether a picture is like those the network was trained on.",
        "out-of-distribution detection",
    ),
    Term("epoch", "Epoch", "One pass of the training over all training patches."),
    Term(
        "loss",
        "Loss",
        "What training makes small: how far scores are from labels.",
        "binary cross-entropy",
    ),
    Term("learning_rate", "Learning rate", "How far one step of the training changes the network."),
    Term(
        "overfitting",
        "Overfitting",
        "The network memorises the training patients: it gets better on them and no better, or "
        "worse, on others.",
    ),
    Term(
        "near_duplicate",
        "Near-duplicate",
        "Two patches that are the same picture, re-coded, mirrored or moved by a pixel.",
    ),
    Term(
        "synthetic",
        "Synthetic tissue",
        "Pictures made by a program, as those of the demo: no patient's tissue, and no evidence "
        "about patients.",
    ),
)


def _of_metric(metric: Metric) -> Term:
    meaning = metric.sentence[:1].upper() + metric.sentence[1:]
    return Term(
        metric.key,
        metric.title,
        meaning if meaning.endswith("?") else f"{meaning}.",
        metric.in_numbers if metric.in_numbers != metric.title else "",
        metric.formula,
        metric.source,
    )


TERMS: dict[str, Term] = {each.key: each for each in (*_OTHERS, *map(_of_metric, METRICS.values()))}
"""Every term by its key."""


def said_of(term: Term, raster: Raster) -> Term:
    """A term with the names of a store's classes; another positive class than IDC is explained by
    its part alone.

    >>> said_of(TERMS["fn"], Raster(positive="tumour", negative="stroma")).meaning
    'tumour by label, but predicted stroma.'
    """
    if term.key == "idc" and raster.positive != USUAL.positive:
        return Term(term.key, raster.positive, "The positive class, label 1: what is looked for.")
    return replace(
        term,
        title=raster.say(term.title),
        meaning=raster.say(term.meaning),
        standard=raster.say(term.standard),
        formula=raster.say(term.formula),
    )


def listed(terms: Iterable[Term]) -> list[Term]:
    """By their titles, as a reader looks them up."""
    return sorted(terms, key=lambda term: term.title.casefold())


def document() -> str:
    """docs/glossary.md: all terms but the figures, which docs/numbers.md has."""
    head = (
        "# Glossary\n\n"
        "Figures – sensitivity, Brier score, kappa and all others – are in "
        "[numbers.md](numbers.md). The app has both: *Terms on this page*, and *User guide*, "
        "*Glossary*.\n\n"
        "| term | in plain words | standard term | formula |\n| --- | --- | --- | --- |\n"
    )
    return head + "".join(
        f"| {term.title} | {term.meaning} | {term.standard or '–'} | {term.formula or '–'} |\n"
        for term in listed(_OTHERS)
    )


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
