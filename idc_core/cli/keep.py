"""`backup`, `restore --from`, `move-reviews`, `bring-ledger`: what must not be lost, elsewhere."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from idc_core.cli.console import KEEP, app, progress, say, sign
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.io.postgres.address import Address
    from idc_core.records.backup import Backup


@app.command(rich_help_panel=KEEP)
def backup(
    out: Annotated[
        Path, typer.Option(help="a folder, or a file .zip, that is not there yet: on another disk")
    ],
    pixels: Annotated[
        bool,
        typer.Option(
            "--pixels",
            help="stores whole; without it all but their pixels, which can be made again",
        ),
    ] = False,
) -> None:
    """Copy runs, ledgers, reviews and the manifests of stores, while the dashboard runs.

    Every file and table has its digest in backup.json, by which restore --from proves it.
    """
    sign(f"Making a backup of {models_root()} and {data_root()} in {out}.")
    from idc_core.backup import last
    from idc_core.backup.writing import back_up
    from idc_core.facts.record import version
    from idc_core.reviews import default_where

    with progress() as show:
        made = back_up(
            models_root(),
            data_root(),
            default_where(),
            out,
            version=version(),
            pixels=pixels,
            progress=show,
        )
    tell_backup(made)
    with suppress(Refusal, OSError):  # the backup is whole; that it was made is for the System page
        last.remember(made, data_root())
    say(f"Backup: {out}. Put it back: python train_cli.py restore --from {out} --models … --data …")


def tell_backup(made: "Backup") -> None:
    """Say what a backup holds."""
    from idc_core.io.digits import counted

    size = sum(each.bytes for each in made.files.values()) / 1e6
    say(
        f"{counted(len(made.runs), 'run')}, {counted(len(made.stores), 'store')} "
        f"({'whole' if made.pixels else 'without pixels'}), {counted(len(made.files), 'file')}, "
        f"{size:,.1f} MB"
    )
    for name, table in made.reviews.items():
        say(f"{counted(table.rows, name)}, SHA-256 {table.sha256}")


def restore_backup(source: Path, models: Path, data: Path, *, to_server: bool) -> None:
    """`restore --from`."""
    sign(f"Restoring {source} to {models} and {data}.")
    from idc_core.backup.restoring import UNPACKED_MANIFESTS, restore

    told = restore(source, models, data, needed_server() if to_server else None)
    tell_backup(told)
    if told.stores and not told.pixels:
        say(
            f"Pixels are not in it: prepare the stores again ({', '.join(told.stores)}). Their "
            f"manifests, with the fingerprints to compare, are in {data / UNPACKED_MANIFESTS}."
        )
    say(f"Restored: start the dashboard with IDC_MODELS={models} IDC_DATA={data}")


def needed_server() -> "Address":
    """The server that the environment names; raises `Refusal` where it names none."""
    from idc_core.io.postgres.address import VARIABLE, address_from_environment

    found = address_from_environment()
    if found is None:
        raise Refusal(
            f"expected the server in {VARIABLE}: it names none. It is not given on the command "
            "line, which everybody on this machine can read: export "
            f"{VARIABLE}=postgresql://USER:PASSWORD@HOST:5432/DATABASE."
        )
    return found


@app.command("move-reviews", rich_help_panel=KEEP)
def move_reviews(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="the SQLite file; default: IDC_REVIEWS, or data/reviews.sqlite"
        ),
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option("--audit", help="the audit log's file; default: data/audit.jsonl"),
    ] = None,
) -> None:
    """Copy all that several people write to the PostgreSQL server of IDC_REVIEWS_URL.

    Verdicts and regions of the SQLite file, of which the server must hold none; locked thresholds
    and looks at test of all runs; the audit log. What arrived is proved by counts and digests; the
    files stay as they are.
    """
    from idc_core.audit.where import default_file as audit_file
    from idc_core.io.postgres.address import VARIABLE
    from idc_core.reviews.where import default_file

    target = needed_server()
    for named in (source, audit):
        if named is not None and not named.is_file():
            raise Refusal(f"expected a file in {named}: it is not there. Name another.")
    source, audit = source or default_file(), audit or audit_file()
    sign(f"Copying reviews, ledgers and the audit log to {target}.")
    from idc_core.backup.moving import move_all
    from idc_core.io.digits import counted

    moved = move_all(source if source.is_file() else None, models_root(), audit, target)
    for what, digest in moved.digests.items():
        rows = counted(digest.rows, what, _PLURALS.get(what, ""))
        say(f"{rows}, SHA-256 {digest.sha256} on both sides")
    if moved.left:
        say(moved.left)
    say(
        f"They now lie in {target}. Start every dashboard anew with {VARIABLE}: what one stores "
        "without it goes to the files, which are as they were."
    )


_PLURALS = {"look at test": "looks at test", "entry of the audit log": "entries of the audit log"}


@app.command("bring-ledger", rich_help_panel=KEEP)
def bring_ledger(
    run: Annotated[str, typer.Option(help="the run, which can be shipped then")],
) -> None:
    """Write into a run's folder what only the server holds of its locked thresholds and looks.

    The folder then says the same without the server; nothing changes where both are read.
    """
    from idc_core.io.digits import counted
    from idc_core.io.names import needed_run
    from idc_core.io.paths import run_path
    from idc_core.runs import run_logs

    target = needed_server()
    folder = needed_run(run_path(run))
    brought = run_logs.bring(folder, target)
    say(f"{counted(brought, 'line')} of {target} written into {folder} and sealed.")
