"""`train`: settings and a patch store in, a finished run folder out.

A run can be killed at any moment and resumed: with `deterministic` on, its history and its weights
are then those of a run that was never killed.
"""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import threshold_tables
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import provenance, record
from idc_core.io.files import sha256_of, sync_folder, write_parquet
from idc_core.io.lock import only_one
from idc_core.io.names import there_is_one
from idc_core.io.progress import Progress, followed, forget_stop, is_asked_to_stop
from idc_core.io.refusal import Refusal
from idc_core.nn.checkpoint import assign, has_checkpoint, read_checkpoint, write_checkpoint
from idc_core.nn.export import export_onnx
from idc_core.nn.hardware import Hardware, find_hardware
from idc_core.nn.journal import append_events, append_history
from idc_core.nn.loop import Loop
from idc_core.nn.memory import enough_memory
from idc_core.nn.models import built
from idc_core.nn.pretrained import fill
from idc_core.records.history import Event
from idc_core.records.run_info import (
    FILE,
    CorrectedLabels,
    Data,
    Pretrained,
    RunInfo,
    Teacher,
    new_id,
)
from idc_core.runs import corrected_labels as corrected
from idc_core.runs import fitted_on, seal
from idc_core.runs.run import Run, open_run, prediction_columns
from idc_core.runs.trackers import Trackers
from idc_core.score.scoring import Scorer
from idc_core.train import tracked_patches
from idc_core.train.batches import Batches
from idc_core.train.config import TrainConfig, differences, from_dict, to_dict
from idc_core.train.fitness import SPLITS, refuse_unfit
from idc_core.train.pretrained import facts as pretrained_facts
from idc_core.train.pretrained import weights_file
from idc_core.train.soft_targets import TargetRule

Fill = Callable[[keras.Model], None]
"""Gives a network the weights that it begins with."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A final fit: on all patches of the training split, without validation, for as many `epochs`
    as the run `of` chose; `judged_by` names the run that judges the recipe out of fold."""

    epochs: int
    of: str
    judged_by: str | None = None


def train(
    config: TrainConfig,
    run_folder: Path,
    store: PatchStore,
    *,
    resume: bool = False,
    labels: Path | None = None,
    teacher: Path | None = None,
    weights: Path | None = None,
    trackers: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    fixed: Fixed | None = None,
) -> Run:
    """Train into the folder `run` and return the run.

    `labels`: a corrected label table (`labels.py`) to learn from and to choose the epoch by;
    predictions keep the labels of the store, and the report shows both. `teacher`: a network
    (`model.onnx` of a run) whose scores are learnt instead of the labels, or beside them (`trust`).
    `weights`: the file that a pretrained network begins with, in place of that of its package.
    `trackers`: folder or address of those that get the numbers as well (`tracking.MAKERS`).
    `fixed`: a final fit, which cannot be judged on what it learnt from.

    Its status is "finished", or "interrupted" after SIGINT or SIGTERM, which let the batch end and
    a checkpoint be written. Raises `Refusal` if a run is there already (without `resume`), if it
    was started with other settings or data, if another process trains it, or if the split will not
    do.
    """
    tell, sent = followed(run_folder, progress or _silent), Trackers(run_folder, trackers or {})
    refuse_unfit(config, store, ("train",) if fixed else SPLITS)
    old = _same_run(config, open_run(run_folder), store) if resume else None
    if resume and labels is not None:
        corrected.refuse_others(run_folder, labels)
    if not resume:
        _refuse_run(run_folder)
    if old is not None and old.status == "finished":
        _tidied(run_folder)
        return old
    if old is not None and fixed is None:
        fitted_on.refuse_going_on(old.info)
    with only_one(run_folder / "checkpoint" / "lock", "training"), enough_memory(run_folder):
        _remove_unfinished(run_folder)
        learned, facts = _learned(run_folder, store, labels, resume=resume)
        target_rule, taught = _soft_targets(config, run_folder, store, teacher, old)
        begins, began_with = _weights(config.network, run_folder, weights, old)
        info = old.info if old is not None else _new_info(config, store, facts, taught)
        if fixed is not None and old is None:
            info = _fitted(info, run_folder, store, fixed)
        info = record.replace(info, pretrained=began_with)
        loop, hardware = _prepare(config, learned, target_rule, tell, begins, fixed)
        seal.remove(run_folder)  # written to all the time from here on, and sealed at the end
        _save(run_folder, record.replace(info, status="training"))
        info = record.replace(info, hardware=hardware.facts())
        if fixed is None:
            tracked_patches.save_patches(run_folder, learned.index, loop.validation)
        _enter(loop, run_folder, info, resume=resume)
        if _train(loop, run_folder, sent):
            done = _finish(loop, run_folder, info, store, tell)
        else:
            done = _save(run_folder, record.replace(_reached(info, loop), status="interrupted"))
        sent.close()
        seal.write(run_folder)
        if done.status == "finished":  # the last that is done: `_tidied` sees that it was not
            shutil.rmtree(run_folder / "checkpoint", ignore_errors=True)
        return done


