"""How a command speaks: one line at a time on stderr, one progress bar, one sentence of refusal.

What is asked for as a result (`runs`, `check`) goes to stdout, so that it can be piped on.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

PATIENCE = 0.8
"""Seconds after which a command that has said nothing yet says what it does."""

SOME_REFUSED, NONE_DONE = 3, 2
"""Exit codes of what works through many files: some could not be used, or none; 0 is all."""

DATA, TRAIN, BRING, JUDGE, KEEP = (
    "1. Data",
    "2. Train",
    "3. Or import what others trained",
    "4. Evaluate and use",
    "5. Manage runs and stores",
)
"""Groups of commands, in the order of work."""


class InOrder(TyperGroup):
    """Lists commands group after group; within one in the order they are written."""

    def list_commands(self, ctx: Any) -> list[str]:
        groups = [DATA, TRAIN, BRING, JUDGE, KEEP]
        place = {
            name: groups.index(str(getattr(command, "rich_help_panel", KEEP)))
            for name, command in self.commands.items()
        }
        return sorted(self.commands, key=place.__getitem__)


app = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="IDC Review: prepare patches, train a classifier and evaluate it. Research use only.",
    epilog="COMMAND --help explains each one. To start: [bold]demo[/bold], then "
    "[bold]make dashboard[/bold].",
)
console = Console(stderr=True)
results = Console()
_waiting: threading.Timer | None = None


def say(text: str) -> None:
    """Print a line as it is: names from files are no markup and no orders to the terminal."""
    still()
    _print(console, text)


def give(text: str) -> None:
    """Print a line of the result, to stdout."""
    still()
    _print(results, text)


def sign(doing: str) -> None:
    """Say what the command does, if it has said nothing else within `PATIENCE` seconds."""
    global _waiting
    still()
    _waiting = threading.Timer(PATIENCE, _print, (console, doing))
    _waiting.daemon = True
    _waiting.start()


def still() -> None:
    """Something was said, or the command is over: no sign of life is needed any more."""
    if _waiting is not None:
        _waiting.cancel()


def _print(to: Console, text: str) -> None:
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    to.print(shown, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """One progress bar, as a function of (what is being done, done, of how many)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    said = TextColumn("{task.description}", markup=False)
    columns = (said, BarColumn(), MofNCompleteColumn(), Remaining())
    # In a log file or a pipe a bar is nothing but noise. What others write to stderr is theirs.
    with Progress(
        *columns, console=console, disable=not console.is_terminal, redirect_stderr=False
    ) as bar:
        task = bar.add_task("", total=None, visible=False)
        shown = ""

        def show(what: str, done: int, total: int) -> None:
            nonlocal shown
            if what != shown:
                shown = what
                bar.reset(task, description=what, total=total, visible=True)
                if console.is_terminal:
                    still()
            bar.update(task, completed=done, total=total)

        yield show


def tell_replaced(folder: Path | None) -> None:
    """Say where a run that was replaced is kept; None: there was none."""
    from idc_core.runs.writer import kept_sentence

    said = kept_sentence(folder)
    if said is not None:
        say(said)


def said_by_system(error: OSError) -> str:
    """What the system refused, as a sentence with its cure."""
    where = f" ({error.filename})" if error.filename else ""
    return f"the system refused: {error.strerror or error}{where}. Free the path or name another."
