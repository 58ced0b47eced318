"""`runs`, `rename`, `delete`, `restore`: what is there, and keeping it in order."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from idc_core.cli.console import KEEP, app, give, say
from idc_core.cli.keep import restore_backup
from idc_core.io.paths import data_root, models_root, run_path, store_path
from idc_core.io.refusal import Refusal

_Run = Annotated[str | None, typer.Option("--run", help="a run: a name in models/, or a path")]
_Data = Annotated[
    str | None, typer.Option("--data", help="a patch store: a name in data/, or a path")
]
_By = Annotated[
    str | None, typer.Option("--by", help="who does it, for the record; default: the login name")
]


@app.command(rich_help_panel=KEEP)
def runs(
    trash: Annotated[bool, typer.Option("--trash", help="list what was deleted instead")] = False,
) -> None:
    """List runs and patch stores; patients and patches are those of train/validation/test."""
    from idc_core.runs import inventory

    if trash:
        gone = inventory.deleted(models_root(), data_root())
        _list(("what", "name", "deleted", "where"), gone, "The trash is empty.")
        return
    none = f"No run in {models_root()}. Train one: python train_cli.py train --data demo --run mine"
    _list(inventory.RUN_COLUMNS, inventory.runs(models_root()), none)
    give("")
    none = f"No patch store in {data_root()}. Make one: python train_cli.py demo"
    _list(inventory.STORE_COLUMNS, inventory.stores(data_root()), none)


def _list(columns: tuple[str, ...], rows: list[tuple[str, ...]], none: str) -> None:
    from idc_core.runs.inventory import table

    for line in table(columns, rows) if rows else [none]:
        give(line)


@app.command(rich_help_panel=KEEP)
def rename(
    name: Annotated[str, typer.Argument(help="the new name")],
    run: _Run = None,
    data: _Data = None,
    by: _By = None,
) -> None:
    """Give a run or a patch store another name; runs that need it find it."""
    from idc_core.io.names import needed_run
    from idc_core.runs.rename import rename as rename_run
    from idc_core.runs.rename_store import rename_store

    path, is_run = _one(run, data)
    moved = (
        rename_run(needed_run(path), name, by=_who(by))
        if is_run
        else rename_store(path, name, by=_who(by))
    )
    say(f"Renamed: {path.name} is now {moved}")


@app.command(rich_help_panel=KEEP)
def delete(
    run: _Run = None,
    data: _Data = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="delete even if other runs need it; without this they are named"
        ),
    ] = False,
    by: _By = None,
) -> None:
    """Move a run or a patch store to the trash, from which restore brings it back."""
    from idc_core.runs.trash import delete_run, delete_store

    path, is_run = _one(run, data)
    where = (
        delete_run(path, by=_who(by), force=force) if is_run else delete_store(path, force=force)
    )
    say(f"Deleted: {path.name} lies in {where}")
    if is_run:
        say("Its looks at test are still counted for runs on the same patients.")
    said = f"--{'run' if is_run else 'data'} {run or data}"
    say(f"Restore it: python train_cli.py restore {said}")


@app.command(rich_help_panel=KEEP)
def restore(
    run: _Run = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            help="a patch store: a name in data/, or a path; with --from the folder to restore to",
        ),
    ] = None,
    as_name: Annotated[
        str | None, typer.Option("--as", help="restore it under another name")
    ] = None,
    by: _By = None,
    backup: Annotated[
        Path | None, typer.Option("--from", help="a backup instead of the trash: a folder or zip")
    ] = None,
    models: Annotated[
        Path | None, typer.Option(help="with --from: the empty folder that runs are restored to")
    ] = None,
    to_server: Annotated[
        bool,
        typer.Option(
            "--to-server", help="with --from: reviews go to the server of IDC_REVIEWS_URL"
        ),
    ] = False,
) -> None:
    """Bring a run or a patch store back from the trash, the newest of that name; or a whole backup
    into empty folders."""
    if backup is not None:
        if models is None or data is None or run is not None:
            raise Refusal(
                "expected --from BACKUP --models FOLDER --data FOLDER, both empty: one is missing."
            )
        restore_backup(backup, models, Path(data), to_server=to_server)
        return
    from idc_core.runs.notes import refuse_name
    from idc_core.runs.trash import restore as bring_back

    path, is_run = _one(run, data)
    if as_name is not None:
        refuse_name(as_name)
    file = "run.json" if is_run else "manifest.json"
    back = bring_back(path.name, path.parent, file, as_name=as_name, by=_who(by))
    say(f"Restored: {back}")


def _one(run_name: str | None, data: str | None) -> tuple[Path, bool]:
    """The run or the store that was named, and whether it is a run."""
    if (run_name is None) == (data is None):
        came = "neither" if run_name is None else "both"
        raise Refusal(f"expected --run NAME or --data NAME: found {came}.")
    path = run_path(run_name) if run_name is not None else store_path(str(data))
    if path.parent.name.startswith("."):
        raise Refusal(
            f"expected a run or store in use: {path} is kept apart. For one in the trash: "
            "python train_cli.py runs --trash, then restore it by its name."
        )
    return path, run_name is not None


def _who(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "command line"
