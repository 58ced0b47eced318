"""Bring in a network that somebody else trained; it is read in a child with limits.

What a model file may do is bounded, not trusted: the child has a limit of memory, time and file
size, no network where the system allows that, an empty home; Keras's safe mode refuses code inside
a file, and of ONNX no operators but its own are taken.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from idc_core.data.known_labels import is_known
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import threshold_tables
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import confined, record
from idc_core.io.files import read_json, sha256_of, write_parquet, write_with
from idc_core.io.paths import models_root
from idc_core.io.provenance import now, versions
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster
from idc_core.records.run_info import (
    FILE,
    Data,
    ModelSource,
    RunInfo,
    info_if_whole,
    new_id,
    read_info,
)
from idc_core.runs import fitted_on
from idc_core.runs.run import PREDICTION_COLUMNS, Run, open_run
from idc_core.runs.score_parts import known_by
from idc_core.runs.writer import building, extending
from idc_core.score.foreign import kinds, ranking
from idc_core.score.foreign.reading import Reading, reading_of
from idc_core.score.scoring import Scorer

MOST_SECONDS = 600

KEPT = ("model.keras", "model.onnx")
"""What the child leaves; of a network that came as ONNX there is no `model.keras`."""

MODULES = {"keras": "idc_core.nn.foreign", "onnx": "idc_core.score.foreign.onnx_child"}
"""Who reads a kind of file."""

TRIED = 32
"""Patches of a store that answers are compared on, beside noise."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The run, in sentences what was done to the network, where an old run went, and how well it
    and other readings of its pixels fit a labelled store."""

    run: Run
    said: tuple[str, ...]
    replaced: Path | None = None
    ranked: ranking.Ranking | None = None


def import_model(
    source: Path,
    run_folder: Path,
    *,
    pixels: str = "0-255",
    idc_class: int = 1,
    channels: str | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    answers: str = "auto",
    output: str | None = None,
    architecture: Path | None = None,
    store: PatchStore | None = None,
    overwrite: bool = False,
    seconds: int = MOST_SECONDS,
    progress: Callable[[str, int, int], None] | None = None,
) -> Imported:
    """Put a network into the run folder `run`, new or of imported predictions.

    `pixels`, `channels`, `mean`, `std`, `idc_class`, `answers` and `output` declare how it is read
    (`idc_core.score.foreign.reading`); `architecture` is its description where `source` holds
    weights alone. With a `store` its patches are scored and judged, and other readings are tried
    on what is labelled outside the test split: told, never chosen. Raises `Refusal` where the file
    is no such network, or the run has one already; nothing is written then.
    """
    reading = reading_of(
        pixels,
        channels=channels,
        mean=mean,
        std=std,
        idc_class=idc_class,
        answers=answers,
        output=output,
    )
    _refuse_run(run_folder, overwrite=overwrite, store=store)
    kind = kinds.kind_of(source)
    if architecture is not None:
        _refuse_architecture(architecture, kind)
    tell = progress or (lambda what, done, of: None)
    tell("read the model", 0, 0)
    with tempfile.TemporaryDirectory(prefix="idc_model_") as name:
        folder = Path(name)
        orders = _orders(reading, architecture, folder, store)
        orders["px"] = _raster_of(run_folder, store).patch_px
        found = _in_child(source, folder, MODULES[kind], orders, seconds)
        score = ranked = None
        final = fitted_on.with_network(sha256_of(source), models_root())
        if store is not None:
            scorer = Scorer(folder / "model.onnx")
            score = scorer.score(store.patches, progress=lambda done, of: tell("score", done, of))
            # Of a final fit the labels would only rank what it memorised.
            ranked = None if final is not None else ranking.ranked(scorer, store, reading)
        if store is None and known_by(run_folder).is_file():
            with extending(run_folder) as part:
                _enter(part, folder)
                _info(part, source, found, reading, None, None, final)
            return Imported(open_run(run_folder), tuple(found["said"]))
        with building(run_folder) as made:
            _enter(made.folder, folder)
            done = _info(made.folder, source, found, reading, store, ranked, final)
            if store is not None:
                table = store.index.assign(score=score)[list(PREDICTION_COLUMNS)]
                table = fitted_on.without_labels(table, fitted_on.patients(done.path, done.info))
                write_parquet(made.folder / "predictions.parquet", table)
                if is_known(table["label"]).any() or final is None:
                    write_evaluation(done)
                    threshold_tables.keep(done)
                else:
                    record.write(made.folder / FILE, record.replace(done.info, labels=False))
    return Imported(open_run(run_folder), tuple(found["said"]), made.replaced, ranked)


def _refuse_architecture(architecture: Path, kind: str) -> None:
    if kind != "keras" or not architecture.is_file():
        raise Refusal(
            f"expected the description of a Keras network, as model.to_json() makes it, with "
            f"weights in an .h5 file: {architecture} "
            + ("is no file." if kind == "keras" else "is given beside an ONNX file.")
        )


def _orders(
    reading: Reading, architecture: Path | None, folder: Path, store: PatchStore | None
) -> dict[str, Any]:
    """What the child is to do; the patches to compare answers on are laid into its folder."""
    orders: dict[str, Any] = {"reading": reading.record()}
    if architecture is not None:
        orders["architecture"] = str(architecture.resolve())
    if store is not None and len(store.index):
        rows = np.unique(np.linspace(0, len(store.index) - 1, TRIED).astype(int))
        np.save(folder / "patches.npy", np.asarray(store.patches[rows]))
        orders["patches"] = str(folder / "patches.npy")
    return orders


def _raster_of(run_folder: Path, store: PatchStore | None) -> Raster:
    """How the patches were cut that the network is to take: those of the store, else of the run."""
    if store is not None:
        return store.raster
    known = info_if_whole(run_folder)
    return USUAL if known is None else known.raster


def _refuse_run(run_folder: Path, *, overwrite: bool, store: PatchStore | None) -> None:
    if not (run_folder / "run.json").is_file():
        return
    if (run_folder / "model.onnx").is_file() and not overwrite:
        raise Refusal(
            f"expected a run without a network: {run_folder.name} has one. Choose another name, or "
            "replace it with --overwrite."
        )
    if not overwrite and store is not None and known_by(run_folder).is_file():
        raise Refusal(
            f"expected a run without predictions to score {store.name} for: {run_folder.name} has "
            "some. Leave --data out to add the network to them, or replace all with --overwrite."
        )
    if store is None and known_by(run_folder).is_file() and _scored_here(run_folder):
        raise Refusal(
            f"expected --data NAME: the predictions of {run_folder.name} were made by the network "
            "that would go, and must be made again. Or choose another name."
        )


def _scored_here(run_folder: Path) -> bool:
    """Whether the run's own network made its predictions, so that another cannot go with them."""
    return (run_folder / "model.onnx").is_file() and open_run(run_folder).info.source is None


