"""What does the model predict for this slide?"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.cache import cutoff, input_check, networks, runs, slides, stores
from dashboard.charts import slide_map
from dashboard.charts.theme import plain
from dashboard.state import page_state, selection, view
from dashboard.views.score.slide import earlier, saved_choice, scored_slide, slide_input, start
from dashboard.widgets import empty, page_title, save_run, work
from idc_core.data.places import place_of
from idc_core.data.stores.pixels import SomeRows
from idc_core.io.paths import data_root, models_root
from idc_core.jobs import score_slide
from idc_core.jobs.job import Job
from idc_core.jobs.score_slide import FoundSlide
from idc_core.records.run_info import Origin
from idc_core.runs.data import bringing
from idc_core.runs.run import Run
from idc_core.score.save_as_run import plain_name, save_as_run
from idc_core.wsi.resolution import Resolution, trained_um


def show() -> None:
    """Draw the tab."""
    page_title.show()
    name = selection.current().run
    if name is None:
        empty.no_runs()
        return
    run = runs.run(name)
    if not run.has_labels and run.status != "finished":  # a final fit scores new slides
        earlier.show(None)
        _saved(run)
        return
    networks.scorer(run)  # raises a `Refusal` with the cure if the run has no network
    asked = slide_input.show(run)
    slide_input.note(run)
    if asked is not None:
        page_state.remember(earlier.JOB, start.start(run, asked).id)
        page_state.remember("square", None)
    job = earlier.found(run.name)
    earlier.show(job)
    if job is None:
        return
    said = slide_input.said(job.name)
    if not job.ended:
        work.under_way(job.id, said, "score", "slide_cancel")
    elif job.state == "done":
        _shown(run, job)
    else:
        work.ended(job, said)


@st.cache_resource(max_entries=4, show_spinner=False)
def _found(number: str, _job: Job) -> FoundSlide:
    return score_slide.read(_job)


def _shown(run: Run, job: Job) -> None:
    found = _found(job.id, job)
    if found.network != networks.digest(run):
        st.warning(
            f"{slide_input.said(job.name)} was scored by a network that {plain(run.name)} had "
            "before: it was exchanged since. Score the slide again."
        )
        return
    checked, origins = found.checked, found.resolution
    raw = found.rows["score"].to_numpy(np.float64)
    rows = found.rows.assign(score=networks.calibrated(run, raw))
    speed = len(rows) / max(found.seconds, 1e-9)
    st.caption(
        f"{slide_input.said(job.name)}: {found.columns} × {found.lines} squares of "
        f"{found.patches.shape[1] * found.target_um:g} µm, {len(rows):,} with tissue, scored in "
        f"{found.seconds:.1f} s ({speed:,.0f} per second). {found.note}"
    )

    _warned(origins)

    def tissue() -> bytes | None:
        return slide_map.picture(
            found.patches,
            rows["x"],
            rows["y"],
            slide_map.frame_of(rows["x"], rows["y"], found.patches.shape[1]),
        )

    scored_slide.show(
        job.name,
        rows,
        found.patches,
        cutoff.now().value,
        found.target_um,
        lambda: _pictured(job.id, tissue),
        checked,
        input_check.reference(run),
        found.patches.shape[1],
        run.info.raster,
    )
    patient = plain_name(job.name)
    origin = Origin(
        kind="slide",
        file=job.name,
        um_per_px=found.target_um,
        file_um_per_px=origins.file,
        given_um_per_px=origins.given,
        input_check=checked.record(),
    )
    save_run.show(
        patient,
        lambda name, by: save_as_run(
            name,
            run,
            found.rows.assign(patient=patient, label=-1),
            found.patches,
            origin,
            data=data_root(),
            models=models_root(),
            by=by,
            network=found.network,
        ),
        f"{len(rows):,} patches ({found.patches.nbytes / 1e6:.0f} MB) to data/ and their scores to "
        "models/",
        key="slide",
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _pictured(number: str, _make: Callable[[], bytes | None]) -> bytes | None:
    return _make()


def _saved(run: Run) -> None:
    """Draw a slide that was saved as a run."""
    store = stores.pixels_of(run)
    if store is None:
        empty.show(
            "The pixels of this scored slide are not on this machine. Choose another run "
            f"above, and score the slide again: python train_cli.py {bringing(run)}."
        )
        return
    predictions = run.predictions()
    key = place_of(store.index, predictions)
    order = store.index[key].astype({"patient": str})
    rows = order.merge(predictions, on=key, how="left")
    rows["score"] = networks.calibrated(run, rows["score"].to_numpy(np.float64))
    threshold, raster = cutoff.now().value, run.info.raster
    patient, slide = saved_choice.show(rows, threshold, raster)
    at = np.flatnonzero(saved_choice.is_of(rows, patient, slide))
    origin = run.info.origin or Origin()
    known = slides.slide(store, patient, slide)
    cut = stores.slides_in(store).get(slide or "")
    name = slide or origin.file or run.name
    st.caption(
        f"{slide_input.said(name)}, saved as {plain(run.name)}, "
        f"scored by {slide_input.said(str(run.info.scored_by))}. "
        "Without labels no metric can be computed."
    )
    view.link(
        "patients",
        "Review its fields",
        {"patient": patient} | ({"slide": slide} if slide else {}),
        icon=":material/grid_view:",
    )
    um = origin.um_per_px
    if um:
        file, given = origin.file_um_per_px, origin.given_um_per_px
        file = file if cut is None else cut.um_per_px
        _warned(Resolution(file, given, um, trained_um(run.info)))
    scored_slide.show(
        run.name,
        rows.iloc[at].reset_index(drop=True),
        SomeRows(store.patches, at),
        threshold,
        um or None,
        lambda: None if known is None else known.tissue,
        input_check.checked(run, store).of(at),
        input_check.reference(run),
        store.raster.stride_px,
        raster,
        slides.whole(store, slide),
    )


def _warned(resolution: Resolution) -> None:
    """Say the resolution of the patches; a warning if it differs from that of the training."""
    (st.warning if resolution.differs else st.caption)(resolution.sentence())
