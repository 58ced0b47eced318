"""All channels of a layer as a table; a row opens its channel."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.widgets import export, figure
from idc_core.interpret.channels.analyse import Channels

_KEY = "channel_table"


def table_of(found: Channels, layer: str, lost: npt.NDArray[np.float64] | None) -> pd.DataFrame:
    """One row per channel: number, single-channel AUC, AUC lost, patients, remarks."""
    own = found.of(layer)
    odd = [
        ", ".join(
            [name for name in ("dead", "saturated") if row[name]]
            + ([f"duplicates {int(row['duplicate_of'])}"] if row["duplicate_of"] >= 0 else [])
        )
        for _, row in own.iterrows()
    ]
    return pd.DataFrame(
        {
            "channel": own["channel"].to_numpy(),
            "single-channel AUC": own["auc"].round(3).to_numpy(),
            "AUC lost without it": np.nan if lost is None else np.round(lost, 4),
            "patients among its strongest patches": own["top_patients"].to_numpy(),
            "silent on (share of patches)": (own["silent"] / found.patches).to_numpy(),
            "remarks": odd,
        }
    )


def show(table: pd.DataFrame, on_choose: Callable[[int], None]) -> None:
    """Draw it; `on_choose` gets the channel of the row that was clicked."""

    def clicked() -> None:
        rows = st.session_state[_KEY]["selection"]["rows"]
        if rows:
            on_choose(int(table["channel"].iloc[rows[0]]))

    dead = int(table["remarks"].str.contains("dead").sum())
    duplicates = int(table["remarks"].str.contains("duplicates").sum())
    always = int(table["remarks"].str.contains("saturated").sum())
    st.markdown(
        f"**{len(table)} channels: {dead} dead, {duplicates} duplicate another, {always} always "
        "on.** Click a row to select its channel, a column heading to sort."
    )
    st.dataframe(
        table,
        key=_KEY,
        on_select=clicked,
        selection_mode="single-row",
        hide_index=True,
        height=300,
        width="stretch",
        column_config={
            "single-channel AUC": st.column_config.NumberColumn(format="%.3f"),
            "AUC lost without it": st.column_config.NumberColumn(format="%.4f"),
            "silent on (share of patches)": st.column_config.NumberColumn(format="percent"),
        },
    )
    figure.download(
        table, key="channels_of_layer", of=export.Count(None, None, split="validation", cut=False)
    )
