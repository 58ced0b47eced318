"""The catalogue as the tables of docs/numbers.md; what stands around them is written by hand."""

import re
from collections.abc import Iterable
from typing import get_args

from idc_core.metrics import catalogue
from idc_core.metrics.catalogue.record import Chapter, Metric

HEAD = (
    "metric",
    "in words",
    "formula",
    "counted on",
    "best",
    "95 % interval",
    "when not to use it",
)
_COUNTS = {
    "tn": "TN",
    "fp": "FP",
    "fn": "FN",
    "tp": "TP",
    "idc": "TP + FN",
    "others": "TN + FP",
    "predicted_idc": "TP + FP",
    "predicted_no_idc": "TN + FN",
    "correct": "TP + TN",
    "all": "n",
}


def written(text: str) -> str:
    """The document with every table regenerated between its `<!-- metrics: -->` marks."""
    for chapter in get_args(Chapter):
        opened, closed = f"<!-- metrics: {chapter} -->\n", f"<!-- /metrics: {chapter} -->"
        before, mark, rest = text.partition(opened)
        if not mark or closed not in rest:
            raise ValueError(
                f"expected {opened.strip()} and {closed} around the table of the metrics: "
                "put both where the chapter is to have it."
            )
        text = f"{before}{opened}\n{table(chapter)}\n{closed}{rest.partition(closed)[2]}"
    return text


def table(chapter: str) -> str:
    """One row per metric of a chapter, in the catalogue's order."""
    rows = [_row(each) for each in catalogue.METRICS.values() if each.chapter == chapter]
    return "\n".join(_line(row) for row in (HEAD, ["---"] * len(HEAD), *rows))


def _row(metric: Metric) -> list[str]:
    return [
        metric.in_numbers,
        metric.sentence,
        f"{metric.formula} ({metric.source})",
        metric.counted_on.format(**_COUNTS),
        _best(metric),
        _interval(metric),
        metric.not_when,
    ]


def _best(metric: Metric) -> str:
    """Which way is better, and between which bounds.

    >>> _best(catalogue.METRICS["mcc"])
    'higher (−1 to 1)'
    """
    low, high = (f"{end:g}".replace("-", "−").replace("inf", "∞") for end in metric.bounds)
    way = metric.best if metric.better == "neither" else metric.better
    return f"{way} ({low} to {high})".strip()


def _interval(metric: Metric) -> str:
    """How the interval is made, and in how many of 100 simulated sets it held the truth."""
    if metric.reached is None:
        return metric.interval
    low, high = metric.reached
    return f"{metric.interval}; held in {low} to {high} of 100 sets"


def _line(cells: Iterable[str]) -> str:
    # A bar would end the cell.
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells) + " |"
