"""The command line: words become calls of `idc_core`; bad input is one sentence and exit 2.

What a command needs is imported when it runs: `--help` and a refusal wait for no library.
"""

import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from idc_core.cli import (
    audit,
    cut,
    data,
    export,
    imports,
    join,
    judge,
    keep,
    run_folders,
    score,
    train,
    worker,
)
from idc_core.cli.console import app, said_by_system, say, still
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.export.charts import Charts

__all__ = [
    "app",
    "audit",
    "cut",
    "data",
    "export",
    "imports",
    "join",
    "judge",
    "keep",
    "main",
    "run_folders",
    "score",
    "train",
    "worker",
]


def main(charts: Callable[[], "Charts"]) -> None:
    """Run a command; what a user got wrong is one sentence on stderr and exit code 2.

    `charts` gives what draws the report's figures; it is asked when a report is written.
    """
    try:
        app(obj=charts)
    except Refusal as refusal:
        say(f"Not done: {refusal}")
        sys.exit(2)
    except OSError as error:
        say(f"Not done: {said_by_system(error)}")
        sys.exit(2)
    except MemoryError:
        say(
            "Not done: the system gave no more memory. End other programs, or ask for less at once."
        )
        sys.exit(2)
    finally:
        still()


def _tell_version(asked: bool) -> None:
    if asked:
        from idc_core.facts.record import version

        typer.echo(f"IDC Review {version()}, Python {platform.python_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="print the version and exit"
        ),
    ] = False,
) -> None:
    """IDC Review: prepare patches, train a classifier and evaluate it. Research use only."""
