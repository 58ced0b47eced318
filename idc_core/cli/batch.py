"""`predict --engine`: many slides, or a store, scored by several processes or machines."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from idc_core.cli.console import NONE_DONE, SOME_REFUSED, progress, say, sign, tell_replaced
from idc_core.cli.quiet import libraries_quiet
from idc_core.io.names import needed_run, needed_store
from idc_core.io.paths import run_path, store_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    from idc_core.batch.batch import Batch, Engine
    from idc_core.batch.unit import Unit
    from idc_core.batch.work import Scored, Work
    from idc_core.records.cut_slides import Refused
    from idc_core.runs.run import Run

Kind = Literal["local", "ray"]
EngineName = Annotated[
    Kind | None,
    typer.Option(help="score slides by processes of this machine, or on a Ray cluster"),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="slides scored at once; without it one a core")
]
Address = Annotated[
    str | None, typer.Option(help="of the Ray cluster, HOST:PORT; without it that of this machine")
]
ScoredStore = Annotated[
    str | None, typer.Option("--data", help="score this patch store instead of slides")
]

NetworkUm = Annotated[
    float | None,
    typer.Option("--um", help="µm per pixel of the network's patches, where its run does not say"),
]


def predict_many(
    sources: list[Path],
    run: str,
    out: Path,
    engine: Kind,
    *,
    workers: int | None,
    address: str | None,
    data: str | None,
    table: Path | None,
    slide_um: float | None,
    um: float | None,
) -> None:
    """Score slides, or the store `data`, into parts beside `out`, and make `out` a run of them.

    Ends the command with 3 where some were refused, with 2 where all were.
    """
    from idc_core.batch.batch import score_all
    from idc_core.batch.result import as_run, as_run_of_store, refuse_other_run
    from idc_core.data.stores.store import open_store
    from idc_core.runs.run import open_run

    _refuse_words(sources, out, engine, address, data)
    parent = open_run(needed_run(run_path(run)))
    out = out.expanduser().absolute()
    refuse_other_run(out, parent)
    store = None if data is None else open_store(needed_store(store_path(data)))
    sign(f"Scoring {data or ', '.join(map(str, sources))} with the network of {parent.name}.")
    from idc_core.batch.unit import SlideUnit, Unit, parts_of
    from idc_core.cut.jobs import jobs
    from idc_core.score.score_store import refuse_other_patches, refuse_some_labels

    units: list[Unit]
    if store is not None:
        refuse_other_patches(parent, store)
        refuse_some_labels(store)
        units = [*parts_of(store)]
    else:
        found = jobs(sources, None, table, um=slide_um)
        units = [
            SlideUnit(each.slide, each.patient, each.file.absolute(), each.um) for each in found
        ]
    started = time.monotonic()
    with libraries_quiet(), progress() as show:

        def tell(done: int, total: int, unit: "Unit", outcome: "Scored | Refused") -> None:
            show("scoring", done, total)

        work, run_engine, kinds = _engine(engine, parent, out, workers, address, len(units), um)
        batch = score_all(units, work, run_engine, kinds, tell=tell)
    _tell(batch, work, len(units), time.monotonic() - started)
    if not batch.scored:
        raise typer.Exit(NONE_DONE)
    if store is None:
        made, replaced = as_run(batch, work, parent, out, sources)
    else:
        made, replaced = as_run_of_store(batch, work, parent, out, store)
    tell_replaced(replaced)
    say(f"Run: {made.path}")
    if batch.refused:
        raise typer.Exit(SOME_REFUSED)


def _refuse_words(
    sources: list[Path], out: Path, engine: Kind, address: str | None, data: str | None
) -> None:
    if bool(sources) == (data is not None):
        raise Refusal("expected slides, or a store with --data: say one of the two.")
    if out.suffix == ".csv" or out.is_file():
        raise Refusal(
            f"expected the folder of a new run: --out FOLDER, like models/night. Found {out}."
        )
    if address is not None and engine != "ray":
        raise Refusal("expected --address with --engine ray alone: local takes --workers.")


def _engine(
    engine: Kind,
    parent: "Run",
    out: Path,
    workers: int | None,
    address: str | None,
    units: int,
    um: float | None,
) -> tuple["Work", "Engine", frozenset[str]]:
    """What the workers do, who has them do it, and on which kinds of processors."""
    from dataclasses import replace
    from functools import partial

    from idc_core.batch.local import in_processes
    from idc_core.batch.parts import parts_folder
    from idc_core.batch.processor import has_gpu, kind_here
    from idc_core.batch.unit import ScoreSettings
    from idc_core.batch.work import Work
    from idc_core.io.files import sha256_of
    from idc_core.score.scoring import Scorer

    model = (parent.path / "model.onnx").absolute()
    Scorer(model).side  # noqa: B018 - refused before anything is read
    settings = ScoreSettings(_known_um(parent, um), parent.info.raster.codec)
    work = Work(parts_folder(out), model, sha256_of(model), settings)
    if engine == "ray":
        from idc_core.batch.on_ray import connected, on_cluster

        cluster = connected(address)
        many = workers or cluster.slots
        return (
            work,
            partial(on_cluster, cluster=cluster, workers=many, tell_left=say),
            cluster.kinds,
        )
    gpu = has_gpu()
    many = min(workers or os.cpu_count() or 1, units)
    kinds = frozenset({kind_here(gpu=gpu)})
    return replace(work, gpu=gpu), partial(in_processes, workers=many), kinds


def _known_um(parent: "Run", given: float | None) -> float:
    """µm per pixel of the patches that the network knows."""
    known = parent.info.raster.um_per_px
    if known is not None and given not in (None, known):
        raise Refusal(
            f"expected no --um: {parent.name} knows patches of {known:g} µm per pixel. Found "
            f"{given:g}."
        )
    um = known or given
    if not um or um < 0:
        raise Refusal(
            f"expected a run that knows how many µm a pixel of its patches is: {parent.name} does "
            "not say. Say it: --um (about 4 for the public patches of IDC, as remembered)."
        )
    return um


def _tell(batch: "Batch", work: "Work", units: int, seconds: float) -> None:
    from idc_core.batch.batch import REFUSED

    for each in batch.refused[:20]:
        say(f"Not scored: {each.slide}: {each.why}")
    if batch.refused:
        say(f"{len(batch.refused):,} of {units:,} were refused: {work.folder / REFUSED}")
    before = f", {batch.before:,} of them before" if batch.before else ""
    say(
        f"{len(batch.scored):,} of {units:,} scored{before}: {batch.patches:,} patches, "
        f"{seconds:,.0f} s. Parts: {work.folder}"
    )
