"""What an administrator asks of the server, as tables of words."""

import shutil
from datetime import UTC, datetime, timedelta

import pandas as pd

from dashboard.state import streamlit_inside
from dashboard.state.jobs import Job
from idc_core.backup.last import Last
from idc_core.facts.record import version
from idc_core.io.digits import counted
from idc_core.io.paths import data_root, models_root
from idc_core.io.provenance import commit, versions

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


def work(jobs: list[Job]) -> pd.DataFrame:
    """Work in the background, newest first."""
    rows = [(job.name, job.run, state_of(job), job.done, job.of or None) for job in jobs]
    return pd.DataFrame(rows, columns=["work", "run", "state", "done", "of"])


def state_of(job: Job) -> str:
    """What became of a job, or what it does.

    >>> state_of(Job("a", "cut", doing="Reading slides")), state_of(Job("b", "cut", ended=True))
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
