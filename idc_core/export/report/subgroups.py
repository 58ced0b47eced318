"""Subgroups that need no pixels, and whether one of them is shown to be weaker than the rest."""

import numpy as np

from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.slices.table import Slice, judged
from idc_core.evaluate.slices.weakest import Weakest, weakest_of
from idc_core.export.blocks import Block, Cell, Missing, Paragraph, Table
from idc_core.export.report.markup import noted, written
from idc_core.export.report.split_rows import JudgedSplit
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import note
from idc_core.records.raster import USUAL, Raster

METRIC = "balanced_accuracy"
SHOWN = ("sensitivity", "specificity", METRIC)


def subgroups(
    found: JudgedSplit,
    store: PatchStore | None,
    raster: Raster = USUAL,
    *,
    sampled_labels: bool = False,
) -> list[Block]:
    """The verdict of the guard, then every subgroup with its intervals."""
    slices = cut(found, store, raster, sampled_labels=sampled_labels)
    if not slices:
        return [Missing(f"No subgroups: {found.name} holds no patch.")]
    rows: list[list[Cell]] = [
        [
            f"{each.title}: {each.label}",
            f"{each.patches:,}",
            f"{each.patients:,}",
            *(_cell(each, name) for name in SHOWN),
            "too few to be evaluated" if each.small else "",
        ]
        for each in slices
    ]
    head = ("Subgroup", "Patches", "Patients", *(METRICS[name].title for name in SHOWN), "")
    return [Paragraph(verdict(weakest_of(slices))), Table(head, rows)]


def cut(
    found: JudgedSplit,
    store: PatchStore | None,
    raster: Raster = USUAL,
    *,
    sampled_labels: bool = False,
) -> list[Slice]:
    """All subgroups of the attributes that are known without pixels; sizes only with the store."""
    counts = found.patients.at(found.threshold)
    return [
        each
        for attribute in found.cuts(store, raster, sampled_labels=sampled_labels)
        for each in judged(attribute, counts, found.threshold, METRIC)
    ]


def verdict(found: Weakest) -> str:
    """What may be said when all subgroups are judged together."""
    guard = (
        f"{found.compared} subgroups were compared by balanced accuracy, each with all other "
        "patches, and judged together (max-t over patients): were all alike, one would be named in "
        "at most 5 of 100 such splits."
    )
    if not found.compared:
        return "No subgroup has enough patches and patients to be compared with the rest."
    if found.found is None:
        return f"No subgroup is shown to be below the rest. {guard}"
    worst = found.found
    return (
        f"Weakest: {worst.title.lower()}, {worst.label}: balanced accuracy "
        f"{written(worst.figure)}, {abs(worst.difference.value):.2f} below the rest. {guard}"
    )


def _cell(each: Slice, name: str) -> Cell:
    found = each.rates[name]
    if not np.isfinite(found.value):
        return written(found)
    measured = f"slice_{name}"
    return noted(written(found), measured if note(measured, each.patients) else name, each.patients)
