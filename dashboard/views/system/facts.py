"""What an administrator asks of the server, as tables of words."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from dashboard.state import streamlit_inside
from dashboard.state.jobs import Job as Quick
from idc_core.backup.last import Last
from idc_core.facts.record import version
from idc_core.io.digits import counted
from idc_core.io.paths import data_root, models_root
from idc_core.io.progress import is_training, progress_of
from idc_core.io.provenance import commit, versions
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import KINDS

OLD = timedelta(days=7)
"""A backup older than this is said to be old."""


def packages() -> pd.DataFrame:
    """Versions: of this program, its commit, and what a score depends on."""
    ours = {"IDC Review": version(), "commit": short(commit())}
    return pd.DataFrame(list((ours | versions()).items()), columns=["what", "version"])


def short(commit: str | None) -> str:
    """A commit in twelve letters, and whether files differ from it.

    >>> short("0123456789abcdef+changes"), short(None)
    ('0123456789ab+changes', 'not in a git checkout')
    """
    if commit is None:
        return "not in a git checkout"
    head, sign, differ = commit.partition("+")
    return head[:12] + sign + differ


def disks() -> pd.DataFrame:
    """Room on the disks of runs and stores, GB."""
    found = [
        (name, usage.free / 1e9, usage.total / 1e9)
        for name, root in (("runs", models_root()), ("stores", data_root()))
        if root.is_dir()
        for usage in (shutil.disk_usage(root),)
    ]
    return pd.DataFrame(found, columns=["disk of", "free (GB)", "of (GB)"]).round(1)


WORK = ("work", "of", "run", "state", "done", "of all", "started by", "started")


def queued(jobs: list[Job], *, worker: bool) -> pd.DataFrame:
    """Work of the queue, newest first; what runs without a worker has been interrupted."""
    rows = [
        (
            *(KINDS[job.kind].words if job.kind in KINDS else job.kind, job.name, job.run),
            *(said_of(job, worker=worker), job.done, job.of or None, job.by.name, job.made),
        )
        for job in jobs
    ]
    return pd.DataFrame(rows, columns=WORK)


def said_of(job: Job, *, worker: bool) -> str:
    """What became of a job of the queue, or what it does."""
    if not job.ended:
        interrupted = job.state == "running" and not worker
        return "interrupted: no worker is running" if interrupted else job.doing
    return f"{job.state}: {job.sentence}" if job.sentence else job.state


def trainings(runs: list[Path]) -> pd.DataFrame:
    """Trainings that a process of the command line does now, as rows of the same table."""
    rows = []
    for folder in filter(is_training, runs):
        told = progress_of(folder) or {}
        doing = {"train": "training"}.get(str(told.get("stage")), str(told.get("stage") or "begun"))
        epochs = (int(told.get("epoch") or 0), int(told.get("epochs") or 0) or None)
        rows.append(("Train a network", folder.name, folder.name, doing, *epochs, "", ""))
    return pd.DataFrame(rows, columns=WORK)


def work(jobs: list[Quick]) -> pd.DataFrame:
    """Work of this server that ends with it, newest first."""
    rows = [(job.name, job.run, state_of(job), job.done, job.of or None) for job in jobs]
    return pd.DataFrame(rows, columns=["work", "run", "state", "done", "of"])


def state_of(job: Quick) -> str:
    """What became of a job, or what it does.

    >>> state_of(Quick("a", "cut", doing="Reading slides")), state_of(Quick("b", "", ended=True))
    ('Reading slides', 'done')
    """
    if job.refused:
        return f"refused: {job.refused}"
    if job.stop.is_set():
        return "stopped"
    return "done" if job.ended else job.doing


def backup(found: Last | None, now: datetime) -> tuple[str, bool]:
    """When the last backup was made and what it holds; whether that is long ago, or never."""
    if found is None:
        return "No backup was made yet: python train_cli.py backup --out FILE.zip", True
    age = now - datetime.fromisoformat(found.made).astimezone(UTC)
    days = max(0, age.days)
    ago = "today" if days == 0 else f"{counted(days, 'day')} ago"
    held = ", ".join(
        (
            counted(found.runs, "run"),
            counted(found.files, "file"),
            counted(found.rows, "row of reviews", "rows of reviews"),
        )
    )
    return f"Last backup: {ago} ({found.made}), {held}.", age > OLD


def sessions() -> int:
    """Browsers that are connected."""
    return streamlit_inside.sessions()
