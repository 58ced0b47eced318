"""`evaluate --outlines`: labels for a run whose slides nobody had drawn on."""

from dataclasses import dataclass
from pathlib import Path

from idc_core.cli.console import say, sign
from idc_core.cli.words import named_classes
from idc_core.io.refusal import Refusal


@dataclass(frozen=True, slots=True)
class OutlineRule:
    """The options of `cut` by which outlines give a square its label."""

    exhaustive: bool
    positive_from: float
    negative_to: float
    priority: str
    detections: bool


def outline(folder: Path, outlines: Path, classes: Path | None, by: OutlineRule) -> None:
    """Label the patches of the run in `folder` by outlines, judge it, and say what became of it."""
    if classes is None:
        raise Refusal(
            "expected what the classes of the outlines mean: add --classes classes.csv, a table "
            "with the columns pattern and class."
        )
    sign(f"Laying the outlines of {outlines} over the slides of {folder.name}.")
    from idc_core.annotations.classes import read_class_map
    from idc_core.annotations.labels import Label, Thresholds
    from idc_core.cut.settings import Settings
    from idc_core.runs.data import store_of
    from idc_core.runs.run import open_run
    from idc_core.score.outlined_later import outlined_later

    run = open_run(folder)
    store = store_of(run)
    if store is None:
        raise Refusal(
            f"expected the store of {run.name} on this machine, which says where its squares lie: "
            "it is not here. Bring it, or score the slides again: python train_cli.py score SLIDES."
        )
    settings = Settings(
        store.raster,
        store.raster.um_per_px or 0.0,
        read_class_map(classes),
        thresholds=Thresholds(by.positive_from, by.negative_to),
        priority=named_classes(by.priority),
        detections=by.detections,
    )
    found = outlined_later(run, store, outlines, settings, exhaustive=by.exhaustive)
    counts = ", ".join(f"{found.count(label):,} {label.name.lower()}" for label in Label)
    say(f"{len(found.labels):,} patches of {len(found.drawn):,} slides with outlines: {counts}.")
    if found.without:
        some = ", ".join(found.without[:5]) + ", …" * (len(found.without) > 5)
        say(f"Without outlines, and so without labels: {some}.")
    for each in found.drawn:
        for alarm in each.alarms:
            say(f"  Check {each.slide.name}: {alarm}")
    say(f"Written: {run.path / 'report.json'}")
