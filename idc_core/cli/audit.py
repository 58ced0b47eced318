"""`audit`: what the log of a shared server says, and whether it was changed."""

from pathlib import Path
from typing import Annotated

import typer

from idc_core.cli.console import KEEP, app, give
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal

NAME = "audit.jsonl"
CHANGED = 1
"""Exit code for a log that does not fit."""


@app.command(rich_help_panel=KEEP)
def audit(
    log: Annotated[
        Path | None, typer.Option("--log", help="the log; default: audit.jsonl in data/")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="say whether it is intact, and nothing else")
    ] = False,
) -> None:
    """List the audit log of a shared server, or say whether it is as it was written."""
    from idc_core.audit.file import FileLog

    path = log or data_root() / NAME
    if not path.is_file():
        raise Refusal(f"expected an audit log: there is no {path}. Say where it is: --log FILE.")
    kept = FileLog(path)
    if not verify:
        for each in kept.entries():
            words = (each.at, each.name or each.person, each.role, each.act, each.outcome)
            give("  ".join(filter(None, (*words, each.run, each.patient, each.what))))
        return
    found = kept.check()
    if found.broken is not None:
        give(f"Changed. {found.why}")
        raise typer.Exit(CHANGED)
    give(f"Intact: {found.lines:,} entries. Last: {found.last}")
