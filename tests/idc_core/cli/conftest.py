"""The command line as a test calls it."""

import sys

import pytest

import train_cli


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs a command; its exit code, and all that it said."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["train_cli.py", *map(str, words)])
        code = 0
        try:
            train_cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        return code, said.out + said.err

    return run
