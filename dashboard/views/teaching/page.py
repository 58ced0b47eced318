"""Would you have recognised it? Random patches to be judged; the model's prediction afterwards."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions, runs, stores
from dashboard.charts.montage import enlarged
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import LETTERS, digits, plain
from dashboard.state import selection, view
from dashboard.views.teaching import quiz_score
from dashboard.views.teaching.quiz_score import Answer
from dashboard.widgets import empty, figure, page_start, patch_page, verdict_keys, verdict_panel
from dashboard.widgets.verdict_keys import Action
from idc_core.data.known_labels import in_words
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import USUAL, Raster
from idc_core.runs.run import Run

_STATE = "quiz"


@dataclass(slots=True)
class Quiz:
    """Which patches are asked about, in the order of `seed`, and the answers so far."""

    run: str
    split: str
    seed: int
    at: int = 0
    answers: list[Answer] = field(default_factory=list)

    @property
    def about(self) -> dict[str, Any]:
        """Which question it is, but not which patch: that would give the answer away."""
        return {"run": self.run, "split": self.split, "seed": self.seed, "at": self.at}


def page() -> None:
    chosen, run, found = page_start.page()
    store = stores.pixels_of(run)
    if store is None:
        empty.show(patch_page.missing(run))
        return
    quiz = st.session_state.get(_STATE)
    if quiz is None or (quiz.run, quiz.split) != (run.name, chosen.split):
        _new(run.name, chosen.split)
        quiz = st.session_state[_STATE]
    row = _asked(found, quiz)
    threshold = patch_page.threshold()
    left, right = st.columns([1.25, 1.35], gap="large")
    with left:
        _ask(store, row, quiz, threshold, run.info.raster)
    with right:
        if len(quiz.answers) > quiz.at:
            _reveal(quiz.answers[quiz.at], run.info.raster)
        if quiz.answers:
            st.markdown(f"**{quiz_score.sentence(quiz.answers)}**")
            figure.download(quiz_score.table(quiz.answers), key="quiz")
            st.button(
                "Restart",
                key="quiz_anew",
                type="tertiary",
                on_click=_new,
                args=(run.name, chosen.split),
            )
    st.caption(
        f"Patches are picked at random from the {len(found.rows):,} of the {chosen.split} split. "
        "Your answers are kept in this session only; verdicts to be stored are given on Patients. "
        f"{_size(run)} without its surroundings is hard for anyone."
    )


def _size(run: Run) -> str:
    """A patch, with its side where the size of a pixel is known."""
    raster = run.info.raster
    # Of the public set nobody recorded it: 40x scans, reduced 16:1.
    um = raster.um_per_px or (4 if raster.is_like_public_set else None)
    return "A patch" if um is None else f"A patch of {raster.patch_px * um:.0f} µm"


def _new(run_name: str, split: str) -> None:
    st.session_state[_STATE] = Quiz(run_name, split, int(np.random.default_rng().integers(1 << 30)))


def _asked(found: predictions.SplitScores, quiz: Quiz) -> pd.Series:
    order = np.random.default_rng(quiz.seed).permutation(len(found.rows))
    return found.rows.iloc[int(order[quiz.at % len(order)])]


def _question(raster: Raster) -> str:
    if raster.positive == USUAL.positive:
        return "Is there invasive ductal carcinoma in this patch?"
    return f"Is this patch {raster.positive} or {raster.negative}?"


def _ask(store: PatchStore, row: pd.Series, quiz: Quiz, threshold: float, raster: Raster) -> None:
    """The patch and its keys: 1 for the positive class, 2 for the other, N for the next, as on
    Patients."""
    one, two = verdict_panel.classes(raster)
    asked = (Action("verdict", one, "1", verdict="1"), Action("verdict", two, "2", verdict="0"))
    is_answered = len(quiz.answers) > quiz.at
    at = int(stores.places_in(store, row.to_frame().T).iloc[0])
    about = quiz.about | {"threshold": threshold}
    verdict_keys.show(
        verdict_keys.Panel(
            about=about,
            subject=json.dumps(quiz.about),
            reading=False,
            title=_question(raster),
            picture=enlarged(np.asarray(store.patches[at]), max(1, 350 // store.raster.patch_px)),
            alt="A patch to be read",
            buttons=(Action("next", "Next", "N"),) if is_answered else asked,
        ),
        key="quiz_keys",
        on_act=_acted,
        listens=True,
    )


def _acted(act: dict[str, Any]) -> None:
    """An answer counts for the question that was on the screen, once."""
    quiz: Quiz | None = st.session_state.get(_STATE)
    about = act.get("about")
    if quiz is None or not isinstance(about, dict) or quiz.about.items() - about.items():
        return
    if act.get("does") == "next" and len(quiz.answers) > quiz.at:
        quiz.at += 1
    elif act.get("verdict") in ("0", "1") and len(quiz.answers) == quiz.at:
        found = predictions.scores(runs.run(quiz.run), quiz.split)
        if found is None:
            return
        row = _asked(found, quiz)
        quiz.answers.append(
            Answer(
                str(row["patient"]),
                int(row["x"]),
                int(row["y"]),
                int(act["verdict"]),
                int(row["label"]),
                float(row["score"]),
                float(about["threshold"]),
                str(row[SLIDE]) if SLIDE in row else None,
            )
        )
    verdict_keys.answered(str(act.get("token")))


def _reveal(answer: Answer, raster: Raster) -> None:
    said, label, predicted = (
        plain(in_words(each, raster)) for each in (answer.said, answer.label, answer.predicted)
    )
    outcome = str(outcome_of([answer.label], [answer.score], answer.threshold)[0])
    right = "correct" if answer.said == answer.label else "the label says otherwise"
    st.markdown(
        f"### You said {said}: {right}.\n"
        f"The label is **{label}**. The model's score is **{digits(answer.score)}**, "
        f"**predicted {predicted}** at {digits(answer.threshold)}: "
        f"{plain(words_of(raster)[outcome])} ({LETTERS[outcome]})."
    )
    here = selection.to(answer.place)
    with st.container(horizontal=True, vertical_alignment="center"):
        view.link("network/evidence", "Why?", here)
        view.link("patients", f"Show on the slide of patient {plain(answer.patient)}", here)


page()
