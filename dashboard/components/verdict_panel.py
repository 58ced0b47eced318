"""The reader's verdict on a patch: one key stores it and goes on to the next."""

import uuid
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard import loaders_reviews, thread
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import plain
from dashboard.components import reader
from idc_core.refusal import Refusal
from idc_core.reviews import LONGEST_COMMENT, Verdict, data_key
from idc_core.runs import Run

Place = tuple[int, int]
Keys = tuple[tuple[str, str, str], ...]

WORDS = {
    "agree_model": "agrees with the model", "agree_label": "agrees with the label",
    "idc": "IDC", "no_idc": "no IDC", "unsure": "unsure", "artefact": "artefact",
    "not_assessable": "not assessable",
}  # fmt: skip
BADGES = {
    "agree_model": "M", "agree_label": "L", "idc": "+", "no_idc": "−", "unsure": "?",
    "artefact": "A", "not_assessable": "n",
}  # fmt: skip
_REST: Keys = (
    ("unsure", "Unsure", "3"), ("artefact", "Artefact", "4"),
    ("not_assessable", "Not assessable", "5"),
)  # fmt: skip
BLIND: Keys = (("idc", "IDC", "1"), ("no_idc", "No IDC", "2"), *_REST)


def keys_for(outcome: str) -> Keys:
    """What can be said of a patch whose answer is in view: verdict, words, key."""
    if outcome in ("fn", "fp"):
        return (("agree_model", "Model is right", "1"), ("agree_label", "Label is right", "2"),
                *_REST)  # fmt: skip
    other = "no_idc" if outcome == "tp" else "idc"
    return ("agree_model", "Both are right", "1"), (other, "Both are wrong", "2"), *_REST


def show(
    run: Run, patch: pd.Series, threshold: float, *, stage: str, following: str | None,
    kept: str | None = None,
) -> None:  # fmt: skip
    """The keys for one row of predictions.

    `stage`: open, blind or revealed. `following`: the patch to go on to, if there is one. `kept`:
    what the reader said before the reveal, to be kept by one key.
    """
    outcome = str(outcome_of([patch["label"]], [patch["score"]], threshold)[0])
    keys = keys_for(outcome) if stage == "open" else BLIND
    if kept is not None:
        keys = ((kept, f"Keep: {WORDS[kept]}", "K"), *(key for key in keys if key[0] != kept))
    nobody = not reader.name()
    with st.container(key="verdicts", horizontal=True, gap="small"):
        for verdict, words, shortcut in keys:
            st.button(
                words, key=f"verdict_{shortcut}", shortcut=shortcut, disabled=nobody,
                on_click=_give, args=(run, patch, threshold, stage, verdict, following),
            )  # fmt: skip
    if nobody:
        st.caption("Write who reads, at the top right; then one key stores a verdict.")
    st.text_input(
        "Note", key="verdict_note", placeholder="a note that goes with the next verdict",
        max_chars=LONGEST_COMMENT, label_visibility="collapsed",
    )  # fmt: skip
    if st.session_state.get("verdict_note"):
        st.caption("This note goes with the next verdict.")
    status(run)


def bulk(run: Run, rows: pd.DataFrame, threshold: float, *, key: str = "bulk") -> None:
    """The same keys for several patches at once, as one batch that one undo takes back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"For the {len(rows):,} chosen:", width="content")
        words = (("agree_model", "Model is right"), ("agree_label", "Label is right"))
        for verdict, said in (*words, *((each[0], each[1]) for each in _REST)):
            st.button(
                said, key=f"{key}_{verdict}", disabled=not reader.name() or rows.empty, type="tertiary",
                on_click=_store, args=(run, rows, threshold, "open", verdict),
            )  # fmt: skip


def said_of(run: Run, patient: str, place: Place, *, before: bool = False) -> None:
    """What was said of a patch so far, by whom; nothing while the answer is hidden (`before`)."""
    try:
        history = loaders_reviews.history(run)
    except Refusal:
        return
    here = history[
        (history["patient"] == patient) & (history["x"] == place[0]) & (history["y"] == place[1])
    ]
    if before:
        here = here[here["reviewer"] == reader.name()]
    if here.empty:
        return
    with st.expander(f"What was said of this patch ({len(here)})", key="said"):
        st.html(f'<table class="idc-table">{"".join(map(_line, here.to_dict("records")))}</table>')


def badges(standing: pd.DataFrame, patient: str) -> dict[Place, str]:
    """The letter of the newest verdict on each of a patient's patches."""
    own = standing[standing["patient"] == patient]
    return {
        (int(x), int(y)): BADGES[verdict]
        for x, y, verdict in zip(own["x"], own["y"], own["verdict"], strict=True)
    }


