"""Which patch is shown: the selected one, the worst error, a random one, or an upload.

All but an upload go into the selection, so that the bar and a copied link name the same patch.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import cutoff, predictions, runs, stores
from dashboard.charts.channels import Image
from dashboard.charts.patches import PatchFacts, Taken, read_uploads
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.widgets import permitted
from idc_core.data.known_labels import is_known, label_of
from idc_core.data.places import lies_at
from idc_core.data.stores.store import PatchStore
from idc_core.records.raster import Raster
from idc_core.runs.run import Run

UPLOADED = "uploaded_patch"
"""Session key of the uploaded patch, a `Taken`."""
_TAKEN, _ROUND = "uploaded_file", "upload_round"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The patch that is shown, and in words where it comes from."""

    pixels: Image
    facts: PatchFacts
    origin: str


def worst_missed(rows: pd.DataFrame, threshold: float) -> int | None:
    """Position of the missed IDC (false negative) with the lowest score; None if none."""
    score, label = rows["score"].to_numpy(np.float64), rows["label"].to_numpy()
    return _extreme(np.where((label == 1) & (score < threshold), -score, -np.inf))


def worst_alarm(rows: pd.DataFrame, threshold: float) -> int | None:
    """Position of the false alarm (false positive) with the highest score; None if none."""
    score, label = rows["score"].to_numpy(np.float64), rows["label"].to_numpy()
    return _extreme(np.where((label == 0) & (score >= threshold), score, -np.inf))


def show(run: Run) -> Chosen | None:
    """Draw the buttons; return the chosen patch, None if there is none to show."""
    store = stores.pixels_of(run)
    rows = _rows_with_pixels(run, store)
    raster = run.info.raster
    side = raster.patch_px
    _buttons(rows, raster)
    upload = st.session_state.get(UPLOADED)
    if isinstance(upload, Taken) and upload.pixels.shape[0] == side:
        return Chosen(upload.pixels, upload.facts, "an uploaded patch")
    if store is None or rows is None or rows.empty:
        return None
    return _selected(store, rows, raster)


def _selected(store: PatchStore, rows: pd.DataFrame, raster: Raster) -> Chosen | None:
    now = selection.current()
    place, position, origin = now.place, None, "the selected patch"
    if now.patient is not None and place is not None:
        found = np.flatnonzero(lies_at(rows, now.patient, now.slide, place))
        position = int(found[0]) if len(found) else None
    if position is None:
        position, origin = _worst(rows, now.patient, raster)
    if position is None:
        position, origin = 0, "the first patch, as none is selected"
    row = rows.iloc[position]
    pixels = store.patches[int(stores.places_in(store, rows.iloc[[position]]).iloc[0])]
    named = selection.to(row)
    facts = PatchFacts(
        " · ".join(named.values()),
        named["patient"],
        int(row["x"]),
        int(row["y"]),
        label_of(row["label"]),
        named.get("slide"),
    )
    return Chosen(np.asarray(pixels), facts, origin)


def _worst(rows: pd.DataFrame, patient: str | None, raster: Raster) -> tuple[int | None, str]:
    """The worst miss of the selected patient, else of the whole split, and why in Markdown."""
    own = np.flatnonzero((rows["patient"] == patient).to_numpy())
    within = worst_missed(rows.iloc[own], cutoff.now().value) if len(own) else None
    if within is not None:
        return int(own[within]), "worst miss of this patient, as no patch is selected"
    if len(own):
        known = is_known(rows["label"].iloc[own]).any()
        why = f"no {plain(raster.positive)} is missed" if known else "the labels are unknown"
        return int(own[0]), f"first patch of this patient, as {why}"
    return worst_missed(
        rows, cutoff.now().value
    ), "worst miss of the split, as no patch is selected"


def _buttons(rows: pd.DataFrame | None, raster: Raster) -> None:
    side = raster.patch_px
    none = rows is None or rows.empty
    unjudged = rows is None or not is_known(rows["label"]).any()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, icon, pick in (
            (f"Worst missed {plain(raster.positive)}", ":material/visibility_off:", worst_missed),
            ("Worst false alarm", ":material/warning:", worst_alarm),
            ("Random patch", ":material/shuffle:", _random),
        ):
            st.button(
                label,
                key=f"source_{pick.__name__}",
                icon=icon,
                disabled=none if pick is _random else unjudged,
                on_click=_go,
                args=(pick,),
            )
        with st.popover("Upload a patch", icon=":material/upload:"):
            missing = gate.needs("score")
            permitted.say(missing)
            file = st.file_uploader(
                f"One PNG or JPEG of at most {side}×{side} pixels",
                key=_uploader(),
                max_upload_size=2,
                disabled=bool(missing),
                on_change=_forget,
            )
            if file is not None and st.session_state.get(_TAKEN) != file.file_id:
                st.session_state[_TAKEN] = file.file_id
                taken, refused = read_uploads([(file.name, file.getvalue())], side)
                for each in refused:
                    st.text(f"{each.file}: {each.reason}")
                if taken:
                    st.session_state[UPLOADED] = taken[0]
        if st.session_state.get(UPLOADED) is not None:
            st.button(
                "Discard upload",
                key="source_back",
                type="tertiary",
                on_click=_back,
                help="Show the selected patch again",
            )


def _go(pick: Callable[[pd.DataFrame, float], int | None]) -> None:
    """Select a patch of the current run, split and threshold."""
    run = runs.run(str(selection.current().run))
    rows = _rows_with_pixels(run, stores.pixels_of(run))
    _forget()
    if rows is None or rows.empty:
        return
    position = pick(rows, cutoff.now().value)
    if position is None:
        selection.note("There is no such error at this threshold in this split.")
        return
    row = rows.iloc[position]
    selection.change(**selection.to(row))


def _random(rows: pd.DataFrame, threshold: float) -> int:
    return int(np.random.default_rng().integers(len(rows)))


def _forget() -> None:
    st.session_state[UPLOADED] = None


def _back() -> None:
    """Discard the upload and empty the uploader."""
    _forget()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _uploader() -> str:
    round_ = st.session_state.get(_ROUND, 0)
    return f"source_upload_{round_}" if round_ else "source_upload"


def _rows_with_pixels(run: Run, store: PatchStore | None) -> pd.DataFrame | None:
    """The predictions of the split; None if the pixels are not on this machine."""
    if store is None or not run.has_predictions:
        return None
    return predictions.rows_of(run, selection.current().split)


def _extreme(value: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> int | None:
    if not len(value) or not np.isfinite(value.max()):
        return None
    return int(value.argmax())
