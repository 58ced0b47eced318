"""`audit`: what the log of a shared server says, and whether it was changed."""

from pathlib import Path
from typing import Annotated

import typer

from idc_core.cli.console import KEEP, app, give
from idc_core.io.refusal import Refusal

CHANGED = 1
"""Exit code for a log that does not fit."""


@app.command(rich_help_panel=KEEP)
def audit(
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            help="the log's file; default: on the server of IDC_REVIEWS_URL, or data/audit.jsonl",
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="say whether it is intact, and nothing else")
    ] = False,
) -> None:
    """List the audit log of a shared server, or say whether it is as it was written."""
    from idc_core.audit.file import FileLog
    from idc_core.audit.where import log_in

    kept = log_in(log)
    if isinstance(kept, FileLog) and not kept.path.is_file():
        raise Refusal(
            f"expected an audit log: there is no {kept.path}. Say where it is: --log FILE."
        )
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