def _give(
    run: Run, patch: pd.Series, threshold: float, stage: str, verdict: str, following: str | None
) -> None:
    rows = pd.DataFrame([patch])
    if _store(run, rows, threshold, stage, verdict) and following is not None:
        thread.change(patch=following)


def _store(run: Run, rows: pd.DataFrame, threshold: float, stage: str, verdict: str) -> bool:
    """Whether it is on the disk; if it is not, the reason is shown and the note kept."""
    # Kept until a verdict is stored: a click that arrives twice counts once.
    token = st.session_state.setdefault("verdict_token", uuid.uuid4().hex)
    try:
        loaders_reviews.record(
            [_verdict(run, row, threshold, stage, verdict) for row in rows.to_dict("records")],
            token=token,
        )
    except Refusal as refusal:
        st.session_state["verdict_trouble"] = str(refusal)
        return False
    place = thread.patch_name(int(rows["x"].iloc[0]), int(rows["y"].iloc[0]))
    what = place if len(rows) == 1 else f"{len(rows):,} patches"
    st.session_state["verdict_done"] = f"Stored: {what}, {WORDS[verdict]}."
    st.session_state["verdict_note"] = ""
    del st.session_state["verdict_token"]
    return True


def _verdict(run: Run, row: dict, threshold: float, stage: str, verdict: str) -> Verdict:
    return Verdict(
        data=data_key(run), patient=str(row["patient"]), x=int(row["x"]), y=int(row["y"]),
        reviewer=reader.name(), verdict=verdict, stage=stage,
        comment=str(st.session_state.get("verdict_note", "")).strip(),
        run=run.name, model=loaders_reviews.model_of(run), split=str(row["split"]),
        threshold=threshold, score=float(row["score"]), label=int(row["label"]),
    )  # fmt: skip


def status(run: Run) -> None:
    """What was stored last, with its undo, or why it could not be."""
    trouble = st.session_state.pop("verdict_trouble", None)
    if trouble:
        st.warning(plain(trouble) + " What you typed is still here.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Undo", key="verdict_undo", shortcut="Z", type="tertiary", on_click=_undo,
                  args=(run,), disabled=not reader.name())  # fmt: skip
        st.caption(plain(st.session_state.get("verdict_done", "")), width="content")


def _undo(run: Run) -> None:
    try:
        token = loaders_reviews.undo(run, reader.name())
    except Refusal as refusal:
        st.session_state["verdict_trouble"] = str(refusal)
        return
    if token is None:
        st.session_state["verdict_done"] = "Nothing of yours to take back."
        return
    history = loaders_reviews.history(run)
    taken = history[history["token"] == token]
    place = thread.patch_name(int(taken["x"].iloc[0]), int(taken["y"].iloc[0]))
    what = place if len(taken) == 1 else f"{len(taken):,} patches"
    st.session_state["verdict_done"] = f"Taken back: {what}."
    thread.change(patient=str(taken["patient"].iloc[0]))
    thread.change(patch=place)


def _line(event: dict) -> str:
    said = escape(WORDS[event["verdict"]])
    if event["undone"]:
        said = f"<s>{said}</s> (taken back)"
    note = f" – {escape(event['comment'])}" if event["comment"] else ""
    seen = {"blind": ", blind", "revealed": ", after the reveal"}.get(event["stage"], "")
    when = str(event["at"])[:16].replace("T", " ")
    return (
        f"<tr><td>{escape(str(event['reviewer']))}</td><td>{said}{seen}{note}</td>"
        f"<td>{when} UTC, {escape(str(event['run']))} at {event['threshold']:.3f}</td></tr>"
    )


def progress(standing: pd.DataFrame, patient: str, places: Sequence[Place]) -> int:
    """How many of a patient's `places` have a standing verdict."""
    return len(set(badges(standing, patient)) & set(places))
