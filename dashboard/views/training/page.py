"""Did training go well, and which run is better?"""

import streamlit as st

from dashboard.cache import runs, training
from dashboard.charts.theme import plain
from dashboard.state import page_state, selection
from dashboard.views.training import (
    augment_preview,
    curves,
    fold_results,
    learning_rates,
    live_training,
    run_manage,
    run_table,
    story,
    tracked_patches,
    train_form,
    trainings,
)
from dashboard.widgets import empty, page_title, slice_pixels
from idc_core.runs import fitted_on
from idc_core.runs.cross_validated import of_folds
from idc_core.runs.trained_on import Unknown, training_data

page_title.show()
chosen = selection.current()
if chosen.run is None:
    train_form.show(None)
    trainings.show(None)
    empty.no_runs()
    st.stop()
run = runs.run(chosen.run)
train_form.show(run.info.fingerprint)
trainings.show(run.name)
history = training.history(run)
shown = live_training.show(run, len(history))
if run.info.fitted_on is not None:
    empty.show(fitted_on.sentence(run.info, run.name))
    run_table.show(run)
    st.stop()
if history.empty:
    if not shown:
        learnt = training_data(run.info)
        why = learnt.why if isinstance(learnt, Unknown) else "its history.csv is missing"
        empty.show(
            of_folds(run.info)
            or f"{run.name} has no training history: {why}. "
            "Train one: python train_cli.py train --data demo --run mine."
        )
    run_table.show(run)
    st.stop()
st.markdown(f"**{plain(run.name)}**: {story.tell(history, run.info)}")
st.markdown(story.findings(history, run.info))
left, right = st.columns([3, 1], gap="large", vertical_alignment="bottom")
with left:
    others = run_table.choose(run.name)
with right:
    run_manage.show(run)
curves.show(run, history, others)

SECTIONS = {
    "runs": "All runs",
    "watched": "Tracked patches",
    "folds": "Folds",
    "rate": "Learning-rate finder",
    "augmentation": "Augmentation",
}
section = page_state.one_of("more", list(SECTIONS), "runs")
st.session_state["more"] = section
st.segmented_control(
    "More about this run",
    list(SECTIONS),
    key="more",
    format_func=SECTIONS.__getitem__,
    required=True,
    on_change=lambda: page_state.remember("more", st.session_state["more"]),
)
if section == "runs":
    slice_pixels.measure_if_few(run)
    run_table.show(run, others)
elif section == "watched":
    tracked_patches.show(run)
elif section == "folds":
    fold_results.show(run)
elif section == "rate":
    learning_rates.show(run)
else:
    augment_preview.show(run)
