"""One HTML file that tells what a run is and how good it is, and opens without a network.

Drawings are SVG in the page, pictures are PNG in the page, nothing is fetched and nothing runs.
What it says is records (`blocks`), how it looks is `templates/`, and the charts are handed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.recalibration import mapped
from idc_core.export.blocks import Block, Figure, Heading, Missing, Paragraph
from idc_core.export.charts import Charts
from idc_core.export.pages import filled, markup
from idc_core.export.report.calibration import reliability
from idc_core.export.report.card import RESEARCH_USE, model_card
from idc_core.export.report.decision import decision_curve
from idc_core.export.report.feature_maps import feature_maps
from idc_core.export.report.figures import (
    beside,
    corrected,
    curves,
    headlines,
    judged_split,
    learning_curves,
    matrix,
)
from idc_core.export.report.made_from import facts, made_from
from idc_core.export.report.markup import UNKNOWN, recorded
from idc_core.export.report.methods import methods
from idc_core.export.report.network import draw_network
from idc_core.export.report.origin import flow, reference_standard
from idc_core.export.report.split_rows import JudgedSplit, split_rows, stored_rows
from idc_core.export.report.subgroups import subgroups
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.io.digits import counted, digits
from idc_core.io.files import write_text
from idc_core.io.refusal import Refusal
from idc_core.many.judge import stored
from idc_core.metrics.uncertainty import FEW_PATIENTS
from idc_core.records.raster import Raster
from idc_core.runs.data import store_of
from idc_core.runs.run import Run
from idc_core.runs.run import judged as labelled
from idc_core.runs.score_parts import are_too_many
from idc_core.score.scoring import Scorer
from idc_core.train.history.epochs import kept_epoch, one_row_an_epoch

CONTENTS = {
    "figures": "Figures",
    "matrix": "Confusion matrix",
    "curves": "ROC and precision-recall",
    "calibration": "Calibration",
    "decision": "Decision curve",
    "subgroups": "Subgroups",
    "flow": "Flow and exclusions",
    "reference": "Reference standard",
    "methods": "Intervals",
    "training": "Training",
    "maps": "Feature maps",
    "network": "Network",
    "card": "Model card",
    "made": "Made from",
}


_TOO_MANY = "each patch would have to be looked at, and this run holds too many for memory."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that its table of contents leads to."""

    key: str
    title: str
    blocks: Sequence[Block]


def write_report(run: Run, out: Path, charts: Charts, store: PatchStore | None = None) -> None:
    """Write the page to `out`; without a `store`, the one the run was trained on is looked for.

    Raises `Refusal` where the run has no `report.json` yet. Anything else that is missing (history,
    predictions, network, pixels) is said in its place.
    """
    write_text(out, report_page(run, store or store_of(run), charts))


def report_page(run: Run, store: PatchStore | None, charts: Charts) -> str:
    """The whole page."""
    report, raster = run.report(), run.info.raster
    split = judged_split(report)
    if split is None:
        raise Refusal(
            f"expected figures of a split in {run.path / 'report.json'}: there are none. "
            f"Make them: python train_cli.py evaluate --run {run.name}."
        )
    threshold = report.threshold
    many = run.has_predictions and are_too_many(run.path)
    whole = run.has_predictions and not many
    predictions = labelled(run, mapped(run, run.predictions())) if whole else None
    scorer = Scorer(run.path / "model.onnx") if run.has_network else None
    figures = report.splits[split]
    judged = (
        f"{split}: {figures.n_patches:,} patches, {figures.n_idc:,} of them "
        f"{raster.positive}, {counted(figures.n_patients, 'patient')}, at the threshold "
        f"{digits(threshold)}."
    )
    if many:
        kept = stored(run, split)
        rows: JudgedSplit | None = None if kept is None else stored_rows(kept, split, threshold)
    else:
        rows = None if predictions is None else split_rows(predictions, split, threshold)
    bodies: dict[str, Sequence[Block]] = {
        "figures": [
            Paragraph(f"{judged} Brackets hold 95 % intervals:", ("methods", "how each was made")),
            *_few(figures.n_patients),
            headlines(figures, raster),
            Heading("Every split"),
            beside(report.splits, raster),
            *corrected(report, raster),
        ],
        "matrix": [Paragraph(judged), *matrix(figures, charts, raster)],
        "curves": [_curves(rows, charts, raster)],
        "calibration": _of_rows(rows, lambda found: reliability(found, charts, raster)),
        "decision": _of_rows(rows, lambda found: decision_curve(found, charts, raster)),
        "subgroups": _of_rows(
            rows,
            lambda found: [
                *subgroups(found, store, raster, sampled_labels=run.info.sampled_labels),
                *([Missing(f"No other subgroups: {_TOO_MANY}")] if many else []),
            ],
        ),
        "flow": flow(store),
        "reference": [reference_standard(run, predictions, split)],
        "methods": methods(report),
        "training": [
            learning_curves(one_row_an_epoch(run.history()), kept_epoch(run.info), charts)
        ],
        "maps": _without_layers(run)
        or (
            [Missing(f"No feature maps: {_TOO_MANY}")]
            if many
            else _maps(scorer, store, predictions, threshold)
        ),
        "network": _without_layers(run) or [_network(scorer)],
        "card": model_card(run, report),
        "made": [made_from(facts(run, report, split))],
    }
    sections = [Section(key, title, bodies[key]) for key, title in CONTENTS.items()]
    return _page(run, report.made, sections)


def _few(patients: int) -> list[Block]:
    if patients >= FEW_PATIENTS:
        return []
    return [
        Paragraph(
            f"Only {patients} patients: below {FEW_PATIENTS}, every interval here is unreliable."
        )
    ]


def _of_rows(rows: JudgedSplit | None, part: Callable[[JudgedSplit], list[Block]]) -> list[Block]:
    if rows is None:
        return [Missing("Not known: this run holds no predictions (predictions.parquet).")]
    return part(rows)


def _curves(found: JudgedSplit | None, charts: Charts, raster: Raster) -> Block:
    if found is None:
        return Missing("No curves: this run holds no predictions (predictions.parquet).")
    return curves(found, charts, raster)


def _maps(
    scorer: Scorer | None,
    store: PatchStore | None,
    predictions: pd.DataFrame | None,
    threshold: float,
) -> list[Block]:
    if predictions is None:
        return [Missing("No feature maps: this run holds no predictions to choose a patch from.")]
    return feature_maps(scorer, store, predictions, threshold)


def _without_layers(run: Run) -> list[Block] | None:
    if run.came_as_onnx is None:
        return None
    return [
        Missing(
            f"Not shown: this network came as ONNX ({run.came_as_onnx}), and nothing says which "
            "of its tensors are its layers."
        )
    ]


def _network(scorer: Scorer | None) -> Block:
    if scorer is None:
        return Missing("No drawing: this run holds no network (model.onnx).")
    parameters = sum(layer.parameters for layer in scorer.layers)
    caption = f"{len(scorer.layers)} layers, {parameters:,} parameters. Read in rows."
    if any(layer.kind == "Add" for layer in scorer.layers):
        caption += " “Add” adds the input of its block again; that path is not drawn."
    return Figure(draw_network(scorer.layers, Anatomy(scorer).costs), caption)


def _page(run: Run, made: object, sections: Sequence[Section]) -> str:
    return str(
        filled(
            "report.html.j2",
            name=run.name,
            trained_on=recorded(run.info.trained_on),
            network=recorded(run.info.network),
            evaluated=str(made) if made else UNKNOWN,
            use=RESEARCH_USE,
            sections=sections,
            markup=markup,
        )
    )
