"""A run's training history in a few sentences."""

import pandas as pd

from dashboard.charts.history import words
from dashboard.charts.theme import digits, plain
from dashboard.widgets.run_words import validation_n
from idc_core.records.run_info import RunInfo
from idc_core.train.history.diagnosis import diagnose
from idc_core.train.history.epochs import best_epoch, kept_epoch

TITLES = {
    "too_high_rate": "Learning rate too high",
    "over_fit": "Overfitting",
    "under_fit": "Underfitting",
    "unfinished": "Not converged",
    "unsteady": "Unstable validation loss",
    "drifting_threshold": "Threshold drift",
    "patients_differ": "Generalisation gap between patients",
    "healthy": "Converged; no problem found",
    "cannot_tell": "Inconclusive",
}


def tell(history: pd.DataFrame, info: RunInfo) -> str:
    """What happened, with its figures, and nothing that the history does not show."""
    monitor = info.monitor or "val_auc"
    best, last = best_epoch(history, monitor), int(history["epoch"].max())
    epochs = "1 epoch" if last == 1 else f"{last} epochs"
    if best is None:
        return f"{epochs}; {_why_none(history, monitor)}, so there is no best epoch.{_kept(info)}"
    values = history.set_index("epoch")[monitor]
    rests_on = validation_n(info)
    counted_on = f" ({rests_on})" if rests_on else ""
    said = (
        f"{epochs}; best in epoch **{best}**: validation "
        f"{plain(words(monitor.removeprefix('val_')))} "
        f"{digits(values.loc[best])}{counted_on}, at the end {digits(values.loc[last])}."
        f"{_kept(info)}"
    )
    if info.stop_reason:
        said += f" Stop reason: {plain(info.stop_reason)}."
    return said


def _why_none(history: pd.DataFrame, monitor: str) -> str:
    if monitor in history and history[monitor].notna().any():
        return f"the name {plain(monitor)} does not tell whether higher or lower is better"
    return f"{plain(monitor)} was not logged"


def _kept(info: RunInfo) -> str:
    kept = kept_epoch(info)
    return "" if kept is None else f" The weights of epoch {kept} were saved."


def findings(history: pd.DataFrame, info: RunInfo) -> str:
    """What limited training and what to try next, one sentence each, as Markdown."""
    lines = []
    if info.status == "training":
        lines.append("*Training has not ended: this covers the epochs so far.*")
    for finding in diagnose(history, info):
        said = finding.said[0].upper() + finding.said[1:]
        line = f"**{TITLES[finding.kind]}.** {plain(said)}."
        if finding.try_next:
            line += f" *Next step:* {finding.try_next}."
        lines.append(line)
    return "\n\n".join(lines)
