"""Where a run came from."""

import re

import numpy as np
import pytest

from idc_core.io import provenance


def test_versions_are_those_that_run() -> None:
    assert provenance.versions()["numpy"] == np.__version__


def test_a_package_that_is_absent_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-package-here",))
    assert list(provenance.versions()) == ["python"]


def test_the_time_is_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", provenance.now())


def test_outside_git_there_is_no_commit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(provenance, "REPOSITORY", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert provenance.commit() is None


@pytest.mark.parametrize(("changed", "said"), [("", "abc"), (" M README.md", "abc+changes")])
def test_a_commit_says_whether_files_differ_from_it(
    monkeypatch: pytest.MonkeyPatch, changed: str, said: str
) -> None:
    answers = {"rev-parse": "abc", "status": changed}
    monkeypatch.setattr(provenance, "_git", lambda *words: answers[words[0]])
    assert provenance.commit() == said
