"""Fixtures that every part of the suite shares. Data is made here; real patches are only read."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from idc_core.places import real_data

# On a busy machine a slow example is no wrong one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def real_root() -> Path:
    """The folder of real patches and predictions; the test skips where a machine has none."""
    root = real_data()
    if not (root / "idc_index.csv").is_file():
        pytest.skip(f"no real patches in {root}: set IDC_REAL_DATA to a folder that holds idc/")
    return root


@pytest.fixture(scope="session")
def small_world() -> ModuleType:
    """`small_world.py`: makes a store and a finished run without a training."""
    file = Path(__file__).with_name("small_world.py")
    spec = importlib.util.spec_from_file_location("small_world", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, small_world: ModuleType) -> Path:
    """A folder with `data/tiny` and the finished run `models/small`; shared, so only read it."""
    made: Path = small_world.make_world(tmp_path_factory.mktemp("world"))
    return made
