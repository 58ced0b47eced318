"""Score a slide with a run's network; what was found can be read again as it was."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from idc_core.data.whole_set import look_at
from idc_core.io import record
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.paths import run_path
from idc_core.io.progress import TellStage
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.jobs.same import NETWORK, refuse_other_file, refuse_other_network
from idc_core.runs.run import open_run
from idc_core.score.input_check import Checked, check
from idc_core.score.scoring import Scorer
from idc_core.score.slide_scoring import score_image
from idc_core.score.training_range import profile_for
from idc_core.wsi.reading import open_image
from idc_core.wsi.resolution import Resolution, trained_um
from idc_core.wsi.source import Pixels

UPLOADED = "slide"
"""The name, before its ending, of an uploaded file in the job's folder: never the uploaded one,
which is other people's text."""


class AskedSlide(Asked, frozen=True, kw_only=True):
    """A file, by its path or as it lies in the job's folder, with its stamp; the digest of the
    network; µm per pixel of the file as somebody gave it, and of the patches."""

    file: str
    stamp: str
    network: str
    um_per_px: float | None = None
    target_um: float

    def path(self, job: Job) -> Path:
        """Where it lies."""
        return job.folder / self.file


class _Told(Record, frozen=True, kw_only=True):
    columns: int
    rows: int
    target_um: float
    seconds: float
    note: str
    file_um: float | None = None
    given_um: float | None = None
    trained_um: float | None = None
    codes: list[list[str]]
    compared: int | None = None


@dataclass(frozen=True)
class FoundSlide:
    """`rows`: x, y, score (raw), tissue; `patches` (n, side, side, 3) in the same order, mapped;
    `columns`, `lines`: of the grid; `seconds` of scoring; the input check of every square, and its
    resolution."""

    rows: pd.DataFrame
    patches: Pixels
    columns: int
    lines: int
    target_um: float
    seconds: float
    note: str
    checked: Checked
    resolution: Resolution
    network: str


def work(job: Job, place: Path, tell: TellStage) -> None:
    """Score it; see `kinds.Work`."""
    asked, run = _asked(job), open_run(run_path(job.run))
    file = asked.path(job)
    refuse_other_file(file, asked.stamp)
    refuse_other_network(run, asked.network)
    with open_image(file, asked.um_per_px) as image:
        found = score_image(
            image,
            Scorer(run.path / NETWORK),
            target_um=asked.target_um,
            codec=run.info.raster.codec,
            progress=tell,
            keep_in=place / "patches.npy",
        )
        own = image.own_um_per_px
    tell("checking the squares", 0, 0)
    checked = check(found.patches, profile_for(run))
    write_parquet(place / "rows.parquet", found.rows)
    told = _Told(
        columns=found.plan.columns,
        rows=found.plan.rows,
        target_um=found.target_um,
        seconds=found.seconds,
        note=found.note,
        file_um=own,
        given_um=asked.um_per_px,
        trained_um=trained_um(run.info),
        codes=[list(codes) for codes in checked.codes],
        compared=checked.compared,
    )
    record.write(place / "told.json", told)


def read(job: Job) -> FoundSlide:
    """What it found; raises `Refusal` where it is damaged."""
    told = record.read(_Told, job.found / "told.json")
    try:
        patches = np.load(job.found / "patches.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as broken:
        raise Refusal(
            f"expected the squares of {job.name}: they cannot be read ({broken}). Score it again."
        ) from None
    codes = tuple(tuple(each) for each in told.codes)
    return FoundSlide(
        read_parquet(job.found / "rows.parquet"),
        patches,
        told.columns,
        told.rows,
        told.target_um,
        told.seconds,
        told.note,
        Checked(codes, told.compared, look_at(patches, None)),
        Resolution(told.file_um, told.given_um, told.target_um, told.trained_um),
        _asked(job).network,
    )


def _asked(job: Job) -> AskedSlide:
    return record.of(AskedSlide, msgspec.json.decode(job.asked), f"job {job.id}")