def _tidied(run_folder: Path) -> None:
    """Do what a kill kept from being done after the run was finished."""
    if not (run_folder / "checkpoint").is_dir():
        return
    with only_one(run_folder / "checkpoint" / "lock", "training"):
        _remove_unfinished(run_folder)
        seal.write(run_folder)
    shutil.rmtree(run_folder / "checkpoint", ignore_errors=True)


def _remove_unfinished(run_folder: Path) -> None:
    """Remove what a kill left half-written: only we write here."""
    for folder in (run_folder, run_folder / "checkpoint"):
        for left in folder.glob(".*.part"):
            left.unlink(missing_ok=True)
    for left in run_folder.glob(".model.*"):
        shutil.rmtree(left, ignore_errors=True)


def _learned(
    run_folder: Path, store: PatchStore, labels: Path | None, *, resume: bool
) -> tuple[PatchStore, CorrectedLabels | None]:
    """The store with the labels to learn from, and what `run.json` says of them.

    They are copied into the run, so that a resumed run learns from the same.
    """
    file = run_folder / corrected.FILE
    if not resume and labels is not None:
        table = corrected.save(run_folder, labels, store.index)
    elif resume and file.is_file():
        table = corrected.read_labels(file)
    else:
        return store, None
    learned, changed = corrected.relabelled(store.index, table)
    return replace(store, index=store.index.assign(label=learned)), table.facts(changed)


def _silent(progress: Progress) -> None:
    pass


def _refuse_run(run_folder: Path) -> None:
    if (run_folder / "run.json").exists():
        raise Refusal(there_is_one(run_folder))


def _new_info(
    config: TrainConfig, store: PatchStore, labels: CorrectedLabels | None, teacher: Teacher | None
) -> RunInfo:
    """The first content of `run.json`."""
    data = _data(store)
    return RunInfo(
        id=new_id(),
        status="training",
        labels=labels,
        network=config.network,
        config=to_dict(config),
        seed=config.seed,
        data=data,
        monitor=config.monitor,
        versions={**provenance.versions()},
        commit=provenance.commit(),
        machine=provenance.machine(),
        started=provenance.now(),
        trained_on=(
            f"the training split of “{store.name}”: {data.patches['train']:,} patches "
            f"of {data.patients['train']} patients"
        ),
        raster=store.raster,
        teacher=teacher,
    )


def _fitted(info: RunInfo, run_folder: Path, store: PatchStore, fixed: Fixed) -> RunInfo:
    """The same of a final fit, with the list of the patients that it cannot be judged on."""
    learnt = store.index[store.index["split"] == "train"]
    run_folder.mkdir(parents=True, exist_ok=True)
    facts = fitted_on.write(
        run_folder,
        learnt,
        copies=fitted_on.copies_of(store, learnt),
        run=fixed.of,
        judged_by=fixed.judged_by,
    )
    said = (
        f"all labelled patients of “{store.name}”: {facts.patches:,} patches of {facts.patients:,} "
        f"patients, for the {fixed.epochs} epochs that {fixed.of} chose"
    )
    return record.replace(info, fitted_on=facts, trained_on=said)


def _same_run(config: TrainConfig, old: Run, store: PatchStore) -> Run:
    """The run itself, if it was started as we are asked to go on."""
    if old.info.config is None:
        raise Refusal(f"expected a run trained here in {old.path}: it has status {old.status}.")
    changed = differences(from_dict(old.info.config), config)
    if changed:
        raise Refusal(
            f"expected the settings that {old.name} was started with: {', '.join(changed)}. "
            "Resume with the old settings, or train under another name."
        )
    data = old.info.data or Data()
    if data.fingerprint != store.fingerprint:
        raise Refusal(
            f"expected the data that {old.name} was started with ({data.name}, fingerprint "
            f"{str(data.fingerprint)[:12]}): found {store.name}, {store.fingerprint[:12]}."
        )
    return old


def _data(store: PatchStore) -> Data:
    by_split = store.index.groupby("split")["patient"]
    return Data(
        name=store.name,
        fingerprint=store.fingerprint,
        patches={str(name): int(n) for name, n in by_split.size().items()},
        patients={str(name): int(n) for name, n in by_split.nunique().items()},
        synthetic=store.manifest.is_synthetic or None,
    )


