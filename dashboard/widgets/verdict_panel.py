"""The reader's verdict on a patch: one key stores it and goes on to the next."""

import json
from collections.abc import Hashable, Mapping
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import reviews, runs
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import digits
from dashboard.state import selection
from dashboard.widgets import patch_panel, reader, verdict_act, verdict_keys
from dashboard.widgets.verdict_keys import Action
from idc_core.data.known_labels import is_known
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.reviews import LONGEST_COMMENT
from idc_core.runs.run import Run

Place = tuple[int, int]
KEY = "verdicts"

WORDS = {
    "agree_model": "agrees with the model",
    "agree_label": "agrees with the label",
    "idc": "IDC",
    "no_idc": "no IDC",
    "unsure": "unsure",
    "artefact": "artefact",
    "not_assessable": "not assessable",
}
"""Keys as reviews store them, whatever the classes are called, and what the public set says."""
BADGES = {
    "agree_model": "M",
    "agree_label": "L",
    "idc": "+",
    "no_idc": "−",
    "unsure": "?",
    "artefact": "A",
    "not_assessable": "n",
}
_REST = (
    Action("verdict", "Unsure", "3", verdict="unsure"),
    Action("verdict", "Artefact", "4", verdict="artefact"),
    Action("verdict", "Not assessable", "5", verdict="not_assessable"),
)
_WITHOUT_NAME = "Enter your reader name at the top right; then one key stores a verdict."


_BLIND = (("idc", ""), ("no_idc", ""))
_OPEN = {
    "fn": (("agree_label", "label is right"), ("agree_model", "model is right")),
    "fp": (("agree_model", "model is right"), ("agree_label", "label is right")),
    "tp": (("agree_model", "both are right"), ("no_idc", "both are wrong")),
    "tn": (("idc", "both are wrong"), ("agree_model", "both are right")),
}
"""Of each outcome what keys 1 and 2 store, and a hint."""


def words_of(raster: Raster) -> dict[str, str]:
    """What verdicts are called where the classes have the names of `raster`; no two alike, even
    where a class is called as another verdict is.

    >>> words_of(Raster(positive="artefact", negative="tissue"))["idc"]
    'class artefact'
    """
    named = {"idc": raster.positive, "no_idc": raster.negative}
    others = {words for key, words in WORDS.items() if key not in named}
    return WORDS | {key: f"class {name}" if name in others else name for key, name in named.items()}


def classes(raster: Raster) -> tuple[str, str]:
    """What keys 1 and 2 are called, as words stand on a button.

    >>> classes(Raster()), classes(Raster(positive="tumour", negative="stroma"))
    (('IDC', 'No IDC'), ('Tumour', 'Stroma'))
    """
    one, two = (f"{name[0].upper()}{name[1:]}" for name in (raster.positive, raster.negative))
    return one, two


def keys_for(outcome: str, raster: Raster) -> tuple[Action, ...]:
    """The verdicts on a patch whose answer is shown; without an outcome, on one that is hidden.

    Key 1 says the positive class and key 2 the other, on every page.
    """
    first, second = _OPEN.get(outcome, _BLIND)
    one, two = classes(raster)
    return (
        Action("verdict", one, "1", verdict=first[0], hint=first[1]),
        Action("verdict", two, "2", verdict=second[0], hint=second[1]),
        *_REST,
    )


def show(
    run: Run,
    patch: pd.Series,
    threshold: float,
    view: patch_panel.View,
    *,
    stage: str,
    following: str | None,
    kept: str | None = None,
    said: str = "",
) -> None:
    """One row of predictions with its picture and its keys.

    `stage`: open, blind or revealed. `following`: the patch to go on to, if there is one. `kept`:
    the verdict before the reveal, which one key keeps. `said`: the reveal.
    """
    outcome = str(outcome_of([patch["label"]], [patch["score"]], threshold)[0])
    raster = run.info.raster
    is_shown = stage == "open" and patch["label"] in (0, 1)
    buttons = keys_for(outcome if is_shown else "", raster)
    if kept is not None:
        keep = Action("verdict", f"Keep: {words_of(raster)[kept]}", "K", verdict=kept)
        buttons = (keep, *(each for each in buttons if each.verdict != kept))
    rows = pd.DataFrame([patch])
    _show(
        run,
        rows,
        threshold,
        KEY,
        stage=stage,
        following=following or "",
        buttons=buttons,
        steps=view.steps,
        title=view.title,
        where=view.where,
        picture=view.picture,
        alt=view.alt,
        missing=view.missing,
        said=said,
    )


