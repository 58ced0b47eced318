"""What a run's numbers say: headline table, learning curves, ROC and precision-recall."""

import math
from collections.abc import Mapping

import pandas as pd

from idc_core.data.shown_splits import OUT_OF_FOLD
from idc_core.export.blocks import (
    Beside,
    Block,
    Cell,
    Figure,
    Heading,
    Missing,
    Paragraph,
    Table,
    Verbatim,
    drawing,
)
from idc_core.export.charts import Charts
from idc_core.export.report.markup import interval, noted, number
from idc_core.export.report.split_rows import JudgedSplit
from idc_core.facts import names
from idc_core.io.digits import patches_and_patients
from idc_core.metrics.catalogue import METRICS, RATES, judged_by, moves_with_prevalence
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.records import report as records
from idc_core.records.raster import Raster
from idc_core.records.report import PerPatient, Report, SplitFigures
from idc_core.train.history.directions import direction
from idc_core.train.history.epochs import best_epoch

_FIRST = ("roc_auc", "pr_auc", "balanced_accuracy", "f1")
"""What is asked for first; every other figure follows in the catalogue's order."""
JUDGED_ON = ("test", OUT_OF_FOLD, "validation", "train", "unused")


def judged_split(report: Report) -> str | None:
    """The split whose figures are shown: test, or the next best that holds patches."""
    return next((name for name in JUDGED_ON if name in report.splits), None)


def headlines(split: SplitFigures, raster: Raster) -> Table:
    """Every figure with its interval, pooled over patches and as patients' mean and median."""
    rows: list[list[Cell]] = []
    known = {each.key: each for each in judged_by()}
    for name in dict.fromkeys((*_FIRST, *known)):
        single = split.per_patient.get(name)
        own = (single.n_patients if single else 0) or split.n_patients
        rows.append(
            [
                raster.say(known[name].in_report) + prevalence(split) * moves_with_prevalence(name),
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
    return Table(head, rows)


def beside(splits: Mapping[str, SplitFigures], raster: Raster) -> Table:
    """The main figures of every split beside each other."""
    names = ("roc_auc", "f1", "balanced_accuracy", "sensitivity", "specificity")
    rows = [
        [
            name,
            f"{split.n_patches:,}",
            f"{split.n_patients:,}",
            f"{100 * split.n_idc / split.n_patches:.1f} %",
            *(_held(split.pooled.get(each), each, _count(split, each)) for each in names),
        ]
        for name, split in splits.items()
    ]
    heads = (raster.say(METRICS[name].in_report) for name in names)
    return Table(("Split", "Patches", "Patients", "Prevalence", *heads), rows)


def corrected(report: Report, raster: Raster) -> list[Block]:
    """The figures on labels that readers corrected, if the run was judged by them; else nothing."""
    found = report.corrected
    if found is None:
        return []
    facts = found.labels
    said = (
        f"{facts.changed:,} of {facts.named:,} named labels differ (table "
        f"{(facts.sha256 or '')[:12]}). Readers look where the model disagrees, so figures on "
        "their labels favour it: never report them alone."
    )
    return [
        Heading("Every split, on corrected labels"),
        Paragraph(said),
        beside(found.splits, raster),
    ]


def prevalence(split: SplitFigures) -> str:
    """What stands beside a figure that is another one where more patches are IDC.

    >>> none = records.Counts(tn=72, fp=0, fn=28, tp=0)
    >>> prevalence(SplitFigures(n_patches=100, n_idc=28, n_patients=3, confusion=none, pooled={}))
    ' (at a prevalence of 28.0 %)'
    """
    return f" (at a prevalence of {100 * split.n_idc / split.n_patches:.1f} %)"


def matrix(split: SplitFigures, charts: Charts, raster: Raster) -> list[Block]:
    """The confusion matrix and the classification report."""
    counts = Confusion(*(getattr(split.confusion, name) for name in ("tn", "fp", "fn", "tp")))
    shown = drawing(charts.matrix(counts, raster), "Confusion matrix")
    return [
        Figure(shown, f"{counts.total:,} patches, each counted once."),
        Verbatim(split.classification_report),
    ]


def learning_curves(history: pd.DataFrame, limited: int | None, charts: Charts) -> Block:
    """Accuracy and loss by epoch, train and validation, each with its own best epoch and the one
    whose weights were kept; a sentence where nothing was logged."""
    drawn = [
        _learning_curve(history, name, words, limited, charts)
        for name, words in (("accuracy", "Accuracy"), ("loss", "Loss"))
        if any(each in history and history[each].notna().any() for each in (name, f"val_{name}"))
    ]
    if not drawn:
        return Missing("No accuracy and loss curves: no epoch is in this run's history.csv.")
    return Beside(drawn)


def _learning_curve(
    history: pd.DataFrame, name: str, words: str, limited: int | None, charts: Charts
) -> Figure:
    within = limited is not None and bool(
        history["epoch"].min() <= limited <= history["epoch"].max()
    )
    shown = charts.learning_curve(history, name, words, limited if within else None)
    way = "lowest" if direction(name) == "falls" else "highest"
    best = best_epoch(history, f"val_{name}") is not None
    said = f" Dot: {way} on validation." if best else ""
    said += " Upright: the epoch whose weights were kept." if within else ""
    title = f"{words} by epoch"
    return Figure(drawing(shown, title), f"{title}, {len(history)} epochs.{said}")


def curves(found: JudgedSplit, charts: Charts, raster: Raster) -> Block:
    """ROC and precision-recall of one split, the operating point marked."""
    split, threshold, ranked = found.name, found.threshold, found.ranked
    if not found.both_classes:
        return Missing(f"No ROC and no precision-recall curve: {split} holds one class only.")
    caption = f"{split}: {patches_and_patients(len(ranked), len(found.patients))}."
    roc = drawing(charts.roc(ranked, threshold, raster), "ROC curve")
    recall = drawing(charts.precision_recall(ranked, threshold, raster), "Precision-recall curve")
    return Beside([Figure(roc, caption), Figure(recall, caption)])


def _count(split: SplitFigures, name: str) -> int:
    """In how many patients a pooled figure is defined; all of them make an area or a mean score."""
    if name not in RATES:
        return split.n_patients
    single = split.per_patient.get(name)
    return (single.n_patients if single else 0) or split.n_patients


def _held(found: records.Figure | None, name: str, patients: int) -> Cell:
    """A recorded figure, its interval where that holds 80 %, and by what it falls short."""
    if found is None or found.value is None or found.low is None or found.high is None:
        return interval(None if found is None else found.parts)
    own = Interval(found.value, found.low, found.high)
    shown = limited(name, own, patients)
    text = interval({"value": shown.value, "low": shown.low, "high": shown.high})
    return noted(text, name, patients) if math.isfinite(own.low) else text


def _worst(single: PerPatient | None) -> str:
    if single is None or single.worst_patient is None:
        return "–"
    return f"{number(single.worst)} ({names.shown(single.worst_patient)})"
