"""Fixtures that every part of the suite shares. Data is made here; real patches are only read."""

from pathlib import Path

import pytest

from idc_core.places import real_data


@pytest.fixture(scope="session")
def real_root() -> Path:
    """The folder of real patches and predictions; the test skips where a machine has none."""
    root = real_data()
    if not (root / "idc_index.csv").is_file():
        pytest.skip(f"no real patches in {root}: set IDC_REAL_DATA to a folder that holds idc/")
    return root
