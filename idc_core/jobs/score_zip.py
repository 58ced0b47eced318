"""Score a zip of patches with a run's network; what was found can be read again as it was."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from idc_core.data.folders.patch_sources import Skipped
from idc_core.data.stores.codec import through
from idc_core.data.whole_set import look_at, sizes_noted
from idc_core.io import record
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.paths import run_path
from idc_core.io.progress import TellStage
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.jobs.same import NETWORK, refuse_other_network
from idc_core.runs.run import open_run
from idc_core.score.input_check import Checked, check
from idc_core.score.intake import Brought, read_zip
from idc_core.score.scoring import Scorer
from idc_core.score.training_range import profile_for

ZIP = "patches.zip"
"""The upload in the job's folder."""
_RAW = "raw_score"


class AskedZip(Asked, frozen=True, kw_only=True):
    """The digests of the network and of the zip in the job's folder."""

    network: str
    zip: str


class _Told(Record, frozen=True, kw_only=True):
    codes: list[list[str]]
    compared: int | None = None
    skipped: list[list[str]]


@dataclass(frozen=True)
class FoundZip:
    """What a zip held, the raw score of each patch, the input check, and the network's digest."""

    brought: Brought
    raw: npt.NDArray[np.float64]
    checked: Checked
    network: str


def work(job: Job, place: Path, tell: TellStage) -> None:
    """Read and score it; see `kinds.Work`."""
    run = open_run(run_path(job.run))
    refuse_other_network(run, _asked(job).network)
    scorer = Scorer(run.path / NETWORK)
    brought = read_zip(job.folder / ZIP, tell, side=scorer.side)
    sizes = sizes_noted(brought.rows["note"], scorer.side)
    kept = through(brought.patches, sizes, run.info.raster.codec)
    raw = scorer.score(kept, progress=lambda done, of: tell("score", done, of))
    tell("check", 0, len(raw))
    checked = check(kept, profile_for(run), sizes)
    np.save(place / "patches.npy", kept)
    write_parquet(place / "rows.parquet", brought.rows.assign(**{_RAW: raw}))
    told = _Told(
        codes=[list(codes) for codes in checked.codes],
        compared=checked.compared,
        skipped=[[*each] for each in brought.skipped],
    )
    record.write(place / "told.json", told)


def read(job: Job) -> FoundZip:
    """What it found; raises `Refusal` where it is damaged."""
    told = record.read(_Told, job.found / "told.json")
    try:
        patches = np.load(job.found / "patches.npy", allow_pickle=False)
    except (OSError, ValueError) as broken:
        raise Refusal(
            f"expected the patches of {job.name}: they cannot be read ({broken}). Upload the zip "
            "again."
        ) from None
    rows = read_parquet(job.found / "rows.parquet")
    raw = rows.pop(_RAW).to_numpy(np.float64)
    sizes = sizes_noted(rows["note"], patches.shape[1])
    codes = tuple(tuple(each) for each in told.codes)
    skipped = tuple(Skipped(*each) for each in told.skipped)
    checked = Checked(codes, told.compared, look_at(patches, sizes))
    return FoundZip(Brought(patches, rows, skipped), raw, checked, _asked(job).network)


def _asked(job: Job) -> AskedZip:
    return record.of(AskedZip, msgspec.json.decode(job.asked), f"job {job.id}")
