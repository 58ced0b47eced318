"""Did training go well, and which run is better?"""

import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.history import best_epoch, history_figure, metrics_of
from dashboard.charts.theme import plain
from dashboard.components import empty, figure, run_table, story

figure.title("Training", "Did training go well, and which run is better?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = loaders.run(chosen.run)
history = loaders.history(run)
if history.empty:
    empty.show(
        f"{run.name} has no training history: its predictions were imported, or its first epoch "
        f"is not done. Train one: python train_cli.py train --data demo --run mine."
    )
    st.stop()
if run.status == "training":
    st.caption("This run is not finished: what is shown is what it has logged so far.")
st.markdown(f"**{plain(run.name)}**: {story.tell(history, run.info)}")
metrics = [name for name in metrics_of(history) if name != "loss"]
left, right = st.columns([1.5, 1], gap="large")
with left:
    picked = st.pills(
        "Metrics", metrics, selection_mode="multi", key="metrics",
        default=[name for name in ("auc", "accuracy") if name in metrics],
    )  # fmt: skip
# In their own order, whichever was clicked first: nothing jumps.
shown = [name for name in metrics if name in picked]
with right:
    others = run_table.choose(run.name)
histories = {run.name: history} | {name: loaders.history(loaders.run(name)) for name in others}
best = best_epoch(history, str(run.info.get("monitor") or "val_auc"))
figure.plotly(
    history_figure(histories, shown, loaders.events(run), best),
    key="history",
    alt_text="Loss, metrics and learning rate over the epochs, training and validation",
    caption="Solid: validation, dotted: training (with augmentation and dropout). "
    "The dashed rule is the best epoch; marks at the foot are events of the run chosen above.",
    table=history,
)
run_table.show()
