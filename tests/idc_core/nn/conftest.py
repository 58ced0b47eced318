"""A store small enough to train on in a test."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore, open_store
from idc_core.train.config import TrainConfig
from tests.idc_core.nn.children import remembering


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small network in the place of the default one, where what it learns is not the question."""
    _take_a_small_network(monkeypatch)


def _take_a_small_network(patch: pytest.MonkeyPatch) -> None:
    from idc_core.nn.models import NETWORKS

    patch.setitem(NETWORKS, "sepres", remembering)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[TrainConfig], Path]:
    """The folder of a finished run of the small network on `small_store`, trained once for all
    tests that ask for these settings: they copy it to change it."""
    runs: dict[TrainConfig, Path] = {}

    def of(config: TrainConfig) -> Path:
        from idc_core.nn.training import train

        if config not in runs:
            root = tmp_path_factory.mktemp("trained")
            with pytest.MonkeyPatch.context() as patch:
                _take_a_small_network(patch)
                runs[config] = train(config, root / "run", _store(root)).path
        return runs[config]

    return of


@pytest.fixture
def small_store(tmp_path: Path) -> PatchStore:
    """Twelve patients of 16 synthetic patches; IDC is darker and bluer. 128 train, 32 validate."""
    return _store(tmp_path)


@pytest.fixture(scope="session")
def store_in() -> Callable[[Path], PatchStore]:
    """Makes such a store in a folder."""
    return _store


def _store(root: Path) -> PatchStore:
    rng = np.random.default_rng(7)
    count, patients = 192, 12
    labels = rng.integers(0, 2, count).astype(np.int8)
    labels[::16], labels[1::16] = 0, 1
    colour = np.where(labels[:, None], (150, 90, 170), (225, 165, 205))
    noise = rng.normal(0, 45, (count, 50, 50, 3))
    pixels = np.clip(colour[:, None, None] + noise, 0, 255).astype(np.uint8)
    patient = np.repeat([f"p{at:02d}" for at in range(patients)], 16)
    splits = np.repeat(["train"] * 8 + ["validation"] * 2 + ["test"] * 2, 16)
    index = pd.DataFrame(
        {
            "patient": patient,
            "x": (np.tile(np.arange(16) % 4, patients) * 50 + 1).astype(np.int32),
            "y": (np.tile(np.arange(16) // 4, patients) * 50 + 1).astype(np.int32),
            "label": labels,
            "width": np.full(count, 50, np.int16),
            "height": np.full(count, 50, np.int16),
            "file": [f"{at}.png" for at in range(count)],
            "digest": [f"{at:064x}" for at in range(count)],
            "split": splits,
        }
    )
    folder = root / "small"
    folder.mkdir()
    np.save(folder / "patches.npy", pixels)
    index.to_parquet(folder / "index.parquet")
    manifest = {
        "name": "small",
        "fingerprint": "f" * 64,
        "whole_patients": sorted(set(patient)),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return open_store(folder)
