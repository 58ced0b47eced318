"""`prepare`, `download`, `demo`: from files to a patch store."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from idc_core.cli.console import DATA, app, console, progress, say, sign, tell_replaced
from idc_core.cli.words import (
    AcceptLoss,
    Fractions,
    Fresh,
    GivenSplit,
    Overwrite,
    Sampled,
    Seed,
    StoreName,
    Whole,
)
from idc_core.io.paths import data_root, run_path, store_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.data.stores.store import PatchStore


SplitWords = Annotated[
    str | None, typer.Option(help='what the codes in --split mean: "0=train, 1=validation, 2=test"')
]


@app.command(rich_help_panel=DATA)
def prepare(
    source: Annotated[Path, typer.Argument(help="a folder of patches, or a zip of one")],
    name: StoreName,
    split: GivenSplit = None,
    fractions: Fractions = "0.7,0.15,0.15",
    seed: Seed = 0,
    fresh_split: Fresh = False,
    whole: Whole = [],  # noqa: B006 - typer copies it
    sampled: Sampled = [],  # noqa: B006
    overwrite: Overwrite = False,
    accept_loss: AcceptLoss = False,
    split_words: SplitWords = None,
) -> None:
    """Check every file of SOURCE and pack its patches into a patch store."""
    from idc_core.records.manifest import refuse_taken

    refuse_taken(store_path(name), overwrite=overwrite)
    sign(f"Searching {source} for patches, to pack them into {store_path(name)}.")
    from idc_core.data.prepare import prepare as pack

    given = dict.fromkeys(whole, True) | dict.fromkeys(sampled, False)
    rule = split_rule(
        split, fractions, seed, fresh_split, words=split_words, accept_loss=accept_loss
    )
    started = time.monotonic()
    with progress() as show:
        store = pack(
            source,
            store_path(name),
            name=Path(name).name,
            split=rule,
            progress=show,
            whole=given or None,
            overwrite=overwrite,
            accept_loss=accept_loss,
        )
    tell_store(store, time.monotonic() - started)


@app.command(rich_help_panel=DATA)
def download(
    name: StoreName = "breast-histopathology",
    split: GivenSplit = None,
    fractions: Fractions = "0.7,0.15,0.15",
    seed: Seed = 0,
    overwrite: Overwrite = False,
) -> None:
    """Fetch the Kaggle set (277,524 patches) and prepare it."""
    from idc_core.records.manifest import refuse_taken

    refuse_taken(store_path(name), overwrite=overwrite)
    sign("Fetching paultimothymooney/breast-histopathology-images from Kaggle.")
    from idc_core.data.download import download as fetch

    with console.status("Fetching paultimothymooney/breast-histopathology-images …"):
        folder = fetch()
    prepare(folder, name, split, fractions, seed, overwrite=overwrite)


def split_rule(
    split: Path | None,
    fractions: str,
    seed: int,
    fresh: bool,
    *,
    words: str | None = None,
    accept_loss: bool = False,
) -> Any:
    from idc_core.data.split.given_split import read_given_split
    from idc_core.data.split.splits import ByPatient
    from idc_core.data.split.words import given_words

    if split is not None:
        return read_given_split(split, given_words(words), accept_loss=accept_loss)
    try:
        parts = tuple(float(part) for part in fractions.split(","))
    except ValueError:
        raise Refusal(f"expected fractions like 0.7,0.15,0.15: found {fractions!r}.") from None
    plain = ByPatient()
    rule = ByPatient(fractions=parts, seed=seed)  # type: ignore[arg-type]
    return rule if fresh or rule != plain else None


def tell_store(store: "PatchStore", seconds: float) -> None:
    from idc_core.data.stores.store_words import told

    counts, patients = store.manifest.patches or {}, store.manifest.patients or {}
    total = len(store.index)
    say(f"{total:,} patches in {store.path} ({total / seconds:,.0f} patches/s)")
    for split, patches in counts.items():
        if patches:
            noun = "patient" if patients[split] == 1 else "patients"
            say(f"  {split}: {patches:,} patches of {patients[split]} {noun}")
    rejected = sum((store.manifest.rejected or {}).values())
    say(f"  not taken: {rejected:,} files, listed with reasons in rejects.csv")
    for sentence in store.manifest.set:
        say(f"Note: {sentence}")
    for sentence in told(store):
        say(sentence)


@app.command(rich_help_panel=DATA)
def demo(
    slides: Annotated[
        bool,
        typer.Option(
            "--slides", help="the second demo: draw slides with outlines and cut them into a store"
        ),
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="rebuild store and run of the demo from scratch"),
    ] = False,
) -> None:
    """Make sure the demo is there: draw its patches and check them against the manifest.

    With --slides that of whole slides, which are drawn to data/synthetic-slides.
    """
    if slides:
        _demo_of_slides(rebuild=rebuild)
        return
    folder = data_root() / "demo"
    sign(f"Checking the demo in {folder}; missing patches are generated.")
    from idc_core.demo.build import build_demo, ensure_demo

    with progress() as show:
        store = (build_demo if rebuild else ensure_demo)(folder, progress=show)
    say(f"Demo: {len(store.index):,} synthetic patches in {folder}")
    if rebuild:
        _rebuild_run("demo", store)


def _demo_of_slides(*, rebuild: bool) -> None:
    data = data_root()
    sign(f"Checking the demo of slides in {data}; missing slides are drawn and cut.")
    from idc_core.demo.slide_store import NAME, SLIDES_IN, build_slides, ensure_slides
    from idc_core.records.run_info import read_info

    run = run_path(NAME)
    is_there = (run / "run.json").is_file()
    wanted = read_info(run).fingerprint if is_there and not rebuild else None
    with progress() as show:
        store = build_slides(data, show) if rebuild else ensure_slides(data, wanted, show)
    say(
        f"Demo of slides: {len(store.index):,} synthetic patches in {store.path}, "
        f"cut from {data / SLIDES_IN}"
    )
    if rebuild:
        _rebuild_run(NAME, store)
    elif not is_there:
        say(f"There is no run {run}. Train it: python train_cli.py demo --slides --rebuild.")


def _rebuild_run(name: str, store: "PatchStore") -> None:
    import shutil

    from idc_core.cli.train import train
    from idc_core.runs.writer import put_aside
    from idc_core.train.config import TrainConfig

    run_folder = run_path(name)
    tell_replaced(put_aside(run_folder))
    train(TrainConfig(epochs=30), run_folder, store.path, resume=False)
    shutil.rmtree(run_folder / "checkpoint", ignore_errors=True)
