"""A zip of patches: read and scored in the background, shown as a map, as cards and as a table."""

import hashlib
import shutil
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from dashboard.access import gate, starters
from dashboard.cache import input_check, networks
from dashboard.charts import slide_map
from dashboard.charts.patches import PatchFacts, Taken
from dashboard.charts.theme import counted, plain
from dashboard.state import page_state, view
from dashboard.state.queue import queue
from dashboard.widgets import (
    export,
    figure,
    odd_patches,
    overlays,
    patch_page,
    patch_source,
    prediction_cards,
    save_run,
    slide_viewer,
    work,
)
from idc_core.data.known_labels import is_known, label_of
from idc_core.data.tables.coordinates import off_grid
from idc_core.io.digits import digits
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import refused_by_system
from idc_core.jobs import score_zip
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import SCORE_ZIP
from idc_core.jobs.score_zip import AskedZip, FoundZip
from idc_core.records.raster import Raster
from idc_core.records.run_info import Origin
from idc_core.runs.run import Run
from idc_core.score.save_as_run import plain_name, save_as_run

SHOWN = 24
ADDRESS, _JOB = "zip", "zip_job"
"""In the address, for whoever comes back; in the session, by the upload."""
_GONE = "The zip of this link is no longer held: newer ones took its place. Upload it again."


def show(run: Run, file: UploadedFile) -> None:
    """Have the zip read and scored once; draw the progress or the result."""
    key = (file.file_id, str(run.path))
    known = st.session_state.get(_JOB)
    if known is None or known[0] != key:
        known = (key, _start(run, file).id)
        st.session_state[_JOB] = known
        page_state.remember(ADDRESS, known[1])
    job = queue().get(known[1])
    if job is None:
        st.caption(_GONE)
    else:
        _drawn(run, job)


def again(run: Run) -> bool:
    """Draw the zip of the address, if this run scored it; whether there is one."""
    named = st.query_params.get(ADDRESS)
    job = queue().get(named)
    if named is not None and job is None:
        st.caption(_GONE)
        page_state.remember(ADDRESS, None)
    if job is None or job.kind != SCORE_ZIP.key or job.run != run.name:
        return False
    st.caption(f"{plain(job.name[:80])}, as it was uploaded before.")
    _drawn(run, job)
    return True


def _drawn(run: Run, job: Job) -> None:
    said = plain(job.name[:80])
    if not job.ended:
        work.under_way(job.id, said, "score", "zip_cancel")
    elif job.state != "done":
        work.ended(job, said)
    else:
        found = _found(job.id, job)
        if found.network == networks.digest(run):
            _shown(run, job.name, found)
        else:
            st.warning(
                f"{said} was scored by a network that {plain(run.name)} had before: it was "
                "exchanged since. Upload the zip again."
            )


