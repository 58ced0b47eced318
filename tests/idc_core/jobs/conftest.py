"""What jobs work on: a world of their own, and its queue."""

import pytest

from idc_core.jobs.queue import Queue


@pytest.fixture
def root(copied, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return copied(tmp_path)


@pytest.fixture
def queue(root):
    return Queue(root / "data" / ".jobs")