def bulk(run: Run, rows: pd.DataFrame, threshold: float, *, key: str = "bulk") -> None:
    """One verdict for several patches, as one batch that one undo takes back.

    Where a patch has no label, nobody can say that the label is right: the class is named.
    """
    one, two = classes(run.info.raster)
    words = (
        (("agree_model", "Model is right"), ("agree_label", "Label is right"))
        if is_known(rows["label"]).all()
        else (("idc", one), ("no_idc", two))
    )
    buttons = (
        *(Action("verdict", said, verdict=verdict) for verdict, said in words),
        *(Action("verdict", each.words, verdict=each.verdict) for each in _REST),
    )
    _show(
        run, rows, threshold, f"{key}_verdicts", stage="open", buttons=buttons, title=_named(rows)
    )


def status(run: Run) -> None:
    """What was stored last, with its undo, where no patch is shown."""
    nothing = pd.DataFrame({"patient": [], "x": [], "y": [], "label": [], "score": [], "split": []})
    _show(run, nothing, 0.0, "verdicts_status", stage="open")


def said_of(run: Run, patient: str, place: Place, *, before: bool = False) -> None:
    """All verdicts on a patch; only the reader's own while the answer is hidden (`before`)."""
    try:
        history = reviews.history(run)
    except Refusal:
        return
    own = selection.on_slide(history[history["patient"] == patient])
    here = own[(own["x"] == place[0]) & (own["y"] == place[1])]
    if before:
        here = here[here["reviewer"] == reader.name()]
    if here.empty:
        return
    with st.expander(f"Verdicts on this patch ({len(here)})", key="said"):
        words = words_of(run.info.raster)
        lines = "".join(_line(event, words) for event in here.to_dict("records"))
        st.html(f'<table class="idc-table">{lines}</table>')


def badges(standing: pd.DataFrame, patient: str) -> dict[Place, str]:
    """The letter of the newest verdict on each patch of a patient's slide."""
    own = selection.on_slide(standing[standing["patient"] == patient])
    return {
        (int(x), int(y)): BADGES[verdict]
        for x, y, verdict in zip(own["x"], own["y"], own["verdict"], strict=True)
    }


def _show(
    run: Run,
    rows: pd.DataFrame,
    threshold: float,
    key: str,
    *,
    stage: str,
    following: str = "",
    **drawn: Any,
) -> None:
    seen = verdict_act.shown(run, rows, threshold, stage, reader.name(), following)
    verdict_keys.show(
        verdict_keys.Panel(
            about=seen.as_data(),
            standing=_standing(run, seen),
            undo=_undo(run),
            subject=json.dumps([seen.run, seen.data, seen.split, stage, seen.patches]),
            stored=_stored(),
            patches=len(rows),
            notes=LONGEST_COMMENT if len(rows) else 0,
            **drawn,
        ),
        key=key,
        on_act=partial(_acted, key),
        listens=key in (KEY, "verdicts_status"),
    )


def _stored() -> str:
    """What was stored last, or what is missing to store anything."""
    missing = gate.needs("verdict")
    if missing:
        return missing
    return st.session_state.get("verdict_done", "") if reader.name() else _WITHOUT_NAME


def _standing(run: Run, seen: verdict_act.Shown) -> verdict_keys.Standing | None:
    try:
        own = verdict_act.own_standing(run, seen)
        token = verdict_act.replaced(run, seen)
    except Refusal:
        return None
    if not token:
        return None
    if len(seen.patches) == 1:
        verdict = own["verdict"].iloc[-1]
        return verdict_keys.Standing(verdict, words_of(run.info.raster)[verdict], token)
    of = f"{len(own):,} of {len(seen.patches):,}"
    return verdict_keys.Standing("", f"You have judged {of} already", token)


