"""All runs side by side, and which of them to lay over the chosen one."""

import pandas as pd
import streamlit as st

from dashboard import loaders
from dashboard.charts.history import best_epoch
from dashboard.components import figure
from idc_core.places import models_root
from idc_core.refusal import Refusal
from idc_core.runs import list_runs


def choose(shown: str) -> list[str]:
    """Other runs with a history, picked to be overlaid."""
    names = [row["run"] for row in _rows() if row["run"] != shown and row["epochs"]]
    return st.multiselect(
        "Lay other runs over it", names, key="overlaid", placeholder="choose runs",
        disabled=not names,
        help=None if names else "There is no other run with a history in models/.",
    )  # fmt: skip


def show() -> None:
    """The table of runs."""
    st.subheader("All runs", anchor=False)
    table = pd.DataFrame(_rows())
    st.dataframe(table, hide_index=True, key="runs", height="content")
    figure.download(table, key="runs")


def _rows() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name in list_runs(models_root()):
        try:
            rows.append(_row(name))
        except Refusal as refusal:
            rows.append({"run": name, "status": f"damaged: {refusal}", "epochs": 0})
    return rows


def _row(name: str) -> dict[str, object]:
    run = loaders.run(name)
    history = loaders.history(run)
    monitor = str(run.info.get("monitor", "val_auc"))
    best = best_epoch(history, monitor)
    config = run.info.get("config") or {}
    return {
        "run": name,
        "status": run.status,
        "network": run.info.get("network"),
        "epochs": len(history),
        "best epoch": best,
        f"best {monitor}": None
        if best is None
        else float(history.set_index("epoch").loc[best, monitor]),
        "optimizer": config.get("optimizer"),
        "learning rate": config.get("learning_rate"),
        "batch": config.get("batch_size"),
        "minutes": round(float(run.info.get("wall_seconds") or 0) / 60, 1) or None,
        "stopped because": run.info.get("stop_reason"),
    }
