"""Names become folders in one place."""

from pathlib import Path

import pytest

from idc_core import places


def test_a_name_lies_in_models_and_a_path_lies_where_it_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IDC_MODELS", str(tmp_path))
    assert places.run_path("first") == tmp_path / "first"
    assert places.run_path("elsewhere/first") == Path("elsewhere/first")
    assert places.run_path(str(tmp_path / "x")) == tmp_path / "x"


def test_dots_are_paths_never_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    assert places.store_path("..") == Path("..")


def test_the_environment_names_the_real_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDC_REAL_DATA", "/elsewhere")
    assert places.real_data() == Path("/elsewhere")
