"""Many patches are checked by a process of its own, which says what this one would."""

import numpy as np
import pytest

from idc_core.data.stores.store import open_store
from idc_core.evaluate import store_check
from idc_core.io import beside


@pytest.fixture
def store(copied, tmp_path):
    return open_store(copied(tmp_path) / "data" / "tiny")


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    found, start = [], beside.start

    def noted(words, **options):
        found.append(start(words, **options))
        return found[-1]

    monkeypatch.setattr(beside, "start", noted)
    return found


def test_a_small_store_is_checked_here(store, started):
    assert store_check.checked(store) == []
    assert started == []


@pytest.mark.slow
def test_a_large_store_is_checked_by_another_process_with_the_same_words(
    store, started, monkeypatch
):
    file = store.path / "patches.npy"
    pixels = np.load(file)
    pixels[7] = 0
    np.save(file, pixels)
    here = store_check.checked(open_store(store.path))
    monkeypatch.setattr(store_check, "FEW", 0)
    assert store_check.checked(open_store(store.path)) == here
    assert len(here) == 1
    assert "1 patch of the store has other pixels" in here[0]
    (child,) = started
    assert child.returncode == 0
    assert child.stdout.closed


def test_where_the_process_is_ended_the_check_is_done_here(store, started, monkeypatch):
    monkeypatch.setattr(store_check, "FEW", 0)
    monkeypatch.setattr(store_check.sys, "executable", "/bin/false")
    assert store_check.checked(store) == []
    assert started[0].returncode != 0
