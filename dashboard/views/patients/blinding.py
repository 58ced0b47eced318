"""Blinded review: prediction and label stay hidden until the reader has given a verdict."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import digits
from dashboard.state import selection
from dashboard.widgets import reader, verdict_panel
from idc_core.data.known_labels import in_words, label_of
from idc_core.data.places import slide_of
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster
from idc_core.reviews import data_key, reading_order
from idc_core.runs.run import Run

Place = tuple[int, int]


def is_blind() -> bool:
    """Whether this session's review is blinded: by its switch, at first as the address asks."""
    if "blinded" not in st.session_state:
        st.session_state["blinded"] = st.query_params.get("blind") == "1"
    return bool(st.session_state["blinded"])


def control() -> None:
    """The switch; it stands in the address, so that a blinded review can be sent to a reader."""
    st.session_state["blinded_toggle"] = is_blind()

    def switched() -> None:
        blind = bool(st.session_state["blinded_toggle"])
        st.session_state["blinded"] = blind
        if blind:
            st.query_params["blind"] = "1"
        else:
            st.query_params.pop("blind", None)

    st.toggle(
        "Blinded review",
        key="blinded_toggle",
        on_change=switched,
        help="Hides score, prediction and label of each patch until you have given a verdict. They "
        "are then shown, and a second verdict is stored beside the first. Patches come in a random "
        "order, a different one for each reader.",
    )
    if is_blind():
        st.query_params["blind"] = "1"


def order(run: Run, rows: pd.DataFrame, name: str) -> list[Place]:
    """The patches of a slide in a random order of this reader's own."""
    whose = str(slide_of(rows).iloc[0])
    places = sorted(zip(rows["x"].astype(int), rows["y"].astype(int), strict=True))
    return [places[at] for at in reading_order(name, run.name, data_key(run), whose, len(places))]


def answers(standing: pd.DataFrame, patient: str) -> dict[Place, dict[str, str]]:
    """This reader's verdicts on the patches of a patient's slide: verdict by stage, by place."""
    own = standing[(standing["patient"] == patient) & (standing["reviewer"] == reader.name())]
    own = selection.on_slide(own)
    found: dict[Place, dict[str, str]] = {}
    for x, y, stage, verdict in zip(own["x"], own["y"], own["stage"], own["verdict"], strict=True):
        found.setdefault((int(x), int(y)), {})[stage] = verdict
    return found


def counts(standing: pd.DataFrame) -> "pd.Series[int]":
    """How many patches of each patient this reader judged blinded."""
    own = standing[(standing["reviewer"] == reader.name()) & (standing["stage"] == "blind")]
    return own.groupby("patient").size()


def revealed(patch: pd.Series, said: str, threshold: float, raster: Raster) -> str:
    """The reader's verdict beside the prediction and the label, if there is one."""
    predicted = in_words(int(float(patch["score"]) >= threshold), raster)
    model = (
        f"You said {verdict_panel.words_of(raster)[said]}. The model predicts {predicted} "
        f"(score {digits(patch['score'])});"
    )
    if label_of(patch["label"]) is None:
        return f"{model} nobody labelled this patch."
    label = in_words(patch["label"], raster)
    return f"{model} the label says {label} – {words_of(raster)[patch['outcome']]}."
