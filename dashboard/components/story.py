"""A run's training in a sentence or two, from its own numbers."""

from typing import Any

import pandas as pd

from dashboard.charts.history import best_epoch


def tell(history: pd.DataFrame, info: dict[str, Any]) -> str:
    """What happened, with the figures; nothing that the history does not say."""
    monitor = str(info.get("monitor") or "val_auc")
    best, last = best_epoch(history, monitor), int(history["epoch"].max())
    if best is None:
        return f"{last} epochs; {monitor} was not logged, so no best epoch can be named."
    by_epoch = history.set_index("epoch")
    at_best, at_last = by_epoch.loc[best], by_epoch.loc[last]
    said = (
        f"{last} epochs; best in epoch **{best}** ({monitor.replace('val_', 'validation ')} "
        f"{at_best[monitor]:.3f}, last {at_last[monitor]:.3f})."
    )
    if {"loss", "val_loss"} <= set(history.columns):
        gap = at_last["val_loss"] - at_last["loss"]
        said += (
            f" At the end the validation loss is {at_last['val_loss']:.3f} and the training loss "
            f"{at_last['loss']:.3f}: a gap of {gap:+.3f}."
        )
    if info.get("stop_reason"):
        said += f" It ended because: {info['stop_reason']}."
    return said
