"""What a report was made of: the facts that every file of this program carries."""

from dataclasses import replace

from idc_core.export.blocks import Pairs
from idc_core.facts.record import SYNTHETIC, Facts
from idc_core.io.provenance import now
from idc_core.records.report import Report
from idc_core.runs.data import is_synthetic
from idc_core.runs.run import Run
from idc_core.score.predict import facts_of

_TITLES = {
    "run": "Run",
    "model_sha256": "Model (SHA-256)",
    "data_fingerprint": "Data (fingerprint)",
    "tissue": "Tissue",
    "positive_class": "Positive class",
    "negative_class": "Negative class",
    "split": "Split",
    "threshold": "Threshold",
    "threshold_state": "Threshold is",
    "calibration": "Scores",
    "patches": "Patches",
    "patients": "Patients",
    "version": "Made with",
    "made": "Made",
    "use": "Use",
}


def facts(run: Run, report: Report, split: str) -> Facts:
    """Of the split that the report's figures are of, at the report's threshold."""
    figures = report.splits[split]
    found = facts_of(run, report.threshold)
    known = found.of(figures.n_patches, figures.n_patients)
    tissue = SYNTHETIC if is_synthetic(run) else None
    return replace(known, split=split, tissue=tissue, made=now())


def made_from(found: Facts) -> Pairs:
    """The facts, each by its title; what is not known is left out."""
    said = found.said()
    return Pairs([(_TITLES[name], value) for name, value in said.items()])