def _soft_targets(
    config: TrainConfig,
    run_folder: Path,
    store: PatchStore,
    teacher: Path | None,
    old: Run | None,
) -> tuple[TargetRule, Teacher | None]:
    """What is learnt from whom, and what `run.json` says of it; a resumed run keeps its teacher."""
    known = None if old is None else old.info.teacher
    file = run_folder.parent / str(known.file) if known and teacher is None else teacher
    if file is None:
        return TargetRule(config.label_smoothing, config.mixup), None
    scorer, side = Scorer(file), store.raster.patch_px
    if scorer.side != side:
        raise Refusal(
            f"expected a teacher for patches of {side} px, as those of {store.name}: {file} takes "
            f"{scorer.side}. Name one that was trained on patches of that size."
        )
    beside = os.path.relpath(file, run_folder.parent)  # so that both can be moved together
    facts = Teacher(file=beside, sha256=sha256_of(file))
    if old is not None and (known or Teacher()).sha256 != facts.sha256:
        begun = None if known is None else record.fields(known)
        raise Refusal(
            f"expected the teacher that {old.name} was started with ({begun}): found {file}. "
            "Resume with that file, or train under another name."
        )
    target_rule = TargetRule(config.label_smoothing, config.mixup, scorer.score, config.trust)
    return target_rule, facts


def _weights(
    network: str, run_folder: Path, given: Path | None, old: Run | None
) -> tuple[Fill | None, Pretrained | None]:
    """What gives a network its pretrained weights, and what `run.json` says of them.

    A run with a checkpoint has them there, whatever became of the file.
    """
    known = None if old is None else old.info.pretrained
    if known is not None and has_checkpoint(run_folder):
        return None, known
    file = weights_file(network, given)
    facts = pretrained_facts(network, file, from_package=given is None)
    if known is not None and known != facts:
        raise Refusal(
            f"expected the pretrained weights that {run_folder.name} was started with "
            f"({known.file}, digest {str(known.sha256)[:12]}): found {file}. Resume with that file "
            "(--weights FILE), or train under another name."
        )
    return (None if facts is None else partial(fill, name=network, file=file)), facts


def _prepare(
    config: TrainConfig,
    store: PatchStore,
    target_rule: TargetRule,
    tell: Callable[[Progress], None],
    begins: Fill | None = None,
    fixed: Fixed | None = None,
) -> tuple[Loop, Hardware]:
    keras.utils.set_random_seed(config.seed)
    if config.deterministic and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    split = store.index["split"].to_numpy()
    batches = Batches(
        patches=store.patches,
        labels=store.index["label"].to_numpy(np.int8),
        rows=np.flatnonzero(split == "train"),
        batch_size=config.batch_size,
        config=config.augment,
        seed=config.seed,
        target_rule=target_rule,
    )
    hardware = find_hardware(config.devices, batches.size)
    with hardware.scope():
        model = built(config.network, store.raster.patch_px, config.input_size)
        if begins is not None:
            begins(model)
    validation = np.flatnonzero(split == "validation")
    stop_after = None if fixed is None else fixed.epochs
    loop = Loop(model, config, batches, validation, tell, hardware, stop_after=stop_after)
    return loop, hardware


def _enter(loop: Loop, run_folder: Path, info: RunInfo, *, resume: bool) -> None:
    """Go to the checkpoint, and log what the kill kept from being logged."""
    checkpoint = read_checkpoint(run_folder) if resume else None
    if checkpoint is not None:
        loop.restore(checkpoint)
        _log(loop, run_folder)
    if resume:
        commit = provenance.commit()
        other = None if commit == info.commit else commit
        event = Event(epoch=loop.epoch, kind="resume", batch=loop.batch, commit=other)
        append_events(run_folder, [event])


def _log(loop: Loop, run_folder: Path) -> None:
    if loop.batch == 0 and loop.epoch:
        append_history(run_folder, loop.log)
        append_events(run_folder, loop.events)
        if not len(loop.validation):
            return
        scores = loop.validation_scores[tracked_patches.thinned(len(loop.validation))]
        tracked_patches.append_scores(run_folder, loop.epoch, scores)


def _train(loop: Loop, run_folder: Path, trackers: Trackers) -> bool:
    """Run the loop with checkpoints; False if a signal ended it, or a request (`following.py`)."""
    forget_stop(run_folder)
    with _signals() as asked_to_stop:
        for _ in loop.run():
            every = loop.config.checkpoint_batches
            due = loop.batch == 0 or (every and loop.batch % every == 0)
            stops = asked_to_stop.is_set() or is_asked_to_stop(run_folder)
            if due or stops:
                write_checkpoint(run_folder, loop.checkpoint())
                _log(loop, run_folder)
                trackers.update()
            if stops and not loop.finished:
                asked_by = "a signal" if asked_to_stop.is_set() else "somebody who follows it"
                event = Event(epoch=loop.epoch, kind="stop", batch=loop.batch, by=asked_by)
                append_events(run_folder, [event])
                forget_stop(run_folder)
                return False
    return True


