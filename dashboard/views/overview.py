"""How good is this run, and where should one look?"""

import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.published import METRICS, published_chart, published_table
from dashboard.charts.theme import METRIC_WORDS, interval, many
from dashboard.components import empty, export, figure, run_words, where_next

HEADLINES = ("roc_auc", "balanced_accuracy", "f1", "sensitivity", "specificity")

figure.title("Overview", "How good is this run, and where should one look?")
chosen = thread.current()
if chosen.run is None:
    empty.no_runs()
    st.stop()
run = loaders.run(chosen.run)
report = loaders.report(run)
st.markdown(run_words.sentences(run, report))
judged = chosen.split if chosen.split in report["splits"] else next(iter(report["splits"]))
figures = report["splits"][judged]
counted = f"{many(figures['n_patches'])} {judged} patches · {figures['n_patients']} patients"
figure.numbers(
    [(METRIC_WORDS[name][0], interval(figures["pooled"][name]), counted) for name in HEADLINES]
)
left, right = st.columns([1.6, 1], gap="large")
with left:
    st.subheader("Beside published results", anchor=False)
    words = {word: name for name, word in METRICS.items()}
    metric = words[
        str(
            st.segmented_control(
                "Figure", list(words), default="F1", key="published", required=True,
                label_visibility="collapsed",
            )
        )
    ]  # fmt: skip
    table = published_table(metric, figures["pooled"][metric], run.name)
    figure.altair(
        published_chart(table, metric),
        key="published_chart",
        alt_text=f"Published {METRICS[metric]} on this data set, and this run with its interval",
        caption=(
            "This run was trained on drawn patches: the works stand here as a scale only. "
            if (run.info.get("data") or {}).get("name") == "demo"
            else ""
        )
        + "Every work has its own patients: a distance smaller than our interval says "
        "nothing. Random patch splits flatter; they put one patient on both sides.",
        table=table,
        of=export.NO_COUNT,
    )
with right:
    found = loaders.scores(run, judged)
    if found is not None:
        where_next.show(found, report, float(chosen.threshold or report["threshold"]))
with st.expander("How this run was made"):
    st.dataframe(run_words.facts(run), hide_index=True, height="content", key="facts")
