"""A run finds its data by what they are, not by what they are called."""

import shutil
from pathlib import Path

import pytest

from idc_core.io import record
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Origin
from idc_core.runs.data import bringing, needed_store, store_of
from idc_core.runs.run import Run, open_run


@pytest.fixture
def run(world: Path, tmp_path: Path) -> Run:
    """A finished run that a test may spoil."""
    shutil.copytree(world / "models" / "small", tmp_path / "small")
    return open_run(tmp_path / "small")


def test_the_store_is_found_by_its_fingerprint_and_a_broken_one_is_passed_over(
    run: Run, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(world / "data" / "tiny", tmp_path / "data" / "renamed")
    (tmp_path / "data" / "broken").mkdir()
    (tmp_path / "data" / "broken" / "manifest.json").write_text("{")
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    found = store_of(run)
    assert found is not None
    assert found.path.name == "renamed"
    info = read_json(run.path / "run.json")
    write_json(run.path / "run.json", info | {"data": {"fingerprint": "other"}})
    assert store_of(open_run(run.path)) is None
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "nowhere"))
    assert store_of(run) is None


def test_without_pixels_the_command_that_makes_them_is_named(
    run: Run, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(world / "data" / "tiny", tmp_path / "data" / "tiny")
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    assert needed_store(run).path.name == "tiny"
    (tmp_path / "data" / "tiny" / "patches.npy").unlink()
    with pytest.raises(Refusal, match="prepare SOURCE --name tiny"):
        needed_store(run)


def test_slides_that_were_scored_without_a_store_are_scored_again_into_one(run: Run) -> None:
    def scored(origin: str) -> Run:
        info = record.replace(run.info, scored_by="first", origin=Origin(kind="slide", file=origin))
        return Run(run.path, info)

    assert bringing(scored("slides")) == "score SLIDES --run first --as NAME"
    assert bringing(scored("tiny")) == "prepare SOURCE --name tiny"  # a store was scored
    assert bringing(run) == "prepare SOURCE --name tiny"
