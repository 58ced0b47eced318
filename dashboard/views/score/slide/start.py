"""Put a slide to be scored into the queue."""

import hashlib
import shutil
from pathlib import Path

from dashboard.access import gate, starters
from dashboard.cache import networks
from dashboard.state.queue import queue
from dashboard.views.score.slide.slide_input import FOLDER, Asked
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.jobs.job import Job, Starter
from idc_core.jobs.kinds import SCORE_SLIDE
from idc_core.jobs.same import stamp_of
from idc_core.jobs.score_slide import UPLOADED, AskedSlide
from idc_core.runs.run import Run


def start(run: Run, asked: Asked) -> Job:
    """The job that scores it, or the one that does already."""
    with gate.doing("score", run=run.name, file=asked.name) as here:
        by = starters.of(here)
        if asked.upload is not None:
            return _uploaded(run, asked, by)
        file = data_root() / FOLDER / asked.name
        if not file.is_file():
            raise Refusal(f"expected {asked.name} in data/{FOLDER}: it is gone. Choose another.")
        return _queued(run, asked, file.absolute(), by)


def _uploaded(run: Run, asked: Asked, by: Starter) -> Job:
    folder, bytes_ = queue().new_folder(), asked.upload.getbuffer()
    # Never the uploaded name: it is other people's text.
    file = folder / f"{UPLOADED}{Path(asked.name).suffix.lower()[:5]}"
    same = f"{hashlib.sha256(bytes_).hexdigest()} {asked.um_per_px} {asked.target_um}"
    try:
        with refused_by_system(f"write {file}"):
            file.write_bytes(bytes_)
        return _queued(run, asked, file, by, folder, f"{same} {networks.digest(run)}")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _queued(
    run: Run, asked: Asked, file: Path, by: Starter, folder: Path | None = None, same: str = ""
) -> Job:
    wanted = AskedSlide(
        file=file.name if folder else str(file),
        stamp=stamp_of(file),
        network=networks.digest(run),
        um_per_px=asked.um_per_px,
        target_um=asked.target_um,
    )
    return queue().start(
        SCORE_SLIDE.key, asked.name, wanted, run=run.name, by=by, folder=folder, same=same
    )
