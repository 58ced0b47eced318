"""What a run's numbers look like: headline table, learning curves, ROC and precision-recall."""

import math
from collections.abc import Mapping

import pandas as pd

from idc_core.export.report.drawing import BLUE, GREY, Frame, Line, confusion_matrix, line_chart
from idc_core.export.report.markup import figure, interval, noted, number, plain, sentence, table
from idc_core.facts import names
from idc_core.io.digits import digits
from idc_core.metrics.confusion import MOVE_WITH_PREVALENCE, RATES, Confusion
from idc_core.metrics.coverage import kept
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.report import Figure, PerPatient, Report, SplitFigures
from idc_core.train.history.directions import direction
from idc_core.train.history.epochs import best_epoch

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


def judged_split(report: Report) -> str | None:
    """The split whose figures are shown: test, or the next best that holds patches."""
    return next((name for name in JUDGED_ON if name in report.splits), None)


def headlines(split: SplitFigures) -> str:
    """Every figure with its interval, pooled over patches and as patients' mean and median."""
    rows = []
    for name, words in HEADLINES.items():
        single = split.per_patient.get(name)
        own = (single.n_patients if single else 0) or split.n_patients
        rows.append(
            [
                words + prevalence(split) * (name in MOVE_WITH_PREVALENCE),
                _held(split.pooled.get(name), name, _count(split, name)),
                _held(single.mean if single else None, f"mean_{name}", own),
                _held(single.median if single else None, f"median_{name}", own),
                _worst(single),
                str(single.n_patients) if single else "–",
            ]
        )
    head = (
        "Figure",
        "All patches",
        "Mean of patients",
        "Median patient",
        "Worst patient",
        "Patients where defined",
    )
    return table(head, rows)


def beside(splits: Mapping[str, SplitFigures]) -> str:
    """The main figures of every split beside each other."""
    names = ("roc_auc", "f1", "balanced_accuracy", "sensitivity", "specificity")
    rows = [
        [
            plain(name),
            f"{split.n_patches:,}",
            f"{split.n_patients:,}",
            f"{100 * split.n_idc / split.n_patches:.1f} %",
            *(_held(split.pooled.get(each), each, _count(split, each)) for each in names),
        ]
        for name, split in splits.items()
    ]
    return table(
        ("Split", "Patches", "Patients", "Prevalence", *(HEADLINES[name] for name in names)), rows
    )


def corrected(report: Report) -> str:
    """The figures on labels that readers corrected, if the run was judged by them; else nothing."""
    found = report.corrected
    if found is None:
        return ""
    facts = found.labels
    said = (
        f"{facts.changed:,} of {facts.named:,} named labels differ (table "
        f"{(facts.sha256 or '')[:12]}). Readers look where the model disagrees, so figures on "
        "their labels favour it: never report them alone."
    )
    return f"<h3>Every split, on corrected labels</h3><p>{plain(said)}</p>{beside(found.splits)}"


def prevalence(split: SplitFigures) -> str:
    """What stands beside a figure that is another one where more patches are IDC.

    >>> none = Counts(tn=72, fp=0, fn=28, tp=0)
    >>> prevalence(SplitFigures(n_patches=100, n_idc=28, n_patients=3, confusion=none, pooled={}))
    ' (at a prevalence of 28.0 %)'
    """
    return f" (at a prevalence of {100 * split.n_idc / split.n_patches:.1f} %)"


def matrix(split: SplitFigures) -> str:
    """The confusion matrix and the classification report."""
    counts = Confusion(
        split.confusion.tn, split.confusion.fp, split.confusion.fn, split.confusion.tp
    )
    drawn = figure(confusion_matrix(counts), f"{counts.total:,} patches, each counted once.")
    return f"{drawn}<pre>{plain(split.classification_report)}</pre>"


