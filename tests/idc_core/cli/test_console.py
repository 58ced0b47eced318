"""A command that says nothing for a while says what it does; one that speaks does not."""

import time

import pytest

from idc_core.cli import console


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.02)
    yield
    console.still()


def test_silence_is_broken(capsys):
    console.sign("Reading mine.csv.")
    time.sleep(0.2)
    console.say("Done.")
    assert capsys.readouterr().err == "Reading mine.csv.\nDone.\n"


@pytest.mark.parametrize("speak", [console.say, console.give])
def test_whoever_speaks_needs_no_sign(capsys, speak):
    console.sign("Reading mine.csv.")
    speak("Done.")
    time.sleep(0.1)
    captured = capsys.readouterr()
    assert captured.err + captured.out == "Done.\n"


def test_results_go_to_stdout_and_the_rest_to_stderr(capsys):
    console.give("met")
    console.say("so it is")
    assert capsys.readouterr() == ("met\n", "so it is\n")
