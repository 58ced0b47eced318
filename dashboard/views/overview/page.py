"""How good is this run, and where should one look?"""

import streamlit as st

from dashboard.cache import cutoff, predictions, runs
from dashboard.state import choices, selection
from dashboard.views.overview import (
    front_door,
    headlines,
    report_download,
    unlabelled_scores,
    where_next,
)
from dashboard.views.overview.published_chart import SHOWN, published_chart, published_table
from dashboard.widgets import empty, export, figure, page_title, run_words
from idc_core.runs.data import is_synthetic

page_title.show()
front_door.show()
chosen = selection.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = runs.run(chosen.run)
if not run.has_labels:
    unlabelled_scores.show(run, chosen.split, cutoff.now().value)
    st.stop()
report = runs.report(run)
st.markdown(run_words.sentences(run, report))
found, now = predictions.scores(run, chosen.split), cutoff.now()
if found is None:
    empty.show(f"The {chosen.split} split of this run holds no patch. Choose another split above.")
else:
    figures = headlines.figures(found, now.value)
    where = headlines.where(chosen.split, now)
    headlines.show(figures, found, chosen.split, now)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        st.header("Compared with published results", anchor=False)
        metric = choices.segmented("Figure", "published", SHOWN, "f1", label_visibility="collapsed")
        ours = figures[metric]
        table = published_table(
            metric, {"value": ours.value, "low": ours.low, "high": ours.high}, run.name
        )
        figure.altair(
            published_chart(table, metric),
            key="published_chart",
            alt_text=f"Published {SHOWN[metric]} on this data set, and this run with its interval",
            caption=f"This run: {where}{', synthetic tissue' if is_synthetic(run) else ''}. "
            "Published results are for orientation only: every study has its own patients, and a "
            "difference smaller than this run's interval is no evidence. Results on random patch "
            "splits are too optimistic: the same patient is in training and test.",
            table=table,
            of=export.NO_COUNT,
        )
    with right:
        where_next.show(found, report, now.value, where)
report_download.show(run)
with st.expander("How this run was made"):
    st.dataframe(run_words.facts(run), hide_index=True, height="content", key="facts")