@contextmanager
def _signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, in place of ending the process."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: asked.set()) for number in numbers]
    try:
        yield asked
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _finish(
    loop: Loop, run_folder: Path, info: RunInfo, store: PatchStore, tell: Callable[[Progress], None]
) -> Run:
    """From the best weights to the report."""
    assign(loop.model.weights, loop.best_weights)
    append_events(run_folder, [Event(epoch=loop.best.epoch, kind="restored")])
    tell(Progress("export"))
    keras.config.set_dtype_policy("float32")  # it is scored in full precision everywhere
    plain = built(loop.config.network, store.raster.patch_px, loop.config.input_size)
    plain.set_weights(loop.model.get_weights())
    _save_network(plain, run_folder / "model.keras")
    reason = "early stop" if loop.early.stopped else "all epochs done"
    if info.fitted_on is not None:
        reason = f"as many epochs as {info.fitted_on.run} chose"
    done = _save(run_folder, record.replace(_reached(info, loop), stop_reason=reason))
    return complete(done, store, progress=tell)


def complete(
    run: Run, store: PatchStore, *, progress: Callable[[Progress], None] | None = None
) -> Run:
    """From a run's `model.keras` to its ONNX file, predictions and report; it is then finished."""
    tell = progress or _silent
    if run.info.fitted_on is not None:
        return _complete_final(run, store)
    scored = run if _is_judged(run) else _scored(run, store, tell)
    tell(Progress("evaluate"))
    write_evaluation(scored)
    threshold_tables.keep(scored)
    return _save(run.path, record.replace(scored.info, status="finished"))


def _is_judged(run: Run) -> bool:
    """Whether a kill came after the operating point was chosen, on the files that lie there: an
    export of the same weights has other bytes, and the ledger would speak of another network."""
    point = run.operating_point()
    network, scores = run.path / "model.onnx", run.path / "predictions.parquet"
    return (
        point is not None
        and network.is_file()
        and scores.is_file()
        and (point.model, point.predictions) == (sha256_of(network), sha256_of(scores))
    )


def _scored(run: Run, store: PatchStore, tell: Callable[[Progress], None]) -> Run:
    """From a run's `model.keras` to its ONNX file and predictions."""
    model = keras.saving.load_model(run.path / "model.keras", compile=False)
    difference = export_onnx(model, run.path / "model.onnx")
    tell(Progress("score"))
    started = time.monotonic()
    score = Scorer(run.path / "model.onnx").score(store.patches)
    speed = round(len(score) / (time.monotonic() - started), 1)
    write_parquet(run.path / "predictions.parquet", _predictions(store.index, score))
    figures = record.replace(run.info, onnx_max_difference=difference, scored_per_second=speed)
    return _save(run.path, figures)


def _complete_final(run: Run, store: PatchStore) -> Run:
    """Of a final fit only patches that it did not learn from are scored, and judged if they have
    labels."""
    model = keras.saving.load_model(run.path / "model.keras", compile=False)
    difference = export_onnx(model, run.path / "model.onnx")
    info = record.replace(run.info, onnx_max_difference=difference)
    seen = store.index["patient"].astype(str).isin(fitted_on.patients(run.path, info))
    rest = np.flatnonzero(~seen.to_numpy())
    index = store.index.iloc[rest]
    labelled = bool(is_known(index["label"]).any())
    if len(rest):
        score = Scorer(run.path / "model.onnx").score(store.patches[rest])
        write_parquet(run.path / "predictions.parquet", _predictions(index, score))
    scored = _save(run.path, record.replace(info, labels=info.labels if labelled else False))
    if labelled:
        write_evaluation(scored)
        threshold_tables.keep(scored)
    return _save(run.path, record.replace(scored.info, status="finished"))


def _reached(info: RunInfo, loop: Loop) -> RunInfo:
    trained = loop.epoch * len(loop.batches) * loop.batches.size
    return record.replace(
        info,
        wall_seconds=round(loop.wall + loop.epoch_seconds, 1),
        waited_for_input_seconds=round(loop.waited, 2),
        epochs=loop.epoch,
        best_epoch=loop.best.epoch,
        best_value=loop.best.value,
        parameters=int(loop.model.count_params()),
        trained_per_second=round(trained / loop.wall, 1) if loop.wall else None,
    )


def _predictions(index: pd.DataFrame, score: npt.NDArray[np.float64]) -> pd.DataFrame:
    return index.assign(score=score)[prediction_columns(index)]


def _save_network(model: keras.Model, path: Path) -> None:
    """Written beside its name (uncompiled, so without optimizer state), then renamed."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".model.") as folder:
        temporary = Path(folder) / path.name
        model.save(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    sync_folder(path.parent)


def _save(run_folder: Path, info: RunInfo) -> Run:
    record.write(run_folder / FILE, info)
    return Run(run_folder, info)