def learning_curves(history: pd.DataFrame, kept: int | None) -> str:
    """Accuracy and loss by epoch, train and validation, each with its own best epoch and the one
    whose weights were kept; a sentence where nothing was logged."""
    charts = [
        drawn
        for name, words in (("accuracy", "Accuracy"), ("loss", "Loss"))
        if (drawn := _learning_curve(history, name, words, kept))
    ]
    if not charts:
        return sentence("No accuracy and loss curves: no epoch is in this run's history.csv.")
    return f'<div class="beside">{"".join(charts)}</div>'


def _learning_curve(history: pd.DataFrame, name: str, words: str, kept: int | None) -> str:
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
    known = kept is not None and min(epochs) <= kept <= max(epochs)
    upright = [(float(kept), f"kept: epoch {kept}")] if kept is not None and known else []
    own = best_epoch(history, f"val_{name}")
    best = [] if own is None else [_best(history, f"val_{name}", own)]
    drawn = line_chart(lines, frame, title=f"{words} by epoch", upright=upright, dots=best)
    way = "lowest" if direction(name) == "falls" else "highest"
    said = f" Dot: {way} on validation." if best else ""
    said += " Upright: the epoch whose weights were kept." if upright else ""
    return figure(drawn, f"{words} by epoch, {len(history)} epochs.{said}")


def _best(history: pd.DataFrame, column: str, epoch: int) -> tuple[float, float, str]:
    value = float(history.set_index("epoch")[column].loc[epoch])
    return float(epoch), value, f"best: epoch {epoch}"


def curves(predictions: pd.DataFrame, split: str, threshold: float) -> str:
    """ROC and precision-recall of one split, the operating point marked."""
    rows = predictions[predictions["split"] == split]
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    if not len(ranked.positive) or not len(ranked.negative):
        return sentence(f"No ROC and no precision-recall curve: {split} holds one class only.")
    curve, here = ranked.curve.thinned(CURVE_POINTS), ranked.counts(threshold)
    caption = f"{split}: {len(rows):,} patches of {rows['patient'].nunique():,} patients."
    mark = f"threshold {digits(threshold)}"
    roc = line_chart(
        [
            Line(
                f"ROC, area {ranked.roc_auc:.3f}",
                (1 - curve.specificity).tolist(),
                curve.sensitivity.tolist(),
            ),
            Line("chance", [0, 1], [0, 1], GREY, dashed=True),
        ],
        Frame("false alarms among patches without IDC", "IDC patches found (sensitivity)"),
        title="ROC curve",
        dots=[(1 - here.specificity, here.sensitivity, mark)],
    )
    recall = line_chart(
        [
            Line(
                f"average precision {ranked.pr_auc:.3f}",
                curve.sensitivity.tolist(),
                curve.precision.tolist(),
            ),
            Line("calling everything", [0, 1], [ranked.prevalence] * 2, GREY, dashed=True),
        ],
        Frame("IDC patches found (sensitivity)", "calls that are IDC (precision)"),
        title="Precision-recall curve",
        dots=[(here.sensitivity, here.precision, mark)] if here.tp + here.fp else [],
    )
    pair = figure(roc, plain(caption)) + figure(recall, plain(caption))
    return f'<div class="beside">{pair}</div>'


def _count(split: SplitFigures, name: str) -> int:
    """In how many patients a pooled figure is defined; all of them make an area or a mean score."""
    if name not in RATES:
        return split.n_patients
    single = split.per_patient.get(name)
    return (single.n_patients if single else 0) or split.n_patients


def _held(found: Figure | None, name: str, patients: int) -> str:
    """A recorded figure, its interval where that holds 80 %, and by what it falls short."""
    if found is None or found.value is None or found.low is None or found.high is None:
        return interval(None if found is None else found.parts)
    own = Interval(found.value, found.low, found.high)
    shown = kept(name, own, patients)
    text = interval({"value": shown.value, "low": shown.low, "high": shown.high})
    return noted(text, name, patients) if math.isfinite(own.low) else text


def _worst(single: PerPatient | None) -> str:
    if single is None or single.worst_patient is None:
        return "–"
    return f"{number(single.worst)} ({plain(names.shown(single.worst_patient))})"
