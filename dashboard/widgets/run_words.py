"""What a run is, in two sentences, and its facts."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts.theme import counted, digits, many, plain
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data


def sentences(run: Run, report: dict[str, Any]) -> str:
    """Two sentences for the top of the overview."""
    info, splits = run.info, report["splits"]
    network = info.get("network")
    first = f"**{plain(run.name)}** "
    if network:
        first += f"is the network {plain(network)}{_trained(info)}."
    else:
        first += "holds imported predictions; there is no network to look into."
    judged = "test" if "test" in splits else next(iter(splits))
    figures = splits[judged]
    point = report["operating_point"]
    rule = str(point.get("name") or point.get("rule") or "given").replace("f1", "F1")
    return (
        f"{first} In its report it is judged on {many(figures['n_patches'])} patches of "
        f"{figures['n_patients']} patients ({judged} split), at the threshold "
        f"{digits(report['threshold'])} ({plain(rule)})."
    )


def _trained(info: Mapping[str, Any]) -> str:
    """What it learnt from, as the rest of a sentence."""
    found = training_data(info)
    if isinstance(found, Unknown):
        return f"; what it was trained on is not known ({found.why})"
    if found.patches is None:
        return f", trained on {plain(found.said)}"
    return f", trained on {many(found.patches)} patches of the data set {plain(found.name)}"


def facts(run: Run) -> pd.DataFrame:
    """What is recorded of how the run was made: `fact, value`."""
    info = run.info
    data = info.get("data") or {}
    rows = {
        "status": info.get("status"),
        "trained on": _learnt(info),
        "network": info.get("network"),
        "taught by": _teacher(info),
        "parameters": _count(info.get("parameters")),
        "epochs (kept)": f"{info.get('epochs', '–')} ({info.get('best_epoch', '–')})",
        "stopped because": info.get("stop_reason"),
        "started": info.get("started"),
        "kept by": info.get("kept_by"),
        "wall time": _minutes(info.get("wall_seconds")),
        "waited for input": _waited(info),
        "hardware": _hardware(info.get("hardware") or {}),
        "data fingerprint": str(data.get("fingerprint", ""))[:16],
        "seed": info.get("seed"),
        "commit": str(info.get("commit") or "")[:12],
        "ONNX against Keras": f"largest difference {info['onnx_max_difference']:.1e}"
        if info.get("onnx_max_difference") is not None
        else None,
        "versions": ", ".join(f"{k} {v}" for k, v in (info.get("versions") or {}).items()),
    }
    return pd.DataFrame(
        [{"fact": name, "value": str(value)} for name, value in rows.items() if value]
    )


def _learnt(info: Mapping[str, Any]) -> str:
    found = training_data(info)
    return f"not known: {found.why}" if isinstance(found, Unknown) else found.said


def validation_n(info: Mapping[str, Any]) -> str:
    """What validation counts, for an AUC is worth as much as the patients behind it; or nothing.

    >>> validation_n({"data": {"patches": {"validation": 812}, "patients": {"validation": 3}}})
    '812 patches of 3 patients'
    """
    data = info.get("data") or {}
    patches, patients = (
        (data.get(each) or {}).get("validation") for each in ("patches", "patients")
    )
    if not patches or not patients:
        return ""
    return f"{counted(patches, 'patch', 'patches')} of {counted(patients, 'patient')}"


def validation_patients(info: Mapping[str, Any]) -> int | None:
    """How many patients the run was judged on while it was trained; None where it is not said."""
    return ((info.get("data") or {}).get("patients") or {}).get("validation")


def _count(value: object) -> str | None:
    return many(int(str(value))) if value is not None else None


def _teacher(info: Mapping[str, Any]) -> str | None:
    file = (info.get("teacher") or {}).get("file")
    trust = (info.get("config") or {}).get("trust")
    if not file or not isinstance(trust, int | float):
        return str(file) if file else None
    return f"{file}, whose scores are {trust:.0%} of what was learnt"


def _waited(info: Mapping[str, Any]) -> str | None:
    waited, wall = info.get("waited_for_input_seconds"), info.get("wall_seconds")
    return f"{waited / wall:.1%} of that time" if waited is not None and wall else None


def _hardware(found: Mapping[str, Any]) -> str | None:
    said = [", ".join(map(str, found.get("devices") or []))]
    said += ["mixed precision"] if found.get("mixed_precision") else []
    said += ["XLA"] if found.get("xla") else []
    return "; ".join(filter(None, said))


def _minutes(value: object) -> str | None:
    return f"{float(str(value)) / 60:.1f} min" if value is not None else None
