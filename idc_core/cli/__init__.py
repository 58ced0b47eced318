"""The command line: words become calls of `idc_core`; bad input is one sentence and exit 2."""

import sys

from idc_core.cli import data, imports, judge, train
from idc_core.cli.console import app, said_by_system, say
from idc_core.refusal import Refusal

__all__ = ["app", "data", "imports", "judge", "main", "train"]


def main() -> None:
    """Run a command; what a user got wrong is one sentence on stderr and exit code 2."""
    try:
        app()
    except Refusal as refusal:
        say(f"Not done: {refusal}")
        sys.exit(2)
    except OSError as error:
        say(f"Not done: {said_by_system(error)}")
        sys.exit(2)