def _start(run: Run, file: UploadedFile) -> Job:
    with gate.doing("score", run=run.name, file=file.name) as here:
        folder = queue().new_folder()
        try:
            content = file.getbuffer()
            with refused_by_system(f"write {folder}"):
                (folder / score_zip.ZIP).write_bytes(content)
            mark = hashlib.sha256(content).hexdigest()
            asked = AskedZip(network=networks.digest(run), zip=mark)
            by = starters.of(here)
            return queue().start(
                SCORE_ZIP.key, file.name, asked, run=run.name, by=by, folder=folder
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@st.cache_resource(max_entries=4, show_spinner=False)
def _found(number: str, _job: Job) -> FoundZip:
    return score_zip.read(_job)


def _shown(run: Run, name: str, found: FoundZip) -> None:
    threshold = patch_page.threshold()
    scores = networks.calibrated(run, found.raw)
    rows = found.brought.rows.assign(score=scores, odd=found.checked.words())
    st.markdown(f"**{summary(rows, threshold, run.info.raster)}**")
    odd_patches.said(found.checked, input_check.reference(run))
    if found.brought.placed:
        _map(rows, found.brought.patches, threshold, run.info.raster)
    order = np.argsort(-scores, kind="stable")[:SHOWN]
    st.markdown(f"The {len(order)} with the highest scores:")
    taken = [_taken(rows.iloc[row], found.brought.patches[row]) for row in order]
    to_explain = prediction_cards.show(taken, scores[order].tolist(), threshold, run.info.raster)
    with st.container(horizontal=True, vertical_alignment="center"):
        table = rows.assign(called=(rows["score"] >= threshold).astype(int))
        named = table["patient"].where(table["patient"] != "")
        whose = int(named.nunique()) if named.notna().all() else None
        count = export.Count(len(table), whose, split="")
        figure.download(table, key="zip_scores", label="Scores as CSV", of=count)
        if found.brought.placed:
            _save(run, name, found)
    _skipped(found)
    if to_explain is not None:
        st.session_state[patch_source.UPLOADED] = taken[to_explain]
        view.go("network/evidence")


def summary(rows: pd.DataFrame, threshold: float, raster: Raster) -> str:
    """The result in one line, as Markdown."""
    positive = rows["score"] >= threshold
    known = is_known(rows["label"])
    right = int((positive == (rows["label"] == 1))[known].sum())
    judged = (
        f" {right:,} of {int(known.sum()):,} with a known label are correctly classified."
        * bool(known.any())
    )
    return (
        f"{int(positive.sum()):,} of {counted(len(rows), 'patch', 'patches')} "
        f"{plain(raster.predicted(True))} at {digits(threshold)}.{judged}"
    )


def _map(
    rows: pd.DataFrame, patches: npt.NDArray[np.uint8], threshold: float, raster: Raster
) -> None:
    """The patches on a map, one patient at a time."""
    stride = raster.stride_px
    why = off_grid(rows["patient"], rows["x"], rows["y"], stride)
    if why is not None:
        st.caption(f"No map. {plain(why)}")
        return
    patients = sorted(rows["patient"].unique())
    patient = patients[0]
    if len(patients) > 1:
        patient = st.selectbox("Map of patient", patients, key="zip_patient")
    own = np.flatnonzero((rows["patient"] == patient).to_numpy())
    here = rows.iloc[own]
    if not slide_viewer.is_there():
        return
    frame = slide_map.frame_of(here["x"], here["y"], stride)
    slide_viewer.show(
        [slide_viewer.Map(overlays.SCORE.label, slide_map.squares(here, frame), overlays.SCORE)],
        tissue=slide_map.picture(patches[own], here["x"], here["y"], frame),
        threshold=threshold,
        opacity=0.6,
        picked=None,
        strip=(),
        judged={},
        um_per_px=None,
        raster=raster,
        said=f"The uploaded patches of one patient, {len(here)} squares",
        on_pick=lambda x, y: None,
    )


def _taken(row: pd.Series, pixels: npt.NDArray[np.uint8]) -> Taken:
    known = row["patient"] != ""
    facts = PatchFacts(
        str(row["file"]).rsplit("/", 1)[-1][:120],
        str(row["patient"]) if known else None,
        int(row["x"]) if known else None,
        int(row["y"]) if known else None,
        label_of(row["label"]),
    )
    return Taken(pixels, facts, odd_patches.noted(str(row["note"]), str(row["odd"])))


def _save(run: Run, name: str, found: FoundZip) -> None:
    rows = found.brought.rows.assign(score=found.raw)
    origin = Origin(kind="patches", file=name, input_check=found.checked.record())
    save_run.show(
        plain_name(name),
        lambda chosen, by: save_as_run(
            chosen,
            run,
            rows,
            found.brought.patches,
            origin,
            data=data_root(),
            models=models_root(),
            by=by,
            network=found.network,
        ),
        f"{len(rows):,} patches to data/ and their scores to models/; with labels, it opens on "
        "every page",
        key="zip",
    )


def _skipped(found: FoundZip) -> None:
    skipped: Sequence[object] = found.brought.skipped
    if not skipped:
        return
    st.markdown(f"**{counted(len(skipped), 'file')} not scored**")
    st.dataframe(
        {
            "File": [each.file[:200] for each in found.brought.skipped],
            "Why": [each.detail for each in found.brought.skipped],
        },
        hide_index=True,
        width="stretch",
        key="zip_refused",
    )
