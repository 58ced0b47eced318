"""All runs side by side: how their settings differ, how good they are, what they cost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import runs, training
from dashboard.charts.history import words
from dashboard.charts.theme import many, plain
from dashboard.state import page_state
from dashboard.widgets import export, figure
from idc_core.io.digits import UNDEFINED
from idc_core.io.paths import models_root
from idc_core.io.progress import status_of as status
from idc_core.io.refusal import Refusal
from idc_core.records.notes import read_notes
from idc_core.records.run_info import RunInfo
from idc_core.runs.notes import offered
from idc_core.runs.run import Run, list_runs
from idc_core.runs.trained_on import Unknown, training_data
from idc_core.train.history.directions import direction
from idc_core.train.history.epochs import best_epoch, kept_epoch
from idc_core.train.history.settings import differing, flat

_NO_COLUMN = ("deterministic", "checkpoint_batches")


def choose(shown: str) -> list[str]:
    """Other runs with a history, selected as overlays; the address names them."""
    names = overlaid(offered(models_root()), shown)
    if not names:
        st.caption("No other run in models/ has a training history to overlay.")
        return []
    said = (st.query_params.get("with") or "").split(",")
    st.session_state["overlaid"] = [name for name in names if name in said]

    def keep() -> None:
        page_state.remember("with", ",".join(st.session_state["overlaid"]) or None)

    return st.multiselect(
        "Overlay other runs",
        names,
        key="overlaid",
        placeholder="choose runs",
        on_change=keep,
    )


def show(run: Run, over: list[str] | None = None) -> None:
    """The table of runs, with the trivial baselines on this run's data as rows.

    `over`: the overlaid runs, whose rows are ticked; None where no curves are drawn.
    """
    st.header("All runs", anchor=False)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    wanted = (
        left.text_input(
            "Filter",
            key="run_filter",
            placeholder="part of a name, tag, network, data set …",
        )
        .casefold()
        .strip()
    )
    archived = right.toggle("Show archived", key="run_archived")
    infos = _infos()
    config = {name: info.config or {} for name, info in infos.items()}
    settings, differ = apart(config, [run.name, *(over or [])], can_tick=over is not None)
    rows = [_row(name, info, settings) for name, info in infos.items()]
    rows = [row for row in rows if archived or not row.pop("archived", False)]
    for row in rows:
        row.pop("archived", None)
    rows = [row for row in rows if wanted in " ".join(map(str, row.values())).casefold()]
    rows += [] if wanted else _baselines(run)
    if not rows:
        st.caption(f"No run matches “{plain(wanted)}”." if wanted else "There is no run.")
        return
    table = pd.DataFrame(rows)
    table = table[[name for name in table if table[name].notna().any()]]
    look: dict[str, Any] = {
        "hide_index": True,
        "height": "content",
        "column_config": _formats(),
        "placeholder": UNDEFINED,
    }
    if over is None:
        st.dataframe(table, key="runs", **look)
    else:
        _ticked(table, run.name, over, look)
    st.caption(
        f"{differ} Best and last are validation values of the metric that selected the epoch; its "
        "arrow says whether higher or lower is better. Saved epoch: the one whose weights the run "
        "holds. The last rows are baselines without a network, which a run has to beat."
    )
    figure.download(table, key="runs", of=export.OF_NO_SPLIT)


def apart(
    config: Mapping[str, Mapping[str, Any]], ticked: Sequence[str], *, can_tick: bool
) -> tuple[list[str], str]:
    """Settings that differ between the ticked runs, or between all runs if fewer than two of the
    ticked were trained here; and the sentence that says so. `config`: all settings by run."""
    trained = {name: each for name, each in config.items() if "epochs" in each}
    among = [name for name in ticked if name in trained]
    few = len(among) < 2
    shown = list(trained.values()) if few else [trained[name] for name in among]
    settings = [name for name in differing(shown) if name not in _NO_COLUMN]
    if few:
        whose = f"any of the {many(len(trained))} trained runs differ"
        how = "To compare some of them and overlay their curves, tick the box at the left of their "
        how += "rows."
    else:
        whose = f"the ticked runs ({', '.join(map(plain, among))}) differ"
        how = "Ticked runs are overlaid on the selected run."
    said = f"Only settings in which {whose} are shown" + (
        "." if settings or len(trained) < 2 else ": there is none."
    )
    return settings, f"{said} {how}" if can_tick and len(trained) > 1 else said


def _ticked(table: pd.DataFrame, shown: str, over: list[str], look: dict[str, Any]) -> None:
    """The table; the ticked rows are exactly the overlaid runs."""
    rows = np.flatnonzero(table["run"].isin(over)).tolist()
    # A new key after each tick and for other rows keeps ticks and curves the same.
    times = st.session_state.setdefault("runs_ticked", 0)
    key = f"runs_{times}_{'_'.join(map(str, rows))}"

    def keep() -> None:
        st.session_state["runs_ticked"] += 1
        rows = st.session_state[key]["selection"]["rows"]
        page_state.remember("with", ",".join(overlaid(table["run"].iloc[rows], shown)) or None)

    st.dataframe(
        table,
        key=key,
        on_select=keep,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
        **look,
    )


def overlaid(ticked: Iterable[str], shown: str) -> list[str]:
    """The ticked runs that can be overlaid on the run shown."""
    can = offered(models_root())
    return [name for name in ticked if name in can and name != shown and not _history(name).empty]


def _infos() -> dict[str, RunInfo]:
    found: dict[str, RunInfo] = {}
    for name in list_runs(models_root()):
        try:
            found[name] = runs.run(name).info
        except Refusal as refusal:
            found[name] = RunInfo(status=f"damaged: {refusal}")
    return found


def _history(name: str) -> pd.DataFrame:
    try:
        return training.history(runs.run(name))
    except Refusal:
        return pd.DataFrame()


def _row(name: str, info: RunInfo, settings: list[str]) -> dict[str, Any]:
    path = models_root() / name
    try:
        notes = read_notes(path)
    except Refusal:
        notes = None
    history = _history(name)
    monitor = info.monitor or "val_auc"
    best = best_epoch(history, monitor) if len(history) else None
    known = dict(flat(info.config or {}))
    values = history.set_index("epoch")[monitor] if best is not None else None
    return {
        "run": name,
        "tags": ", ".join(notes.tags) if notes and notes.tags else None,
        "archived": bool(notes and notes.archived),
        "status": status(path, info.status),
        "selected by": None if best is None else _selected_by(monitor),
        "best": None if values is None or best is None else float(values.loc[best]),
        "last": None if values is None else float(values.iloc[-1]),
        "best epoch": best,
        "saved epoch": _kept(name, info),
        "epochs": len(history) or None,
        **{setting: _plain(known.get(setting)) for setting in settings},
        "minutes": round((info.wall_seconds or 0) / 60, 1) or None,
        "patches/s": info.trained_per_second,
        "stop reason": info.stop_reason,
        "data": _data(info),
        "commit": _commit(info),
    }


def _kept(name: str, info: RunInfo) -> int | None:
    """The epoch whose weights the run holds; during training that of the latest checkpoint."""
    return kept_epoch(info) or (
        training.kept(runs.run(name)) if info.status == "training" else None
    )


def _selected_by(monitor: str) -> str:
    arrow = "↓" if direction(monitor) == "falls" else "↑"
    return f"{words(monitor.removeprefix('val_'))} {arrow}"


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)


def _data(info: RunInfo) -> str | None:
    if not info.data_name:
        return None
    learnt = training_data(info)
    if isinstance(learnt, Unknown):
        return f"{info.data_name}; training data unknown"
    return info.data_name + (f", {many(learnt.patches)} training patches" if learnt.patches else "")


def _commit(info: RunInfo) -> str | None:
    commit = info.commit or ""
    return commit[:7] + ("+changes" if commit.endswith("+changes") else "") or None


def _baselines(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "run": f"without a network: {each.name}",
            "status": each.said,
            "selected by": "ROC-AUC ↑",
            "best": each.roc_auc.value,
            "last": each.roc_auc.value,
            "data": str(run.info.data_name),
        }
        for each in training.trivial(run)
    ]


def _formats() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "best": number(format="%.5g"),
        "last": number(format="%.5g"),
        "patches/s": number(format="%.0f"),
        "minutes": number(format="%.1f"),
        "run": st.column_config.TextColumn(pinned=True),
    }
