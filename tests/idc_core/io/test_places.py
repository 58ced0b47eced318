"""Names become folders in one place."""

from pathlib import Path

import pytest

from idc_core.io import places


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


def test_no_password_and_no_path_of_this_machine_is_stored(tmp_path: Path) -> None:
    assert places.without_credentials("http://user:pass@host:5000/a?t=1#x") == "http://host:5000/a"
    assert places.without_credentials("postgresql://u:p@w@host/db") == "postgresql://host/db"
    assert places.without_credentials(f"sqlite:///{tmp_path}/m.db") == "sqlite:///m.db"
    assert places.without_credentials(str(tmp_path / "logs")) == "logs"
    assert places.shown(places.REPOSITORY / "data" / "demo") == "data/demo"
