"""What a run is, in two sentences, and its facts."""

from typing import Any

import pandas as pd

from dashboard.charts.theme import many, plain
from idc_core.runs import Run


def sentences(run: Run, report: dict[str, Any]) -> str:
    """Two sentences for the top of the overview."""
    info, splits = run.info, report["splits"]
    network = info.get("network")
    first = f"**{plain(run.name)}** "
    if network:
        sides = (info.get("data") or {}).get("patches", {})
        trained = f"{many(int(sides['train']))} patches" if "train" in sides else "its data"
        first += f"is the network {plain(network)}, trained on {trained}"
        first += f" of the data set {plain(info['data']['name'])}." if info.get("data") else "."
    else:
        first += "holds imported predictions; there is no network to look into."
    judged = "test" if "test" in splits else next(iter(splits))
    figures = splits[judged]
    point = report["operating_point"]
    rule = str(point.get("name") or point.get("rule") or "given").replace("f1", "F1")
    return (
        f"{first} It is judged on {many(figures['n_patches'])} patches of "
        f"{figures['n_patients']} patients ({judged} split), at the threshold "
        f"{report['threshold']:.3f} ({plain(rule)})."
    )


def facts(run: Run) -> pd.DataFrame:
    """What is recorded of how the run was made: `fact, value`."""
    info = run.info
    data = info.get("data") or {}
    rows = {
        "status": info.get("status"),
        "trained on": info.get("trained_on"),
        "network": info.get("network"),
        "parameters": _count(info.get("parameters")),
        "epochs (best)": f"{info.get('epochs', '–')} ({info.get('best_epoch', '–')})",
        "stopped because": info.get("stop_reason"),
        "started": info.get("started"),
        "wall time": _minutes(info.get("wall_seconds")),
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


def _count(value: object) -> str | None:
    return many(int(str(value))) if value is not None else None


def _minutes(value: object) -> str | None:
    return f"{float(str(value)) / 60:.1f} min" if value is not None else None
