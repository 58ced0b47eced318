"""Labels that networks contradict: how many there are, and the filters."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.cache.labels import LabelErrorScores
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import many, plain
from dashboard.state import choices
from idc_core.data.places import place_of
from idc_core.evaluate.spatial.borders import BORDER, Places, error_kind
from idc_core.evaluate.suspects import CONFIDENT
from idc_core.records.raster import Raster
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data

MOST = 2000
SAYS = {"either": "all labels", "idc": "labelled IDC", "no_idc": "labelled no IDC"}


def said(
    run: Run,
    found: predictions.SplitScores,
    suspects: LabelErrorScores,
    where: Places | None,
    command: str,
) -> None:
    """How many labels are contradicted, where they lie, and by which scores."""
    label = found.rows["label"].to_numpy()
    contradicted = suspects.suspicion >= CONFIDENT
    at_border = contradicted & _at_border(where, len(label))
    raster = run.info.raster
    st.markdown(
        f"**{many(int(contradicted.sum()))} of {many(len(label))}** labels are contradicted with a "
        f"confidence of {CONFIDENT:.0%} or more: {many(int((contradicted & (label == 1)).sum()))} "
        f"labelled {plain(raster.positive)}, {many(int((contradicted & (label == 0)).sum()))} "
        f"labelled {plain(raster.negative)}; {many(int(at_border.sum()))} lie at the border of the "
        "labelled area."
    )
    if suspects.out_of_fold:
        st.caption("Scored by networks that never saw the patient (out-of-fold scores).")
    elif isinstance(learnt := training_data(run.info), Unknown):
        st.caption(
            "From this run's own scores. Whether it was trained on these patients is not known "
            f"({learnt.why}): a network cannot check labels that it was trained on."
        )
    elif run.has_network:
        st.caption(
            "From this run's own network, which was not trained on these patients but may have "
            f"been selected on them. For every split, and without that bias: `{command}`"
        )
    else:
        st.caption("From this run's own scores, provided it was not trained on these patients.")


def choose(
    found: predictions.SplitScores,
    suspects: LabelErrorScores,
    where: Places | None,
    standing: pd.DataFrame,
    threshold: float,
    raster: Raster,
) -> pd.DataFrame:
    """Draw the filters; the patches asked for, highest label-error score first, with `outcome`,
    `suspicion` and `kind` of error."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        words = {key: raster.say(said, plain) for key, said in SAYS.items()}
        says = choices.segmented("Label class", "says", words, label_visibility="collapsed")
        inner = st.toggle(
            "Exclude the border",
            key="inner",
            bind="query-params",
            help="Leaves out patches next to a patch of the other label: annotations are coarse "
            "outlines.",
        )
        unread = st.toggle("Unreviewed only", key="unread", bind="query-params")
    rows = found.rows
    kept = np.isfinite(suspects.suspicion)
    if says != "either":
        kept &= rows["label"].to_numpy() == int(says == "idc")
    if inner:
        kept &= ~_at_border(where, len(rows))
    if unread:
        kept &= ~_judged(rows, standing)
    at = np.flatnonzero(kept)
    at = at[np.argsort(-suspects.suspicion[at], kind="stable")][:MOST]
    outcome = outcome_of(rows["label"], rows["score"], threshold)
    kind = np.full(len(rows), "") if where is None else error_kind(where, outcome)
    return rows.iloc[at].assign(
        outcome=outcome[at], suspicion=suspects.suspicion[at], kind=kind[at]
    )


def _at_border(where: Places | None, count: int) -> "np.ndarray":
    return np.zeros(count, bool) if where is None else where.border_distance <= BORDER


def _judged(rows: pd.DataFrame, standing: pd.DataFrame) -> "np.ndarray":
    key = place_of(rows, standing)
    judged = pd.MultiIndex.from_frame(standing[key].astype({"patient": str}))
    return pd.MultiIndex.from_frame(rows[key].astype({"patient": str})).isin(judged)
