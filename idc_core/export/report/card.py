"""A model card (Mitchell et al. 2019, 10.1145/3287560.3287596), filled from the run's artefacts.

The paper's ninth section, quantitative analyses, is the rest of the page.
"""

from typing import Any

from idc_core.export.blocks import Block, Heading, Pairs, Paragraph, Points
from idc_core.export.report.markup import UNKNOWN, interval, number, recorded
from idc_core.io.digits import digits
from idc_core.metrics.operating_point import rule_words
from idc_core.records.raster import USUAL, Raster
from idc_core.records.report import Report
from idc_core.records.run_info import Data
from idc_core.runs.cross_validated import STATUS, note
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, caution, training_data
from idc_core.train.history.epochs import kept_epoch

RESEARCH_USE = (
    "For research only. Not a medical device: it has not been cleared for diagnosis, and no "
    "decision about a patient may rest on it."
)


def model_card(run: Run, report: Report) -> list[Block]:
    """The card; what no artefact says reads “not recorded”."""
    parts: tuple[tuple[str, Block], ...] = (
        ("Model details", _details(run)),
        ("Intended use", _use(run.info.raster)),
        ("Factors", _factors(run, report)),
        ("Metrics", _metrics(report, run.info.raster)),
        ("Evaluation data", _evaluation_data(run, report)),
        ("Training data", _training_data(run)),
        ("Ethical considerations", _ethics()),
        ("Caveats and recommendations", _caveats(run, report)),
    )
    return [block for title, body in parts for block in (Heading(title), body)]


def _details(run: Run) -> Pairs:
    info = run.info
    kept, last = kept_epoch(info), info.epochs
    trained = f"{kept} of {last}" if kept and last else UNKNOWN
    return Pairs(
        [
            ("Run", run.name),
            ("Network", recorded(info.network)),
            ("Parameters", _thousands(info.parameters)),
            ("Status", recorded(info.status)),
            ("Trained", recorded(info.started)),
            ("Wall time", _seconds(info.wall_seconds)),
            ("Saved epoch", f"{trained} (by {recorded(info.monitor)})"),
            ("Stopped because", recorded(info.stop_reason)),
            ("Seed", recorded(info.seed)),
            ("Commit", recorded(info.commit)),
            ("Versions", ", ".join(f"{k} {v}" for k, v in _items(info.versions))),
            ("Settings", _settings(info.config)),
        ]
    )


def _use(raster: Raster) -> Pairs:
    side, tissue = (
        raster.patch_px,
        "breast tissue" if raster.positive == USUAL.positive else "tissue",
    )
    return Pairs(
        [
            (
                "Meant for",
                f"research and teaching: seeing what a classifier of {side}×{side} "
                f"pixel patches gets right and wrong in H&E-stained {tissue}.",
            ),
            (
                "Out of scope",
                "diagnosis, grading or any decision about a patient; other organs, stains, "
                "scanners, magnifications or patch sizes than those it was trained on; patches "
                "without tissue.",
            ),
            ("Notice", RESEARCH_USE),
        ]
    )


def _factors(run: Run, report: Report) -> Pairs:
    few = [name for name, split in report.splits.items() if split.few_patients]
    pixel = run.info.pixel_size_um
    verified = run.info.raster.um_from is not None
    return Pairs(
        [
            ("Groups", "patients: figures are given pooled over patches and per patient."),
            ("Few patients (intervals unreliable)", ", ".join(few) or "no split"),
            ("Age, sex, ethnicity, tumour grade, scanner, laboratory", UNKNOWN),
            (
                "Pixel size",
                f"{pixel} µm" + ", to be verified" * (not verified) if pixel else UNKNOWN,
            ),
        ]
    )