def _in_child(
    source: Path, folder: Path, module: str, orders: dict[str, Any], seconds: int
) -> dict[str, Any]:
    arguments = [str(source.resolve()), str(folder), json.dumps(orders)]
    ended = confined.run(module, arguments, folder, seconds)
    if ended is None:
        raise Refusal(f"expected {source.name} to be read within {seconds} seconds: it was not.")
    answer = folder / "answer.json"
    if not answer.is_file():
        raise Refusal(
            f"expected a network in {source.name}: reading it ended without an answer (exit "
            f"{ended}), as it does where a model asks for more than "
            f"{confined.MOST_MEMORY // 1024**3} GiB."
        )
    found: dict[str, Any] = read_json(answer)
    if "sentence" in found:
        raise Refusal(str(found["sentence"]))
    return found


def _enter(run_folder: Path, folder: Path) -> None:
    """Copy the network in; one that lay there goes whole."""
    for name in KEPT:
        (run_folder / name).unlink(missing_ok=True)
        if (folder / name).is_file():
            with (folder / name).open("rb") as given:
                _copy(given, run_folder / name)


def _copy(source: BinaryIO, target: Path) -> None:
    """Copy an open file, whole or not at all."""
    write_with(target, lambda file: shutil.copyfileobj(source, file))


def _info(
    run_folder: Path,
    source: Path,
    found: dict[str, Any],
    reading: Reading,
    store: PatchStore | None,
    ranked: ranking.Ranking | None,
    final: Path | None,
) -> Run:
    model = ModelSource(
        file=source.name,
        sha256=sha256_of(source),
        kind=found["kind"],
        pixels=reading.pixels,
        channels=reading.channels,
        mean=list(reading.mean),
        std=list(reading.std),
        idc_class=reading.idc_class,
        answers=reading.answers,
        output=reading.output,
        said=found["said"],
        network_off=bool(confined.no_network()),
        declared_max_difference=found["declared_max_difference"],
        imported=now(),
        readings=None if ranked is None else ranked.record(),
    )
    there = (run_folder / FILE).is_file()
    before = read_info(run_folder) if there else _fresh(ranked)
    info = record.replace(
        before,
        network=found["network"],
        parameters=found["parameters"],
        model_source=model,
        onnx_max_difference=found["onnx_max_difference"],
        versions={**versions()},
        data=before.data if store is None else _data(store),
        raster=before.raster if store is None else store.raster,
    )
    if final is not None:
        info = fitted_on.inherited(final, info, run_folder)
    record.write(run_folder / FILE, info)
    return Run(run_folder, info)


def _fresh(ranked: ranking.Ranking | None) -> RunInfo:
    return RunInfo(
        id=new_id(),
        status="imported",
        trained_on="not known: this network was imported",
        started=now(),
        warnings=[ranked.conclusion()] if ranked is not None and ranked.is_wrong else [],
    )


def _data(store: PatchStore) -> Data:
    by_split = store.index.groupby("split")
    return Data(
        name=store.name,
        fingerprint=store.fingerprint,
        patches={str(k): int(v) for k, v in by_split.size().items()},
        patients={str(k): int(v) for k, v in by_split["patient"].nunique().items()},
    )
