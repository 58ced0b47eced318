"""Reading blind: the model's answer and the label stay hidden until the reader commits."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import WORDS, digits
from dashboard.widgets import reader, verdict_panel
from idc_core.reviews import data_key, reading_order
from idc_core.runs.run import Run

Place = tuple[int, int]


def is_blind() -> bool:
    """Whether this session reads blind: as its switch stands, at first as the address asks."""
    if "blinded" not in st.session_state:
        st.session_state["blinded"] = st.query_params.get("blind") == "1"
    return bool(st.session_state["blinded"])


def control() -> None:
    """The switch; it is linked, so that a reading can be sent to a reader."""
    st.session_state["blinded_toggle"] = is_blind()

    def switched() -> None:
        blind = bool(st.session_state["blinded_toggle"])
        st.session_state["blinded"] = blind
        if blind:
            st.query_params["blind"] = "1"
        else:
            st.query_params.pop("blind", None)

    st.toggle(
        "Read blind",
        key="blinded_toggle",
        on_change=switched,
        help="Hides score, call and label of each patch until you have said what you see. Then "
        "they are shown, and what you say after that is stored beside the first answer. Patches "
        "come in a random order, another one for every reader.",
    )
    if is_blind():
        st.query_params["blind"] = "1"


def order(run: Run, rows: pd.DataFrame, name: str) -> list[Place]:
    """A patient's patches in an order that tells nothing, and is the reader's own."""
    patient = str(rows["patient"].iloc[0])
    places = sorted(zip(rows["x"].astype(int), rows["y"].astype(int), strict=True))
    return [places[at] for at in reading_order(name, run.name, data_key(run), patient, len(places))]


def answers(standing: pd.DataFrame, patient: str) -> dict[Place, dict[str, str]]:
    """What this reader said of a patient's patches: verdict by stage, by place."""
    own = standing[(standing["patient"] == patient) & (standing["reviewer"] == reader.name())]
    found: dict[Place, dict[str, str]] = {}
    for x, y, stage, verdict in zip(own["x"], own["y"], own["stage"], own["verdict"], strict=True):
        found.setdefault((int(x), int(y)), {})[stage] = verdict
    return found


def counts(standing: pd.DataFrame) -> "pd.Series[int]":
    """How many patches of each patient this reader read blind."""
    own = standing[(standing["reviewer"] == reader.name()) & (standing["stage"] == "blind")]
    return own.groupby("patient").size()


def revealed(patch: pd.Series, said: str) -> str:
    """What the reader said, beside the model and the label."""
    call = "calls it IDC" if patch["outcome"] in ("tp", "fp") else "leaves it alone"
    label = "IDC" if patch["label"] == 1 else "no IDC"
    return (
        f"You said {verdict_panel.WORDS[said]}. The model {call} (score {digits(patch['score'])}); "
        f"the label says {label} – {WORDS[patch['outcome']]}."
    )
