"""Libraries are not heard on stderr while we are; an internal error brings what they said along."""

import os
import sys

import pytest

from idc_core.cli import console
from idc_core.cli.quiet import LEVEL, libraries_quiet
from idc_core.io.refusal import Refusal


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch):
    monkeypatch.delenv(LEVEL, raising=False)


def noise():
    os.write(2, b"from C++\n")
    print("from Python", file=sys.stderr)


def _fail(error):
    noise()
    raise error


def test_only_our_lines_are_heard(capfd):
    with libraries_quiet():
        noise()
        console.say("ours")
    print("after", file=sys.stderr)
    assert capfd.readouterr().err == "ours\nafter\n"


def test_a_refusal_is_no_reason_to_hear_them(capfd):
    with pytest.raises(Refusal), libraries_quiet():
        _fail(Refusal("expected better."))
    assert capfd.readouterr().err == ""


def test_an_error_of_ours_brings_along_what_they_said(capfd):
    with pytest.raises(RuntimeError), libraries_quiet():
        _fail(RuntimeError())
    said = capfd.readouterr().err
    assert "from C++" in said
    assert "from Python" in said


def test_whoever_sets_the_level_hears_all(capfd, monkeypatch):
    monkeypatch.setenv(LEVEL, "0")
    with libraries_quiet():
        noise()
    assert capfd.readouterr().err == "from C++\nfrom Python\n"
    assert os.environ[LEVEL] == "0"


def test_a_level_that_asks_for_silence_is_no_wish_to_hear_them(capfd, monkeypatch):
    monkeypatch.setenv(LEVEL, "2")
    with libraries_quiet():
        noise()
    assert capfd.readouterr().err == ""
    assert os.environ[LEVEL] == "2"


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208
    with libraries_quiet():
        noise()
    assert list(tmp_path.iterdir()) == []
    assert LEVEL not in os.environ
    if before:
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
