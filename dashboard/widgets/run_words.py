"""A run described in two sentences, and its facts."""

import pandas as pd

from dashboard.charts.theme import counted, digits, many, plain
from idc_core.records.report import Report
from idc_core.records.run_info import Data, Hardware, RunInfo
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data


def sentences(run: Run, report: Report) -> str:
    """Two sentences for the top of the overview."""
    info, splits = run.info, report.splits
    network = info.network
    first = f"**{plain(run.name)}** "
    judges = info.cross_validated
    if judges is not None:
        first += (
            f"judges the recipe of {plain(judges.run)} by {judges.folds} networks "
            f"({plain(str(network))}), each on patients that it was not trained on."
        )
    elif network:
        first += f"is the network {plain(network)}{_trained(info)}."
    else:
        first += "holds imported predictions without a network."
    judged = "test" if "test" in splits else next(iter(splits))
    figures = splits[judged]
    point = report.operating_point
    rule = (point.name or point.rule or "given").replace("f1", "F1")
    return (
        f"{first} Its report evaluates it on {many(figures.n_patches)} patches of "
        f"{counted(figures.n_patients, 'patient')} ({judged} split) at the threshold "
        f"{digits(report.threshold)} ({plain(rule)})."
    )


def _trained(info: RunInfo) -> str:
    """What it was trained on, as the rest of a sentence."""
    found = training_data(info)
    if isinstance(found, Unknown):
        return f"; what it was trained on is not known ({found.why})"
    if found.patches is None:
        return f", trained on {plain(found.said)}"
    return f", trained on {many(found.patches)} patches of the data set {plain(found.name)}"


def facts(run: Run) -> pd.DataFrame:
    """What is recorded about how the run was made: `fact, value`."""
    info = run.info
    rows = {
        "status": info.status,
        "trained on": _trained_on(info),
        "network": info.network,
        "began with": _pretrained(info),
        "distilled from": _teacher(info),
        "parameters": _count(info.parameters),
        "epochs (saved)": f"{_or_dash(info.epochs)} ({_or_dash(info.best_epoch)})",
        "stop reason": info.stop_reason,
        "started": info.started,
        "saved by": info.kept_by,
        "wall time": _minutes(info.wall_seconds),
        "waited for input": _waited(info),
        "hardware": _hardware(info.hardware or Hardware()),
        "data fingerprint": (info.fingerprint or "")[:16],
        "seed": info.seed,
        "commit": (info.commit or "")[:12],
        "ONNX against Keras": f"largest difference {info.onnx_max_difference:.1e}"
        if info.onnx_max_difference is not None
        else None,
        "versions": ", ".join(f"{k} {v}" for k, v in info.versions.items()),
    }
    return pd.DataFrame(
        [{"fact": name, "value": str(value)} for name, value in rows.items() if value]
    )


def _trained_on(info: RunInfo) -> str:
    found = training_data(info)
    return f"not known: {found.why}" if isinstance(found, Unknown) else found.said


def validation_n(info: RunInfo) -> str:
    """How many patches and patients validation figures are based on; empty where not recorded.

    >>> splits = Data(patches={"validation": 812}, patients={"validation": 3})
    >>> validation_n(RunInfo(data=splits))
    '812 patches of 3 patients'
    """
    data = info.data or Data()
    patches, patients = data.patches.get("validation"), data.patients.get("validation")
    if not patches or not patients:
        return ""
    return f"{counted(patches, 'patch', 'patches')} of {counted(patients, 'patient')}"


def validation_patients(info: RunInfo) -> int | None:
    """How many validation patients the run had during training; None where not recorded."""
    return (info.data or Data()).patients.get("validation")


def _or_dash(value: int | None) -> str:
    return "–" if value is None else str(value)


def _count(value: object) -> str | None:
    return many(int(str(value))) if value is not None else None


def _teacher(info: RunInfo) -> str | None:
    file, weight = None if info.teacher is None else info.teacher.file, info.setting("trust")
    if not file or weight is None:
        return file or None
    return f"{file}, distillation weight {weight:.0%}"


def _pretrained(info: RunInfo) -> str | None:
    known = info.pretrained
    if known is None:
        return None
    brought = "" if known.package is None else f" of {known.package}"
    return f"the pretrained weights {known.file}{brought}"


def _waited(info: RunInfo) -> str | None:
    waited, wall = info.waited_for_input_seconds, info.wall_seconds
    return f"{waited / wall:.1%} of wall time" if waited is not None and wall else None


def _hardware(found: Hardware) -> str | None:
    said = [", ".join(found.devices)]
    said += ["mixed precision"] if found.mixed_precision else []
    said += ["XLA"] if found.xla else []
    return "; ".join(filter(None, said))


def _minutes(value: object) -> str | None:
    return f"{float(str(value)) / 60:.1f} min" if value is not None else None
