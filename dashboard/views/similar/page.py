"""Which patches does the network consider most similar to this one?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import cutoff
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import digits, many, plain
from dashboard.state import choices
from dashboard.views.similar import charts
from dashboard.widgets import empty, figure, page_start, patch_gallery, patch_panel, similar_measure
from dashboard.widgets.outcomes import most_wrong_first, of_outcome
from idc_core.data.known_labels import idc_among, labelled_words
from idc_core.data.places import SLIDE, lies_at
from idc_core.runs.trained_on import Unknown, training_data
from idc_core.score.nearest import nearest

COUNT = 24
AMONG = {"anywhere": "all patches", "others": "other patients", "train": "training patches"}

chosen, run, scores = page_start.page()
patch_gallery.go()
measured = similar_measure.ready(run)
if measured is None:
    st.stop()
store, known = measured
threshold, raster = cutoff.now().value, run.info.raster

rows = known.rows
place = chosen.place
if chosen.patient is None or place is None:
    worst = pd.concat([of_outcome(scores.rows, threshold, kind, most=1) for kind in ("fn", "fp")])
    if len(worst):
        first = most_wrong_first(worst, threshold).iloc[0]
        origin = "No patch is selected: this is the most confident error of the split."
    else:
        first, origin = (
            scores.rows.iloc[0],
            "No patch is selected: this is the first of the split.",
        )
    patient, place = str(first["patient"]), (int(first["x"]), int(first["y"]))
    slide = str(first[SLIDE]) if SLIDE in first else None
else:
    patient, slide, origin = chosen.patient, chosen.slide, ""
at = np.flatnonzero(lies_at(rows, patient, slide, place))
if not len(at):
    empty.show("The selected patch is not in the data of this run. Choose another one above.")
    st.stop()
row = int(at[0])

outcome = outcome_of(rows["label"], rows["score"], threshold)
scored = rows["score"].notna().to_numpy()
table = rows.assign(outcome=outcome, row=np.arange(len(rows)))
left, right = st.columns([1, 2.4], gap="large")
with left:
    patch_panel.picture(patient, place, store, slide)
    here = table.iloc[row]
    st.markdown(
        f"Score **{digits(here['score'])}**, "
        f"**{plain(labelled_words(here['label'], raster))}**, {here['split']} split. {origin}"
    )
with right:
    among = choices.segmented("Search among", "among", AMONG, "others")
    # A patch without a score has no outcome.
    others = (rows["patient"] != patient).to_numpy()
    allowed = scored & (among == "anywhere" or others)
    if among == "train":
        allowed &= (rows["split"] == "train").to_numpy()
    order, cosine = nearest(known.embeddings, row, COUNT, allowed)
    near = table.iloc[order].assign(cosine=cosine.round(4))
    if near.empty:
        st.caption("There is no such patch.")
    else:
        positive = int((near["score"] >= threshold).sum())
        labelled, predicted = idc_among(near["label"], raster), raster.predicted(True)
        st.markdown(
            f"Of the **{len(near)}** most similar patches, **{plain(labelled)}** and "
            f"**{positive}** {plain(predicted)}; they come from {near['patient'].nunique()} "
            f"patients. Cosine similarity {near['cosine'].iloc[0]:.3f} to "
            f"{near['cosine'].iloc[-1]:.3f}."
        )
        patch_gallery.show(near, store, raster, key="near", to_patients=True)

if among == "train" and isinstance(training_data(run.info), Unknown):
    st.caption("“Training” is a split of the data here: what this run was trained on is not known.")
st.header("Map of the embeddings", anchor=False)
coloured = choices.segmented("Colour by", "coloured", charts.COLOURED)
of_split = np.flatnonzero(scored & (rows["split"] == chosen.split).to_numpy())
some = np.sort(np.random.default_rng(0).permutation(of_split)[: charts.MOST])
drawn = table.iloc[some].assign(right=known.places[some, 0], up=known.places[some, 1])
picked = st.plotly_chart(
    charts.embedding_map(drawn, coloured, patient, tuple(known.places[row]), raster),
    key="embedding_map",
    on_select="rerun",
    selection_mode=("lasso", "box"),
    width="stretch",
    config={"displaylogo": False, "toImageButtonOptions": {"format": "svg"}},
)
st.caption(
    f"{many(len(some))} of {many(len(of_split))} patches of the split on the first two principal "
    f"components of the network's {known.embeddings.shape[1]}-dimensional embedding, which explain "
    f"{known.share:.0%} of the variance: neighbours on the map need not be the most similar "
    "patches above. Draw around points to see their patches."
)
points = [point["customdata"] for point in picked["selection"]["points"] if "customdata" in point]
rows_picked = sorted({int(np.ravel(point)[0]) for point in points})
if rows_picked:
    chosen_rows = table.iloc[rows_picked]
    st.header(f"{many(len(chosen_rows))} selected on the map", anchor=False)
    patch_gallery.show(chosen_rows, store, raster, key="lassoed", to_patients=True)
figure.download(drawn, key="embedding_map")
