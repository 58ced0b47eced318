"""A zip of patches: read and scored in the background, shown as a map, as cards and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from dashboard.access import gate
from dashboard.cache import input_check, networks
from dashboard.charts import slide_map
from dashboard.charts.patches import PatchFacts, Taken
from dashboard.charts.theme import counted, plain
from dashboard.state import view
from dashboard.state.jobs import Job, jobs
from dashboard.widgets import (
    export,
    figure,
    guarded,
    odd_patches,
    overlays,
    patch_page,
    patch_source,
    permitted,
    prediction_cards,
    save_run,
    slide_viewer,
)
from idc_core.data.known_labels import is_known, label_of
from idc_core.data.stores.codec import through
from idc_core.data.tables.coordinates import off_grid
from idc_core.data.whole_set import sizes_noted
from idc_core.io.digits import digits
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.records.run_info import Origin
from idc_core.runs.run import Run
from idc_core.score.input_check import Checked, check
from idc_core.score.intake import Brought, Stopped, read_zip
from idc_core.score.save_as_run import plain_name, save_as_run

SHOWN = 24
_JOB = "zip_job"


@dataclass(frozen=True)
class Read:
    """What a zip held, the raw score of each patch, the input check, and which network it was
    (SHA-256)."""

    brought: Brought
    raw: npt.NDArray[np.float64]
    checked: Checked
    network: str


def show(run: Run, file: UploadedFile) -> None:
    """Read and score the zip once; draw the progress or the result."""
    key = (file.file_id, str(run.path))
    known = st.session_state.get(_JOB)
    if known is None or known[0] != key:
        with gate.doing("score", run=run.name, file=file.name):
            if known is not None:
                jobs().drop(known[1])
            known = (key, jobs().start(file.name, lambda job: _work(job, run, file)).id)
        st.session_state[_JOB] = known
    job = jobs().get(known[1])
    if job is None:
        st.caption("The result was dropped, as many files were read since: upload the zip again.")
    elif not job.ended:
        _waiting(job.id)
    elif job.refused:
        st.warning(plain(job.refused))
    else:
        _shown(run, job.name, job.result)


def _work(job: Job, run: Run, file: UploadedFile) -> Read:
    scorer, path = networks.scorer(run), job.folder() / "patches.zip"
    with path.open("wb") as target:
        target.write(file.getbuffer())
    try:
        brought = read_zip(path, job.tell, job.stop.is_set, scorer.side)
    except Stopped:
        raise Refusal("reading the zip was cancelled.") from None
    sizes = sizes_noted(brought.rows["note"], scorer.side)
    kept = through(brought.patches, sizes, run.info.raster.codec)
    brought = replace(brought, patches=kept)
    raw = scorer.score(kept, progress=lambda done, of: job.tell("score", done, of))
    job.tell("check", 0, len(raw))
    return Read(brought, raw, check(kept, input_check.profile(run), sizes), scorer.sha256)


@guarded.fragment(run_every=0.5)
def _waiting(number: str) -> None:
    job = jobs().get(number)
    if job is None or job.ended:
        st.rerun()
    share = job.done / job.of if job.of else 0.0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, f"{plain(job.name)}: {job.doing} {job.done:,} of {job.of:,}", width=560)
        st.button("Cancel", key="zip_cancel", on_click=_cancel, args=(number,))


@permitted.said
def _cancel(number: str) -> None:
    with gate.doing("score", what="cancelled"):
        jobs().drop(number)


def _shown(run: Run, name: str, found: Read) -> None:
    if found.network != networks.digest(run):
        st.warning(
            f"{plain(name)} was scored by a network that {plain(run.name)} had before: it was "
            "exchanged since. Upload the zip again."
        )
        return
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


def _save(run: Run, name: str, found: Read) -> None:
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


def _skipped(found: Read) -> None:
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
