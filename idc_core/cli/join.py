"""`join`: several patch stores to one, without a copy of their pixels."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from idc_core.cli.console import DATA, app, progress, sign
from idc_core.cli.data import split_rule, tell_store
from idc_core.cli.words import Fractions, GivenSplit, Overwrite, Seed, StoreName
from idc_core.io.paths import store_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.data.joining.names import SameName
    from idc_core.data.split.splits import SplitRule


@app.command(rich_help_panel=DATA)
def join(
    stores: Annotated[list[str], typer.Argument(help="patch stores: names in data/, or paths")],
    name: StoreName,
    same_name: Annotated[
        str,
        typer.Option(
            help="a patient's name in two stores is the same patient (together), or another "
            "(apart: each is called STORE-PATIENT)"
        ),
    ] = "refuse",
    near: Annotated[
        bool,
        typer.Option(
            "--near-duplicates",
            help="look for near-duplicates too, and keep their patients in one split",
        ),
    ] = False,
    split: GivenSplit = None,
    keep_splits: Annotated[
        bool, typer.Option("--keep-splits", help="leave each patch in the split of its store")
    ] = False,
    hold_out: Annotated[
        list[str],
        typer.Option(
            "--hold-out",
            help="a store whose patients are all test, as of another centre; repeatable. The "
            "others are train and validation, in their shares of --fractions",
        ),
    ] = [],  # noqa: B006
    fractions: Fractions = "0.7,0.15,0.15",
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Join STORES to one patch store that reads their pixels where they lie."""
    from idc_core.io.names import needed_store
    from idc_core.records.manifest import refuse_taken

    target = store_path(name)
    folders = [needed_store(store_path(each)) for each in stores]
    refuse_taken(target, overwrite=overwrite)
    rule, same = _rule(split, fractions, seed, keep=keep_splits), _meaning(same_name)
    if hold_out and (split is not None or keep_splits):
        other = "--split" if split is not None else "--keep-splits"
        raise Refusal(f"expected --hold-out or {other}: found both.")
    sign(f"Joining {len(folders)} stores to {target}.")
    from idc_core.data.joining.join import join as put_together

    started = time.monotonic()
    with progress() as show:
        made = put_together(
            folders,
            target,
            split=rule,
            same_name=same,
            hold_out=hold_out,
            near=near,
            progress=lambda done, total: show("looking for near-duplicates", done, total),
        )
    tell_store(made, time.monotonic() - started)


def _rule(given: Path | None, fractions: str, seed: int, *, keep: bool) -> "SplitRule | None":
    from idc_core.data.split.splits import AsTheyAre

    if not keep:
        rule: SplitRule | None = split_rule(given, fractions, seed, fresh=True)
        return rule
    if given is not None:
        raise Refusal("expected --keep-splits or --split FILE: found both.")
    return AsTheyAre()


def _meaning(said: str) -> "SameName":
    from idc_core.data.joining.names import MEANINGS

    for each in MEANINGS:
        if each == said:
            return each
    raise Refusal(f"expected --same-name together or --same-name apart: found {said[:40]!r}.")
