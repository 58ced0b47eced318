"""Do readers agree with the labels, the model, and each other?"""

import pandas as pd
import streamlit as st

from dashboard.cache import reviews
from dashboard.charts.theme import counted, many
from dashboard.state import view
from dashboard.views.readers import regions_drawn
from dashboard.widgets import empty, export, few_patients, figure, page_start, verdict_panel
from idc_core.data.places import place_of
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import TO, decimals, ends
from idc_core.io.refusal import Refusal
from idc_core.metrics.coverage import limited
from idc_core.reviews import labelled_since, verdicts_in
from idc_core.reviews.reader_agreement import changes, pairs

STAGES = {
    "blind": "before the reveal",
    "revealed": "after the reveal",
    "open": "not blinded",
}
_WRITE = decimals(2, minus="−")

chosen, run, found = page_start.page()
try:
    everyone = reviews.standing(run)
except Refusal as refusal:
    empty.show(str(refusal))
    st.stop()
standing = labelled_since(verdicts_in(everyone, chosen.split, found.rows), found.rows)
regions_drawn.show(run)
if standing.empty:
    others = sorted(set(everyone["split"]) - {chosen.split})
    with st.container(border=True):
        st.markdown(
            f"**No verdict on the {chosen.split} split yet.** This page shows Cohen's kappa of "
            "reader and label, reader and model, and two readers, before and after the reveal. To "
            "begin, open a patient, enter your reader name and switch on “Blinded review”."
            + (f" Splits with verdicts: {', '.join(others)}." if others else "")
        )
        view.link(
            "patients",
            "Start a blinded review",
            {"blind": "1"},
            icon=":material/visibility_off:",
        )
    st.stop()

readers = counted(standing["reviewer"].nunique(), "reader")
patches = len(standing.drop_duplicates(place_of(standing)))
st.markdown(
    f"**{readers}** gave **{counted(len(standing), 'verdict')}** on "
    f"{counted(patches, 'patch', 'patches')} of "
    f"{counted(standing['patient'].nunique(), 'patient')}."
)
few_patients.show(int(standing["patient"].nunique()), where="with verdicts")
rows = [
    {
        "between": plain_name,
        "when": STAGES[pair.stage],
        "kappa": _WRITE(pair.kappa.value),
        "95 % interval": ends(interval.low, interval.high, _WRITE, TO) or UNDEFINED,
        "agree on": f"{many(pair.agreed)} of {many(pair.patches)}",
        "patients": pair.patients,
        "left out": pair.left_out,
    }
    for pair in pairs(standing)
    for plain_name in (f"{pair.one} and {pair.other}",)
    for interval in (limited("kappa", pair.kappa, pair.patients),)
]
table = pd.DataFrame(rows)
st.header("Agreement", anchor=False)
st.dataframe(
    table,
    hide_index=True,
    key="readers_kappa",
    column_config={
        "left out": st.column_config.NumberColumn(
            help="Patches that one of the two judged unsure, artefact or not assessable, or that "
            "have no label"
        ),
        "kappa": st.column_config.TextColumn(
            help="Cohen's kappa: 1 is full agreement, 0 is agreement expected by chance; – where "
            "one of the two used only one class"
        ),
    },
)
st.caption(
    "Intervals come from leaving out one patient at a time (jackknife); with one patient there is "
    "none. Before and after the reveal are compared on the same patches. Readers who see the "
    "model's answer lean towards it: only verdicts before the reveal are independent evidence."
)
judged = standing[place_of(standing)].drop_duplicates()
count = export.Count(len(judged), int(judged["patient"].nunique()))
figure.download(table, key="readers", of=count)

moved = changes(standing)
if not moved.empty:
    st.header("Verdicts changed after the reveal", anchor=False)
    st.dataframe(
        moved.rename(
            columns={
                "reviewer": "reader",
                "to_model": "changed towards the model",
                "from_model": "changed away from the model",
                "other": "other changes",
            }
        ),
        hide_index=True,
        key="readers_moved",
    )
st.header("Verdicts by reader", anchor=False)
words = verdict_panel.words_of(run.info.raster)
counts = pd.crosstab(standing["reviewer"], standing["verdict"].map(words))
st.dataframe(counts.reset_index(names="reader"), hide_index=True, key="readers_counts")
figure.download(standing.drop(columns="undone"), key="verdicts", label="All verdicts (CSV)")
