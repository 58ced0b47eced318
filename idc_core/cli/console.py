"""How a command speaks: one line at a time on stderr, one progress bar, one sentence of refusal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from idc_core.run_writer import kept_sentence

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="IDC Review: prepare patches, train a classifier and judge it. Research use only.",
)
console = Console(stderr=True)


def say(text: str) -> None:
    """Print a line as it is: names from files are no markup and no orders to the terminal."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    console.print(shown, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """One progress bar, as a function of (what is being done, done, of how many)."""
    said = TextColumn("{task.description}", markup=False)
    columns = (said, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # In a log file or a pipe a bar is nothing but noise.
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, visible=False)
        shown = ""

        def show(what: str, done: int, total: int) -> None:
            nonlocal shown
            if what != shown:
                shown = what
                bar.reset(task, description=what, total=total, visible=True)
            bar.update(task, completed=done, total=total)

        yield show


def tell_replaced(folder: Path | None) -> None:
    """Say where a run that was replaced is kept; None: there was none."""
    said = kept_sentence(folder)
    if said is not None:
        say(said)


def said_by_system(error: OSError) -> str:
    """What the system refused, as a sentence with its cure."""
    where = f" ({error.filename})" if error.filename else ""
    return f"the system refused: {error.strerror or error}{where}. Free the place or name another."
