"""Names become folders in one place."""

from pathlib import Path

import pytest

from idc_core.io import paths


def test_a_name_lies_in_models_and_a_path_lies_where_it_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IDC_MODELS", str(tmp_path))
    assert paths.run_path("first") == tmp_path / "first"
    assert paths.run_path("elsewhere/first") == Path("elsewhere/first")
    assert paths.run_path(str(tmp_path / "x")) == tmp_path / "x"


def test_dots_are_paths_never_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    assert paths.store_path("..") == Path("..")


def test_the_environment_names_the_real_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDC_REAL_DATA", "/elsewhere")
    assert paths.real_data() == Path("/elsewhere")


def test_no_password_and_no_path_of_this_machine_is_stored(tmp_path: Path) -> None:
    assert paths.without_credentials("http://user:pass@host:5000/a?t=1#x") == "http://host:5000/a"
    assert paths.without_credentials("postgresql://u:p@w@host/db") == "postgresql://host/db"
    assert paths.without_credentials(f"sqlite:///{tmp_path}/m.db") == "sqlite:///m.db"
    assert paths.without_credentials(str(tmp_path / "logs")) == "logs"
    assert paths.shown(paths.REPOSITORY / "data" / "demo") == "data/demo"
