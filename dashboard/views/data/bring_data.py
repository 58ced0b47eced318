"""Import predictions from an uploaded table, previewed before anything is written."""

from dataclasses import dataclass

import streamlit as st
from streamlit.typing import UploadedFile

from dashboard.access import gate
from dashboard.charts.theme import counted, plain
from dashboard.state import selection
from dashboard.views.data import bring_cache, bring_options
from dashboard.views.data.bring_cache import ImportOptions, UploadedTable
from dashboard.widgets import permitted
from idc_core.data.known_labels import is_known
from idc_core.importing.proved import Proved
from idc_core.importing.reading import Reading
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster
from idc_core.score.save_as_run import plain_name, refuse_name

MOST_MB = 200
PREVIEW = 6
_FILE, _NAME, _SHARE = "bring_file", "bring_name", "bring_share"
_REFUSED, _UNKNOWN = "bring_refused", "bring_unknown"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the button will write: this file, interpreted with these options."""

    file: str
    digest: str
    options: ImportOptions
    unknown: tuple[str, ...]
    mapping: str
    patches: int


def show(*, opened: bool) -> None:
    """The section; `opened`: expanded, because the page has nothing else yet."""
    refused = st.session_state.pop(_REFUSED, None)
    with st.expander(
        "Import predictions of any model from a table",
        expanded=opened or refused is not None or st.session_state.get(_FILE) is not None,
        icon=":material/upload_file:",
    ):
        if refused is not None:
            st.warning(plain(refused))
        missing = gate.needs("import")
        permitted.say(missing)
        file = st.file_uploader(
            "A table with one row per patch: CSV, Excel, Parquet or JSON lines, compressed or not, "
            f"up to {MOST_MB} MB. Nothing is written until you press the button.",
            max_upload_size=MOST_MB,
            key=_FILE,
            disabled=bool(missing),
        )
        if file is not None:
            _looked_at(file)


def _looked_at(file: UploadedFile) -> None:
    try:
        uploaded = bring_cache.table(file.name, file.getbuffer())
    except Refusal as refused:
        st.warning(plain(refused))
        return
    rows = counted(len(uploaded.frame), "row")
    st.markdown(f"**{plain(uploaded.name)}**, {rows}. The first ones:")
    st.dataframe(uploaded.frame.head(PREVIEW), hide_index=True, key="bring_preview")
    found = _understood(uploaded)
    if found is not None:
        _offered(uploaded, *found)


def _understood(uploaded: UploadedTable) -> tuple[Reading, Proved | None, ImportOptions] | None:
    """How the table is read, with the fields to change that; None where it cannot be read."""
    recognised = _try(uploaded, ImportOptions())
    # Words with a meaning are no longer unknown, but their fields must stay.
    before = bring_options.selected_options(uploaded, {}, wordless=True)
    base = _try(uploaded, before)
    unknown = base[0].unknown if isinstance(base, tuple) else {}
    st.session_state[_UNKNOWN] = tuple(unknown)
    known = base if isinstance(base, tuple) else recognised
    st.markdown("**What are the columns?**")
    raster = _raster(known[1] if isinstance(known, tuple) else None)
    bring_options.columns(uploaded, known[0].columns if isinstance(known, tuple) else None, raster)
    bring_options.answers(uploaded, _fitting(recognised, base))
    bring_options.words(uploaded, unknown, raster)
    options = bring_options.selected_options(uploaded, unknown)
    found = _try(uploaded, options)
    if isinstance(found, Refusal):
        st.warning(plain(found))
        return None
    return (*found, options)


def _raster(proved: Proved | None) -> Raster:
    """What the classes are called: as in what is known of these patches, else as the public set."""
    return USUAL if proved is None else proved.raster


def _try(
    uploaded: UploadedTable, options: ImportOptions
) -> tuple[Reading, Proved | None] | Refusal:
    try:
        return bring_cache.reading(uploaded, options)
    except Refusal as refused:
        return refused


def _fitting(*found: tuple[Reading, Proved | None] | Refusal) -> list[str]:
    """Stores and runs that the table could match."""
    names: dict[str, None] = {}
    for each in found:
        if isinstance(each, tuple) and each[1] is not None:
            names |= dict.fromkeys(one.source for one in each[1].findings if one.source)
    return list(names)


def _offered(
    uploaded: UploadedTable, reading: Reading, proved: Proved | None, options: ImportOptions
) -> None:
    mapping = reading.mapping(_raster(proved))
    st.markdown(f"**{plain(mapping)}**")
    for note in reading.notes:
        st.caption(plain(note))
    st.markdown(_counted(reading, _raster(proved)))
    for sentence in proved.confirmed() if proved else ():
        st.success(plain(sentence), icon=":material/check:")
    for sentence in [*reading.loss.sentences, *(proved.sentences() if proved else ())]:
        st.warning(plain(sentence))
    _questions(uploaded, reading, options)
    st.caption(
        "Options such as --like or --label-words are the command-line names of these fields."
    )
    offer = Offer(
        uploaded.name,
        uploaded.digest,
        options,
        st.session_state[_UNKNOWN],
        mapping,
        len(reading.rows),
    )
    _form(offer, open_=_open(reading, options), has_splits="split" in reading.rows)


def _counted(reading: Reading, raster: Raster) -> str:
    rows = reading.rows
    known = is_known(rows["label"])
    idc = int((rows["label"] == 1).sum())
    said = (
        f"{counted(len(rows), 'patch', 'patches')} of "
        f"{counted(rows['patient'].nunique(), 'patient')}, {idc:,} labelled "
        f"{plain(raster.positive)}"
    )
    left = int((~known).sum())
    said += f", {left:,} without a label" * bool(left)
    refused = len(reading.rejects)
    return said + (f"; {counted(refused, 'row')} left out." if refused else ".")


def _questions(uploaded: UploadedTable, reading: Reading, options: ImportOptions) -> None:
    """The open questions, and the two that are answered by a checkbox."""
    for question in reading.questions:
        st.error(plain(question))
    if options.mean or any("--repeated" in each for each in reading.questions):
        st.checkbox("Average repeated rows of a patch", key=bring_options.key(uploaded, "mean"))
    if options.accept_loss or reading.questions:
        st.checkbox("Continue without these rows", key=bring_options.key(uploaded, "accept"))


def _open(reading: Reading, options: ImportOptions) -> bool:
    try:
        reading.refuse_open(accept_loss=options.accept_loss)
    except Refusal:
        return True
    return False


def _form(offer: Offer, *, open_: bool, has_splits: bool) -> None:
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
        disabled=has_splits,
        help="The table itself defines the split."
        if has_splits
        else "The operating point is chosen on them; without any it stays at 0.5.",
    )
    with button:
        permitted.button(
            f"Write {counted(offer.patches, 'patch', 'patches')}",
            "import",
            key="bring_write",
            type="primary",
            disabled=open_,
            on_click=_pressed,
            args=(offer,),
            help="Answer the questions above first." if open_ else None,
        )
    st.caption(
        "This creates a run in models/ and opens it. `python train_cli.py delete` moves a run to "
        "the trash."
    )


def _pressed(offer: Offer) -> None:
    """Read the fields as the browser sent them with the click, not as they were drawn."""
    name = str(st.session_state.get(f"{_NAME}_{offer.digest[:12]}", ""))
    try:
        data = _unchanged(offer)
        refuse_name(name, models_root())
        share = float(st.session_state.get(_SHARE) or 0.0)
        with (
            gate.doing("import", run=name, file=offer.file),
            bring_cache.on_disk(offer.file, data) as path,
        ):
            import_predictions(
                path,
                models_root() / name,
                asked=offer.options.columns,
                answers=offer.options.asked(),
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
    """The bytes of the table shown; raises `Refusal` if the file or the options have changed."""
    file = st.session_state.get(_FILE)
    if file is None:
        raise Refusal("expected the table that was shown: it was removed. Upload it again.")
    data: memoryview = file.getbuffer()
    if bring_cache.digest_of(data) != offer.digest:
        raise Refusal(
            "expected the table that was shown: another was uploaded. Check that one first."
        )
    uploaded = bring_cache.table(offer.file, data)
    if bring_options.selected_options(uploaded, dict.fromkeys(offer.unknown, 0)) != offer.options:
        raise Refusal(
            "expected the options that were shown: they have changed since. Check them, then write "
            "again."
        )
    return data
