"""Would you have called it? Test patches drawn at random, the model's answer afterwards."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.montage import enlarged
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import LETTERS, WORDS, plain
from dashboard.components import empty, figure, inside, opened, quiz_score
from dashboard.components.quiz_score import Answer
from idc_core.store import PatchStore

_STATE = "quiz"
WORD = {1: "IDC", 0: "no IDC"}


def page() -> None:
    chosen, run, found = opened.page("Quiz", "Would you have called it?")
    store = loaders.pixels_of(run)
    if store is None:
        empty.show(inside.missing(run))
        return
    key = (run.name, chosen.split)
    state = st.session_state.get(_STATE)
    if state is None or state["key"] != key:
        state = _new(key)
    order = np.random.default_rng(state["seed"]).permutation(len(found.rows))
    row = found.rows.iloc[int(order[state["at"] % len(order)])]
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        _picture(store, row)
    with right:
        answered = state["answers"][state["at"] :]
        if answered:
            _reveal(answered[0])
        else:
            _ask(row, inside.threshold())
        if state["answers"]:
            st.markdown(f"**{quiz_score.sentence(state['answers'])}**")
            figure.download(quiz_score.table(state["answers"]), key="quiz")
            st.button("Start anew", key="quiz_anew", type="tertiary", on_click=_new, args=(key,))
    st.caption(
        f"Drawn at random from the {len(found.rows):,} patches of the {chosen.split} split. The "
        "answers stay in this session; verdicts that count are given on the pages Patients and "
        "Readers. A patch of 200 µm without its surroundings is hard for anybody."
    )


def _new(key: tuple[str, str]) -> dict[str, object]:
    state = {"key": key, "seed": int(np.random.default_rng().integers(1 << 30)), "at": 0,
             "answers": []}  # fmt: skip
    st.session_state[_STATE] = state
    return state


def _picture(store: PatchStore, row: pd.Series) -> None:
    key = (str(row["patient"]), int(row["x"]), int(row["y"]))
    known = loaders.rows_of_store(store)
    pixels = np.asarray(store.patches[int(known[key])])
    st.image(enlarged(pixels, 7), width=350, alt="A patch to be read")


def _ask(row: pd.Series, threshold: float) -> None:
    st.markdown("### Is there invasive ductal carcinoma in this patch?")
    answer = Answer(
        str(row["patient"]), int(row["x"]), int(row["y"]), 0, int(row["label"]),
        float(row["score"]), threshold,
    )  # fmt: skip
    with st.container(horizontal=True):
        for said, shortcut in ((1, "I"), (0, "N")):
            st.button(
                WORD[said], key=f"quiz_{said}", shortcut=shortcut, on_click=_say,
                args=(answer, said), type="primary" if said else "secondary",
            )  # fmt: skip


def _say(answer: Answer, said: int) -> None:
    st.session_state[_STATE]["answers"].append(replace(answer, said=said))


def _reveal(answer: Answer) -> None:
    outcome = str(outcome_of([answer.label], [answer.score], answer.threshold)[0])
    right = "right" if answer.said == answer.label else "other than the label"
    st.markdown(
        f"### You said {WORD[answer.said]}: {right}.\n"
        f"The label is **{WORD[answer.label]}**. The model's score is **{answer.score:.3f}**, "
        f"**{'called IDC' if answer.called else 'left alone'}** at {answer.threshold:.3g}: "
        f"{WORDS[outcome]} ({LETTERS[outcome]})."
    )
    query = thread.query(
        patient=answer.patient, patch=thread.patch_name(answer.x, answer.y)
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Next", key="quiz_next", shortcut="Space", on_click=_next, type="primary")
        st.page_link("views/explain.py", label="Why?", query_params=query)
        st.page_link(
            "views/patients.py", label=f"In its slide, patient {plain(answer.patient)}",
            query_params=query,
        )  # fmt: skip


def _next() -> None:
    st.session_state[_STATE]["at"] += 1


page()
