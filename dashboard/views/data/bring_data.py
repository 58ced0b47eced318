"""Bring data: a table of somebody else's predictions, looked at before anything is written."""

from dataclasses import dataclass

import streamlit as st
from streamlit.typing import UploadedFile

from dashboard.charts.theme import counted, plain
from dashboard.state import selection
from dashboard.views.data import bring_cache, bring_choices
from dashboard.views.data.bring_cache import Brought, Choices
from idc_core.data.known_labels import is_known
from idc_core.importing.proved import Proved
from idc_core.importing.reading import Reading
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.score.save_as_run import plain_name, refuse_name

MOST_MB = 200
PREVIEW = 6
_FILE, _NAME, _SHARE = "bring_file", "bring_name", "bring_share"
_REFUSED, _UNKNOWN = "bring_refused", "bring_unknown"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the button offers to write: this file, understood under these choices."""

    file: str
    digest: str
    choices: Choices
    unknown: tuple[str, ...]
    mapping: str
    patches: int


def show(*, opened: bool) -> None:
    """The section; `opened`: there is nothing else on the page yet."""
    refused = st.session_state.pop(_REFUSED, None)
    with st.expander(
        "Bring data: predictions of any model, from a table",
        expanded=opened or refused is not None or st.session_state.get(_FILE) is not None,
        icon=":material/upload_file:",
    ):
        if refused is not None:
            st.warning(plain(refused))
        file = st.file_uploader(
            "A table, one row a patch: CSV, Excel, Parquet, JSON lines, packed or not, up to "
            f"{MOST_MB} MB. Nothing is written before you press the button.",
            max_upload_size=MOST_MB,
            key=_FILE,
        )
        if file is not None:
            _looked_at(file)


def _looked_at(file: UploadedFile) -> None:
    try:
        brought = bring_cache.table(file.name, file.getbuffer())
    except Refusal as refused:
        st.warning(plain(refused))
        return
    rows = counted(len(brought.frame), "row")
    st.markdown(f"**{plain(brought.name)}**, {rows}. The first of them:")
    st.dataframe(brought.frame.head(PREVIEW), hide_index=True, key="bring_preview")
    found = _understood(brought)
    if found is not None:
        _offered(brought, *found)


def _understood(brought: Brought) -> tuple[Reading, Proved | None, Choices] | None:
    """How the table is read, with the fields that say otherwise; None where it is not."""
    recognised = _try(brought, Choices())
    # Words that were given a meaning are no longer unknown, and their fields must stay.
    before = bring_choices.chosen(brought, {}, wordless=True)
    base = _try(brought, before)
    unknown = base[0].unknown if isinstance(base, tuple) else {}
    st.session_state[_UNKNOWN] = tuple(unknown)
    known = base if isinstance(base, tuple) else recognised
    st.markdown("**Which column is what?**")
    bring_choices.columns(brought, known[0].columns if isinstance(known, tuple) else None)
    bring_choices.answers(brought, _fitting(recognised, base))
    bring_choices.words(brought, unknown)
    choices = bring_choices.chosen(brought, unknown)
    found = _try(brought, choices)
    if isinstance(found, Refusal):
        st.warning(plain(found))
        return None
    return (*found, choices)


def _try(brought: Brought, choices: Choices) -> tuple[Reading, Proved | None] | Refusal:
    try:
        return bring_cache.reading(brought, choices)
    except Refusal as refused:
        return refused


def _fitting(*found: tuple[Reading, Proved | None] | Refusal) -> list[str]:
    """Stores and runs as which the table could be read."""
    names: dict[str, None] = {}
    for each in found:
        if isinstance(each, tuple) and each[1] is not None:
            names |= dict.fromkeys(one.source for one in each[1].findings if one.source)
    return list(names)


def _offered(brought: Brought, reading: Reading, proved: Proved | None, choices: Choices) -> None:
    st.markdown(f"**{plain(reading.mapping)}**")
    for note in reading.notes:
        st.caption(plain(note))
    st.markdown(_counted(reading))
    for sentence in proved.confirmed() if proved else ():
        st.success(plain(sentence), icon=":material/check:")
    for sentence in [*reading.loss.sentences, *(proved.sentences() if proved else ())]:
        st.warning(plain(sentence))
    _questions(brought, reading, choices)
    st.caption("Options like --like or --label-words are the command line's names of these fields.")
    offer = Offer(
        brought.name,
        brought.digest,
        choices,
        st.session_state[_UNKNOWN],
        reading.mapping,
        len(reading.rows),
    )
    _form(offer, open_=_open(reading, choices), sided="side" in reading.rows)


def _counted(reading: Reading) -> str:
    rows = reading.rows
    known = is_known(rows["label"])
    idc = int((rows["label"] == 1).sum())
    said = (
        f"{counted(len(rows), 'patch', 'patches')} of "
        f"{counted(rows['patient'].nunique(), 'patient')}, {idc:,} labelled IDC"
    )
    left = int((~known).sum())
    said += f", {left:,} without a label" * bool(left)
    refused = len(reading.rejects)
    return said + (f"; {counted(refused, 'row')} left out." if refused else ".")


def _questions(brought: Brought, reading: Reading, choices: Choices) -> None:
    """What must be answered, and the two answers that are given here."""
    for question in reading.questions:
        st.error(plain(question))
    if choices.mean or any("--repeated" in each for each in reading.questions):
        st.checkbox("Take the mean of a patch's rows", key=bring_choices.key(brought, "mean"))
    if choices.accept_loss or reading.questions:
        st.checkbox("Go on without these rows", key=bring_choices.key(brought, "accept"))


def _open(reading: Reading, choices: Choices) -> bool:
    try:
        reading.refuse_open(accept_loss=choices.accept_loss)
    except Refusal:
        return True
    return False


def _form(offer: Offer, *, open_: bool, sided: bool) -> None:
    name, share, button = st.columns([2, 1, 1], vertical_alignment="bottom")
    stem = offer.file.rpartition(".")[0] or offer.file
    name.text_input(
        "Name of the run",
        plain_name(stem),
        max_chars=64,
        key=f"{_NAME}_{offer.digest[:12]}",
    )
    share.number_input(
        "Share of patients for validation",
        0.0,
        0.9,
        0.0,
        0.1,
        key=_SHARE,
        disabled=sided,
        help="The table says the sides itself."
        if sided
        else "An operating point is chosen on them; without any, figures are at 0.5.",
    )
    button.button(
        f"Write {counted(offer.patches, 'patch', 'patches')}",
        key="bring_write",
        type="primary",
        disabled=open_,
        on_click=_pressed,
        args=(offer,),
        help="Answer the questions above first." if open_ else None,
    )
    st.caption(
        "It becomes a run in models/, opened at once. `python train_cli.py delete` moves it to the "
        "trash."
    )


def _pressed(offer: Offer) -> None:
    """The fields are read now: what the browser sent with the click, not what was drawn before."""
    name = str(st.session_state.get(f"{_NAME}_{offer.digest[:12]}", ""))
    try:
        data = _unchanged(offer)
        refuse_name(name, models_root())
        share = float(st.session_state.get(_SHARE) or 0.0)
        with bring_cache.on_disk(offer.file, data) as path:
            import_predictions(
                path,
                models_root() / name,
                asked=offer.choices.columns,
                answers=offer.choices.asked(),
                split_choice=SplitChoice(validation=share),
            )
    except Refusal as refused:
        st.session_state[_REFUSED] = f"Not written: {refused}"
        return
    except OSError as broken:
        st.session_state[_REFUSED] = f"Not written: {broken.strerror or broken}."
        return
    selection.change(run=name)
    selection.note(f"Written: the run {name}, {counted(offer.patches, 'patch', 'patches')}.")


def _unchanged(offer: Offer) -> memoryview:
    """The bytes of what was shown; raises `Refusal` where it is another file or other choices."""
    file = st.session_state.get(_FILE)
    if file is None:
        raise Refusal("expected the table that was shown: it was taken away. Upload it again.")
    data: memoryview = file.getbuffer()
    if bring_cache.digest_of(data) != offer.digest:
        raise Refusal("expected the table that was shown: another was uploaded. Look at it first.")
    brought = bring_cache.table(offer.file, data)
    if bring_choices.chosen(brought, dict.fromkeys(offer.unknown, 0)) != offer.choices:
        raise Refusal(
            "expected the choices that were shown: another was made meanwhile. Look again, then "
            "write."
        )
    return data
