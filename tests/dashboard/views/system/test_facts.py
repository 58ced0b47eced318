"""What an administrator reads of the server is what it is."""

from datetime import UTC, datetime

import pytest

from dashboard.state.jobs import Job
from dashboard.views.system import facts
from idc_core.backup.last import Last

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "ago", "old"),
    [
        ("2026-11-30T01:00:00Z", "today", False),
        ("2026-11-29T11:00:00Z", "1 day ago", False),
        ("2026-11-23T12:00:00Z", "7 days ago", False),
        ("2026-11-23T11:59:00Z", "7 days ago", True),
        ("2026-12-01T00:00:00Z", "today", False),  # of a machine whose clock is ahead
    ],
)
def test_a_backup_is_told_by_its_age_and_what_it_holds(made, ago, old):
    found = Last(made=made, runs=2, files=31, rows=1)
    assert facts.backup(found, NOW) == (
        f"Last backup: {ago} ({made}), 2 runs, 31 files, 1 row of reviews.",
        old,
    )


def test_without_a_backup_the_command_is_named():
    said, old = facts.backup(None, NOW)
    assert old
    assert said.endswith("python train_cli.py backup --out FILE.zip")


def test_work_is_told_by_what_became_of_it():
    stopped = Job("3", "channels", run="demo", done=2, of=9)
    stopped.stop.set()
    jobs = [
        stopped,
        Job("2", "cut", refused="expected a slide", ended=True),
        Job("1", "score", run="ours", doing="Reading slides", done=3, of=4),
    ]
    assert facts.work(jobs)["state"].tolist() == [
        "stopped",
        "refused: expected a slide",
        "Reading slides",
    ]
    assert facts.work(jobs)["of"].tolist()[::2] == [9, 4]
    assert facts.work(jobs)["of"].isna().tolist() == [False, True, False]


def test_disks_are_those_of_runs_and_stores(tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "runs"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "gone"))
    usage = facts.shutil.disk_usage(tmp_path)._replace(free=1_260_000_000, total=8_000_000_000)
    monkeypatch.setattr(facts.shutil, "disk_usage", lambda root: usage)
    assert facts.disks().to_numpy().tolist() == [["runs", 1.3, 8.0]]
