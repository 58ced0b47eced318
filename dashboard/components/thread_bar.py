"""The slim bar on top of every page: run · split · threshold · patient · patch · link."""

from html import escape

import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.theme import plain
from idc_core.places import models_root
from idc_core.refusal import Refusal
from idc_core.run_notes import offered
from idc_core.trained_on import caution

SPLIT_WORDS = {"test": "Test", "validation": "Validation", "train": "Training", "unused": "Unused"}
ANY = "All patients"
NONE = "–"
MOST, LISTED = 400, 30
"""Of more names than `MOST` only `LISTED` are listed, and any can be typed: all of ten thousand
would be sent to the browser at every move."""

# Copying needs the browser's own clipboard, which Streamlit does not offer.
_COPY = """
<button id="copy" style="font:inherit;font-size:.92rem;padding:.42rem .8rem;border-radius:8px;
cursor:pointer;border:1px solid rgba(128,140,150,.45);background:transparent;color:inherit;
width:100%;white-space:nowrap" onclick="navigator.clipboard.writeText(location.href).then(() => {
this.textContent='Copied'; setTimeout(() => this.textContent='Copy link', 1200)})"
>Copy link</button>
"""


def show(*, judging: bool) -> None:
    """Draw the bar; every part is a control that changes the thread.

    `judging`: the page shows what the model gets wrong at the threshold, so that on test a
    threshold not shown before is counted as a look.
    """
    chosen = thread.current()
    runs = offered(models_root(), including=chosen.run)
    if not runs:
        return
    _adopt_threshold()
    chosen = thread.current()
    looks = _looks(chosen, judging)
    with st.container(key="thread_bar"):
        parts = st.columns([1.35, 1.0, 2.1, 1.35, 1.15, 0.85], vertical_alignment="bottom")
        with parts[0]:
            _select("run", "Run", runs, chosen.run)
        with parts[1]:
            _select("split", "Split", list(thread.SPLITS), chosen.split, SPLIT_WORDS.__getitem__)
        with parts[2]:
            _threshold(chosen, looks)
        patients, patches = _choices(chosen)
        with parts[3]:
            _select("patient", "Patient", [ANY, *patients], chosen.patient or ANY, typed=True)
        with parts[4]:
            _select("patch", "Patch", [NONE, *patches], chosen.patch or NONE)
        with parts[5]:
            st.html(_COPY, unsafe_allow_javascript=True)
    for sentence in thread.notes():
        st.caption(plain(sentence))
    _warn(chosen)


def looked() -> None:
    """The page has shown its figures: on test, that was a look.

    Written after the page, because a write that reaches the disk takes longer than the page.
    """
    chosen = thread.current()
    if chosen.run is None or chosen.split != "test" or chosen.threshold is None:
        return
    try:
        run = loaders.run(chosen.run)
        if "test" in loaders.splits(run):
            loaders.look(run, chosen.threshold)
    except Refusal:
        return


def is_locked() -> bool:
    """Whether the threshold is the run's operating point."""
    chosen = thread.current()
    try:
        return loaders.locked_threshold(loaders.run(str(chosen.run))) == chosen.threshold
    except Refusal:
        return False


def _adopt_threshold() -> None:
    """Without a threshold of one's own, the run's operating point; a value as good as it is it."""
    chosen = thread.current()
    try:
        locked = loaders.locked_threshold(loaders.run(str(chosen.run)))
    except Refusal:
        locked = None
    if chosen.threshold is None:
        thread.change(threshold=0.5 if locked is None else locked)
    elif (
        locked is not None and chosen.threshold != locked and abs(chosen.threshold - locked) < 1e-6
    ):
        thread.change(threshold=locked)


def _looks(chosen: thread.Thread, judging: bool) -> int | None:
    """How many thresholds were looked at on test; None on another split."""
    if chosen.split != "test" or chosen.threshold is None:
        return None
    try:
        run = loaders.run(str(chosen.run))
        return loaders.looks(run, chosen.threshold if judging else None)
    except Refusal:
        return None


def _warn(chosen: thread.Thread) -> None:
    """What one has to know of a run's predictions, on every page."""
    try:
        info = loaders.run(str(chosen.run)).info
    except Refusal:
        return
    unknown = caution(info)
    for sentence in [*([unknown] if unknown else []), *(info.get("warnings") or [])]:
        st.html(f'<div class="idc-warn">{escape(str(sentence))}</div>')


def _threshold(chosen: thread.Thread, looks: int | None) -> None:
    key = "bar_threshold"
    state = "operating point, locked" if is_locked() else "exploratory"
    if looks:
        state += f" · {looks} {'look' if looks == 1 else 'looks'} at test"
    st.session_state[key] = chosen.threshold
    st.slider(
        f"Threshold · {state}", 0.0, 1.0, step=0.01, format="%.3f", key=key,
        on_change=lambda: thread.change(threshold=st.session_state[key]),
        help="A patch is called IDC when its score is at least this. The operating point was "
        "chosen on validation; any other value is exploratory. A look is a threshold that was "
        "shown on test for the first time in this run.",
    )  # fmt: skip


def _choices(chosen: thread.Thread) -> tuple[list[str], list[str]]:
    try:
        found = loaders.scores(loaders.run(str(chosen.run)), chosen.split)
    except Refusal:
        return [], []
    if found is None:
        return [], []
    patients = found.names
    if chosen.patient is None:
        return patients, []
    if chosen.patient not in patients:
        _follow(chosen)
        thread.note(f"Patient {chosen.patient[:64]} is not in this split: showing all patients.")
        thread.change(patient=None)
        return patients, []
    rows = found.of(chosen.patient)
    patches = [thread.patch_name(x, y) for x, y in zip(rows["x"], rows["y"], strict=True)]
    if chosen.patch is not None and chosen.patch not in patches:
        thread.note(f"Patient {chosen.patient[:64]} has no patch {chosen.patch[:30]}.")
        thread.change(patch=None)
    return patients, patches


def _follow(chosen: thread.Thread) -> None:
    """A patient of another split is shown there: each patient stands on one side only."""
    run = loaders.run(str(chosen.run))
    for split in loaders.splits(run):
        found = loaders.scores(run, split)
        if split != chosen.split and found is not None and chosen.patient in found.names:
            thread.note(f"Patient {str(chosen.patient)[:64]} is in the {split} split: shown there.")
            thread.change(split=split)
            st.rerun()


def _select(
    part: str, label: str, values: list[str], value: str | None, words=None, *, typed: bool = False
) -> None:
    key = f"bar_{part}"
    value = value if value in values else values[0]
    typed = typed and len(values) > MOST
    if typed:
        values = list(dict.fromkeys([*values[:LISTED], str(value)]))
    st.session_state[key] = value

    def chosen() -> None:
        picked = st.session_state[key]
        thread.change(**{part: None if picked in (ANY, NONE) else picked})

    st.selectbox(
        label, values, key=key, on_change=chosen, format_func=words or str,
        accept_new_options=typed, help="Type a name that is not listed." if typed else None,
    )  # fmt: skip