def _metrics(report: Report, raster: Raster) -> Pairs:
    point = report.operating_point
    reached = (
        f"sensitivity {number(point.sensitivity)}, "
        f"specificity {number(point.specificity)} on {recorded(point.split)} "
        f"({_thousands(point.n_patches)} patches, "
        f"{_thousands(point.n_patients)} patients)"
    )
    return Pairs(
        [
            ("Decision threshold", digits(report.threshold)),
            ("Chosen by", recorded(point.rule and rule_words(point.rule, raster.say))),
            ("Reason", recorded(point.reason)),
            ("Scores", recorded(point.calibration or "raw, as the network gave them")),
            ("Thresholds shown on test before", recorded(point.looks_at_test)),
            ("Chosen at", recorded(point.chosen_at)),
            ("Reached there", reached),
            ("Intervals", recorded(report.interval)),
            ("Not defined", "a rate with nothing in its denominator is an en dash, never 0."),
        ]
    )


def _evaluation_data(run: Run, report: Report) -> Pairs:
    rows = [
        (
            name,
            f"{_thousands(split.n_patches)} patches, {_thousands(split.n_idc)} "
            f"{run.info.raster.positive}, {_thousands(split.n_patients)} patients; ROC-AUC "
            f"{interval(split.pooled['roc_auc'].parts)}",
        )
        for name, split in report.splits.items()
    ]
    return Pairs([("Data set", _data_name(run)), *rows])


def _training_data(run: Run) -> Pairs:
    data = run.info.data or Data()
    counts = [
        f"{split}: {_thousands(patches)} patches of {_thousands(data.patients.get(split))} patients"
        for split, patches in _items(data.patches)
    ]
    learnt = training_data(run.info)
    if isinstance(learnt, Unknown):
        return Pairs(
            [
                ("Trained on", f"not known: {learnt.why}"),
                ("Splits of the data it was evaluated on", "; ".join(counts) or UNKNOWN),
                ("Fingerprint of that data", recorded(data.fingerprint)),
            ]
        )
    return Pairs(
        [
            ("Trained on", recorded(learnt.said)),
            ("Splits", "; ".join(counts) or UNKNOWN),
            ("Fingerprint", recorded(data.fingerprint)),
        ]
    )


def _ethics() -> Paragraph:
    return Paragraph(
        "A missed cancer and a false alarm do different harm; the threshold trades one for the "
        "other and is stated above. Patients are known by number only. Labels of the Kaggle "
        "data come from outlines drawn by a pathologist and laid over patches: at a border they "
        "may be wrong. Who the patients are, and so who is left out, is not recorded."
    )


def _caveats(run: Run, report: Report) -> Points:
    caveats = [
        "Patches of one patient resemble each other; compare only with results that were also "
        "split by patient.",
        "Judge the model on the test split. Figures of the training split show what it has "
        "memorised.",
        "Try it on patches of your own laboratory before believing any figure on this page.",
    ]
    unknown = caution(run.info)
    if unknown is not None:
        caveats.insert(0, unknown)
    if run.info.cross_validated is not None:
        caveats.insert(0, note(run.info))
    elif "test" not in report.splits:
        caveats.insert(0, "There is no test split: every figure here is of data the run has seen.")
    if run.status not in {"finished", "imported", STATUS}:
        caveats.insert(0, f"The training is not finished (status: {run.status}).")
    return Points(caveats)


def _data_name(run: Run) -> str:
    return recorded(run.info.data_name)


def _settings(config: Any) -> str:
    flat = [
        (f"{name}.{inner}" if inner else name, value)
        for name, group in _items(config)
        for inner, value in (group.items() if isinstance(group, dict) else [("", group)])
    ]
    return "; ".join(f"{name} {value}" for name, value in flat) or UNKNOWN


def _items(group: Any) -> list[tuple[str, Any]]:
    return list(group.items()) if isinstance(group, dict) else []


def _thousands(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else UNKNOWN


def _seconds(value: Any) -> str:
    return f"{value / 60:.1f} min" if isinstance(value, int | float) else UNKNOWN