def _undo(run: Run) -> Action | None:
    """Undoes what it names, and nothing else."""
    try:
        batch = reviews.last(run, reader.name())
    except Refusal:
        return None
    if batch.empty:
        return None
    said = words_of(run.info.raster)[batch["verdict"].iloc[0]]
    return Action("undo", f"Undo: {_named(batch)}, {said}", "Z", to=str(batch["token"].iloc[0]))


def _acted(key: str, payload: dict[str, Any]) -> None:
    """Do what the browser sent, or say beside the panel why not."""
    try:
        act = verdict_act.read(payload, gate.signed_name())
        if act.does == "verdict":
            run, patient = act.shown.run, _patient(act)
            with gate.doing("verdict", run=run, patient=patient, what=act.verdict):
                verdict_act.store(act)
            st.session_state["verdict_done"] = f"Stored: {_said(act)}."
            _go(act, act.shown.following)
        elif act.does == "undo":
            _undo_batch(act)
        elif act.does == "show":
            _go(act, act.to)
    except Refusal as refusal:
        verdict_keys.refused(key, payload, str(refusal))
    else:
        verdict_keys.answered(act.token)


def _patient(act: verdict_act.Act) -> str:
    """Whose patches it is about; empty where they are of several patients."""
    patients = {patch[0] for patch in act.shown.patches}
    return patients.pop() if len(patients) == 1 else ""


def _undo_batch(act: verdict_act.Act) -> None:
    run = verdict_act.run_of(act)
    with gate.doing("verdict", run=act.shown.run, what="undone"):
        undone_token = reviews.undo(run, act.reader, act.to)
    if undone_token is None:
        st.session_state["verdict_done"] = "That was undone already."
        return
    history = reviews.history(run)
    undone = history[(history["token"] == act.to) & (history["reviewer"] == act.reader)]
    st.session_state["verdict_done"] = f"Undone: {_named(undone)}."
    if len(undone) == 1 and selection.current().patient is not None:
        one = undone.iloc[0]
        selection.change(split=str(one["split"]), **selection.to(one))


def _go(act: verdict_act.Act, patch: str) -> None:
    """Show another patch, unless the page has gone elsewhere meanwhile."""
    now, seen = selection.current(), act.shown
    here = (seen.run, seen.split, *seen.patches[0][:2])
    if patch and (now.run, now.split, now.patient, now.slide or "") == here:
        selection.change(patch=patch)


def _said(act: verdict_act.Act) -> str:
    patches = pd.DataFrame(act.shown.patches, columns=["patient", "slide", "x", "y"])
    last = act.shown.stage == "open" and len(patches) == 1 and not act.shown.following
    words = words_of(runs.raster(act.shown.run))
    return f"{_named(patches)}, {words[act.verdict]}" + last * ". This list is finished"


def _named(rows: pd.DataFrame) -> str:
    """Which patches: one by its name, several by their number."""
    if rows.empty:
        return ""
    patients = rows["patient"].astype(str).unique()
    if len(rows) > 1:
        whose = f"of {patients[0]}" if len(patients) == 1 else f"of {len(patients):,} patients"
        return f"{len(rows):,} patches {whose}"
    name = selection.patch_name(int(rows["x"].iloc[0]), int(rows["y"].iloc[0]))
    return name if selection.current().patient == patients[0] else f"{patients[0]} {name}"


def _line(event: Mapping[Hashable, Any], words: Mapping[str, str]) -> str:
    said = escape(words[event["verdict"]])
    if event["undone"]:
        said = f"<s>{said}</s> (undone)"
    note = f" – {escape(event['comment'])}" if event["comment"] else ""
    seen = {"blind": ", blinded", "revealed": ", after the reveal"}.get(event["stage"], "")
    when = str(event["at"])[:16].replace("T", " ")
    return (
        f"<tr><td>{escape(str(event['reviewer']))}</td><td>{said}{seen}{note}</td>"
        f"<td>{when} UTC, {escape(str(event['run']))} at {digits(event['threshold'])}</td></tr>"
    )
