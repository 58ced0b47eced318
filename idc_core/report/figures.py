"""What a run's numbers look like: headline table, learning curves, ROC and precision-recall."""

from typing import Any

import pandas as pd

from idc_core.exports import names
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.report.drawing import BLUE, GREY, Frame, Line, confusion_matrix, line_chart
from idc_core.report.markup import figure, interval, number, plain, sentence, table

HEADLINES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC (average precision)",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "sensitivity": "Sensitivity (IDC found)",
    "specificity": "Specificity (others left alone)",
    "precision": "Precision (calls that are IDC)",
    "npv": "Negative predictive value",
    "accuracy": "Accuracy",
    "mcc": "MCC",
    "brier": "Brier score (0 is best)",
    "ece": "Expected calibration error (0 is best)",
}
JUDGED_ON = ("test", "validation", "train", "unused")
CURVE_POINTS = 300


def judged_split(report: dict[str, Any]) -> str | None:
    """The split whose figures are shown: test, or the next best that holds patches."""
    return next((name for name in JUDGED_ON if name in report["splits"]), None)


def headlines(split: dict[str, Any]) -> str:
    """Every figure with its interval, pooled over patches and as the median patient has it."""
    rows = []
    for name, words in HEADLINES.items():
        single = split.get("per_patient", {}).get(name, {})
        pooled = split["pooled"].get(name)
        rows.append(
            [
                words,
                interval(pooled),
                interval(single.get("median")),
                _worst(single),
                str(single.get("n_patients", "–")),
            ]
        )
    head = ("Figure", "All patches", "Median patient", "Worst patient", "Patients where defined")
    return table(head, rows)


def beside(report: dict[str, Any]) -> str:
    """The main figures of every split beside each other."""
    names = ("roc_auc", "f1", "balanced_accuracy", "sensitivity", "specificity")
    rows = [
        [
            plain(name),
            f"{split['n_patches']:,}",
            f"{split['n_patients']:,}",
            *(interval(split["pooled"].get(figure_name)) for figure_name in names),
        ]
        for name, split in report["splits"].items()
    ]
    return table(("Split", "Patches", "Patients", *(HEADLINES[name] for name in names)), rows)


def corrected(report: dict[str, Any]) -> str:
    """The figures on labels that readers corrected, if the run was judged by them; else nothing."""
    found = report.get("corrected")
    if not found:
        return ""
    facts = found["labels"]
    said = (
        f"{facts['changed']:,} of {facts['named']:,} named labels differ (table "
        f"{facts['sha256'][:12]}). Readers look where the model disagrees, so figures on their "
        "labels favour it: never report them alone."
    )
    return f"<h3>Every split, on corrected labels</h3><p>{plain(said)}</p>{beside(found)}"


def matrix(split: dict[str, Any]) -> str:
    """The confusion matrix and the classification report."""
    counts = Confusion(**{name: split["confusion"][name] for name in ("tn", "fp", "fn", "tp")})
    drawn = figure(confusion_matrix(counts), f"{counts.total:,} patches, each counted once.")
    return f"{drawn}<pre>{plain(split['classification_report'])}</pre>"


def learning_curves(history: pd.DataFrame, best_epoch: Any) -> str:
    """Accuracy and loss by epoch, train and validation; a sentence where nothing was logged."""
    charts = [
        drawn
        for name, words in (("accuracy", "Accuracy"), ("loss", "Loss"))
        if (drawn := _learning_curve(history, name, words, best_epoch))
    ]
    if not charts:
        return sentence("No accuracy and loss curves: no epoch is in this run's history.csv.")
    return f'<div class="beside">{"".join(charts)}</div>'


def _learning_curve(history: pd.DataFrame, name: str, words: str, best_epoch: Any) -> str:
    kinds = ((name, "train", GREY, True), (f"val_{name}", "validation", BLUE, False))
    columns = [kind for kind in kinds if kind[0] in history and history[kind[0]].notna().any()]
    if not len(history) or not columns:
        return ""
    epochs = history["epoch"].to_list()
    values = history[[column for column, *_ in columns]]
    low, high = float(values.min().min()), float(values.max().max())
    room = (high - low or 1.0) * 0.06
    frame = Frame(
        "epoch", words, (float(min(epochs)), float(max(epochs))), (low - room, high + room)
    )
    lines = [
        Line(who, epochs, history[key].to_list(), colour, dashed)
        for key, who, colour, dashed in columns
    ]
    known = isinstance(best_epoch, int) and min(epochs) <= best_epoch <= max(epochs)
    upright = [(float(best_epoch), f"best epoch {best_epoch}")] if known else []
    drawn = line_chart(lines, frame, title=f"{words} by epoch", upright=upright)
    return figure(drawn, f"{words} by epoch, {len(history)} epochs.")


def curves(predictions: pd.DataFrame, split: str, threshold: float) -> str:
    """ROC and precision-recall of one split, the operating point marked."""
    rows = predictions[predictions["split"] == split]
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    if not len(ranked.positive) or not len(ranked.negative):
        return sentence(f"No ROC and no precision-recall curve: {split} holds one class only.")
    curve, here = ranked.curve.thinned(CURVE_POINTS), ranked.counts(threshold)
    caption = f"{split}: {len(rows):,} patches of {rows['patient'].nunique():,} patients."
    mark = f"threshold {threshold:.2f}"
    roc = line_chart(
        [
            Line(f"ROC, area {ranked.roc_auc:.3f}", (1 - curve.specificity).tolist(),
                 curve.sensitivity.tolist()),
            Line("chance", [0, 1], [0, 1], GREY, dashed=True),
        ],
        Frame("false alarms among patches without IDC", "IDC patches found (sensitivity)"),
        title="ROC curve",
        dots=[(1 - here.specificity, here.sensitivity, mark)],
    )  # fmt: skip
    recall = line_chart(
        [
            Line(f"average precision {ranked.pr_auc:.3f}", curve.sensitivity.tolist(),
                 curve.precision.tolist()),
            Line("calling everything", [0, 1], [ranked.prevalence] * 2, GREY, dashed=True),
        ],
        Frame("IDC patches found (sensitivity)", "calls that are IDC (precision)"),
        title="Precision-recall curve",
        dots=[(here.sensitivity, here.precision, mark)] if here.tp + here.fp else [],
    )  # fmt: skip
    pair = figure(roc, plain(caption)) + figure(recall, plain(caption))
    return f'<div class="beside">{pair}</div>'


def _worst(single: dict[str, Any]) -> str:
    if single.get("worst_patient") is None:
        return "–"
    return f"{number(single.get('worst'))} ({plain(names.shown(str(single['worst_patient'])))})"
