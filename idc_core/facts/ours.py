"""Whether a file that is to be written over was made by us of the same run.

Scores and reports are made again and again under one name. Anything else that lies there is
somebody's, and is only replaced by whoever says so.
"""

import csv
import html
from collections.abc import Callable
from pathlib import Path

from idc_core.facts.names import told
from idc_core.facts.record import PREFIX, Facts
from idc_core.io.refusal import Refusal

_NEW = f"{PREFIX}tissue"
"""Not in files from before 0.9."""

IsOurs = Callable[[Path], bool]
_HEAD = 65_536


def refuse_others(out: Path, is_ours: IsOurs, what: str) -> None:
    """Raise `Refusal` where `out` is a folder, or a file that `is_ours` does not know.

    `what`: "the scores of first".
    """
    if out.is_dir():
        raise Refusal(f"expected a file to write {what} to: {out} is a folder. Name a file in it.")
    if out.exists() and not is_ours(out):
        raise Refusal(
            f"expected a free name for {what}: {out} is there already and holds something else. "
            "Choose another name, or replace it with --overwrite."
        )


def scores_of(run_name: str) -> IsOurs:
    """Knows a table of scores by its facts: as we write them, and of this run."""
    facts = list(Facts().columns())
    before = [name for name in facts if name != _NEW]
    named = list(Facts(classes=("", "")).columns())

    def known(file: Path) -> bool:
        rows = list(csv.reader(_head(file).splitlines()[:2]))
        if len(rows) < 2 or len(rows[1]) != len(rows[0]):
            return False
        if not any(rows[0][-len(each) :] == each for each in (facts, before, named)):
            return False
        cell = dict(zip(rows[0], rows[1], strict=True))[f"{PREFIX}run"]
        return cell.removeprefix("'") == told(run_name)

    return known


def report_of(run_name: str) -> IsOurs:
    """Knows a report by its title."""
    title = f"<title>{html.escape(run_name, quote=True)} · IDC Review</title>"

    def known(file: Path) -> bool:
        return title in _head(file)

    return known


def squares_of(run_name: str) -> IsOurs:
    """Knows a file of a slide's squares by the facts that stand in it."""

    def known(file: Path) -> bool:
        head = _head(file)
        return "IDC Review " in head and told(run_name) in head

    return known


def _head(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_HEAD).decode("utf-8", "replace")
