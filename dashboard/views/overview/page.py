"""How good is this run, and where should one look?"""

import streamlit as st

from dashboard.cache import cutoff, predictions, runs
from dashboard.state import selection
from dashboard.views.overview import (
    fold_areas,
    front_door,
    headlines,
    published,
    report_download,
    unlabelled_scores,
    where_next,
)
from dashboard.widgets import empty, page_title, run_words

page_title.show()
chosen = selection.current()
front_door.show(runs.raster(chosen.run))
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = runs.run(chosen.run)
if not run.has_labels:
    unlabelled_scores.show(run, chosen.split, cutoff.now().value)
    st.stop()
report = runs.report(run)
st.markdown(run_words.sentences(run, report))
found, now = predictions.sorted_scores(run, chosen.split), cutoff.now()
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
else:
    figures = headlines.figures(found, now.value)
    where = headlines.where(chosen.split, now)
    headlines.show(figures, found, chosen.split, now)
    fold_areas.show(run, chosen.split)
    if run.info.raster.is_like_public_set:
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            published.show(run, figures, where)
    else:
        right = st.container()
    with right:
        where_next.show(found, report, now.value, where, run.info.raster)
report_download.show(run)
with st.expander("How this run was made"):
    st.dataframe(run_words.facts(run), hide_index=True, height="content", key="facts")
