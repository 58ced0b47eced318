"""`train` and `find-rate`: what is about to be done is said before TensorFlow is woken."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from idc_core.cli import train_options
from idc_core.cli.console import TRAIN, app, progress, say, sign
from idc_core.cli.quiet import libraries_quiet
from idc_core.cli.words import TRACKERS, RunName, WeightsFile
from idc_core.io.digits import counted
from idc_core.io.intervals import interval
from idc_core.io.names import (
    needed_run,
    needed_store,
    there_is_one,
)
from idc_core.io.paths import data_root, models_root, run_path, store_path
from idc_core.io.refusal import Refusal
from idc_core.train.config import AugmentConfig, TrainConfig, from_dict, options, to_dict
from idc_core.train.history.pace import duration, longest
from idc_core.train.pretrained import weights_file
from idc_core.train.recipes import recipe_for

if TYPE_CHECKING:
    from idc_core.data.stores.store import PatchStore
    from idc_core.records.run_info import RunInfo
    from idc_core.runs.run import Run


def train_command(context: typer.Context, **chosen: Any) -> None:
    """Train a network on a patch store; --resume goes on where a killed run stopped.

    --folds on a run that is there trains its folds only, with its settings. --final fits its
    recipe on all labelled patients, as the run RUN-final, which is judged on none of them.
    """
    run_folder = run_path(chosen.pop("run"))
    data, resume = chosen.pop("data"), chosen.pop("resume")
    folds, labels, final = chosen.pop("folds"), chosen.pop("labels"), chosen.pop("final")
    teacher, weights = chosen.pop("teacher"), chosen.pop("weights")
    recipe = chosen.pop("recipe")
    trackers = {name: place for name in TRACKERS if (place := chosen.pop(name)) is not None}
    there = (run_folder / "run.json").is_file()
    if final:
        _refuse_beside_final(context)
        _train_final(run_folder, None if data is None else store_path(data), weights)
        return
    resume = resume or bool(folds and there)  # folds belong to a run: with its settings
    augment_names = {option.name for option in options(AugmentConfig)}
    folder = None if data is None else store_path(data)
    named = {
        name: value
        for name, value in chosen.items()
        if context.get_parameter_source(name) is not None
        and context.get_parameter_source(name).name == "COMMANDLINE"  # type: ignore[union-attr]
    }
    if resume:
        from idc_core.records.run_info import read_info
        from idc_core.runs.fitted_on import refuse_going_on

        info = read_info(run_folder)
        refuse_going_on(info)
        if info.config is None:
            status = info.status or "unknown"
            raise Refusal(f"expected a run trained here in {run_folder}: it has status {status}.")
        saved = to_dict(from_dict(info.config))
        again = {} if recipe is None else recipe_for(chosen["network"], recipe).settings
        chosen = {**saved, **saved["augment"], **again, **named}
        chosen.pop("augment")
        folder = folder or _data_of(info)
    elif there:
        raise Refusal(there_is_one(run_folder))
    else:
        chosen |= {**recipe_for(chosen["network"], recipe).settings, **named}
        weights_file(chosen["network"], weights)  # before TensorFlow is waited for
    if folder is None:
        raise Refusal("expected --data NAME, a patch store in data/: none was given.")
    needed_store(folder)
    augment = {name: chosen.pop(name) for name in augment_names}
    config = TrainConfig(**chosen, augment=AugmentConfig(**augment))
    file = None if teacher is None else needed_run(run_path(teacher)) / "model.onnx"
    train(
        config,
        run_folder,
        folder,
        resume=resume,
        labels=labels,
        teacher=file,
        weights=weights,
        trackers=trackers,
    )
    if folds:
        _train_folds(config, run_folder, folder, folds, weights)


def _data_of(info: "RunInfo") -> Path | None:
    """The store a run was started on, by its data where it has got another name since."""
    from idc_core.records.manifest import stores_with

    same = stores_with(info.fingerprint, data_root())
    named = None if info.data_name is None else store_path(info.data_name)
    return named if named in same or not same else same[0]


def train(
    config: TrainConfig,
    run_folder: Path,
    folder: Path,
    *,
    resume: bool,
    labels: Path | None = None,
    teacher: Path | None = None,
    weights: Path | None = None,
    trackers: dict[str, str] | None = None,
) -> None:
    """Train into the folder `run_folder` on the store in `folder`, telling what is done."""
    for line in announced(config, run_folder, folder, resume=resume, distilled=teacher is not None):
        say(line)
    if labels is not None:
        from idc_core.runs.corrected_labels import read_labels

        for note in read_labels(labels).notes:
            say(f"Labels: {note}")
    with libraries_quiet(), progress() as show, signals_seen() as last_signal:
        from idc_core.data.stores.store import open_store
        from idc_core.nn.training import train as fit

        told = _told(show, "", config.frozen_epochs)
        done = fit(
            config,
            run_folder,
            open_store(folder),
            resume=resume,
            labels=labels,
            teacher=teacher,
            weights=weights,
            trackers=trackers,
            progress=told,
        )
        stopped_by = last_signal()
    if done.status == "interrupted":
        say(f"Interrupted. Resume with: python train_cli.py train --run {run_folder.name} --resume")
        raise typer.Exit(128 + stopped_by)
    _tell_reached(done)


def announced(
    config: TrainConfig, run_folder: Path, folder: Path, *, resume: bool, distilled: bool
) -> Iterator[str]:
    """What a training is about to do, in lines: from small files, before anything is loaded."""
    from idc_core.records.manifest import learns_from, read_manifest
    from idc_core.records.run_info import read_info

    if resume and read_info(run_folder).status == "finished":
        yield (
            f"{run_folder.name} is finished; checking its settings and data. Loading TensorFlow."
        )
        return
    manifest = read_manifest(folder)
    learns = (manifest.patches or {}).get("train", 0)
    verb = "Going on with" if resume else "Training"
    yield (
        f"{verb} {run_folder.name}: the network {config.network} on {folder.name}, "
        f"{learns_from(manifest, config.epochs)}."
    )
    expected = longest(config, models_root(), learns, distilled=distilled)
    yield (
        f"Expected time: {expected or 'not known until the first epoch is done'}. Loading "
        "TensorFlow."
    )


def _tell_reached(run: "Run") -> None:
    """Where the run is, how good it became, and what comes next."""
    say(f"Finished: {run.path}")
    splits = run.report().splits if (run.path / "report.json").is_file() else {}
    validation = splits.get("validation")
    auc = None if validation is None else validation.pooled["roc_auc"]
    if validation is not None and auc is not None and auc.value is not None:
        say(
            f"Validation ROC-AUC {interval(auc.value, auc.low, auc.high, _end)}, "
            f"{counted(validation.n_patients, 'patient')}; best epoch "
            f"{run.info.best_epoch} of {run.info.epochs}."
        )
    point = run.operating_point()
    if point is not None:
        say(
            f"Threshold {point.threshold:.4g} ({point.name}): sensitivity "
            f"{_end(point.sensitivity)}, specificity {_end(point.specificity)} there."
        )
    say(
        f"Next: make dashboard, and choose the run {run.name}; or "
        f"python train_cli.py report --run {run.name}"
    )


def _end(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "not known"


def _train_folds(
    config: TrainConfig, run_folder: Path, folder: Path, folds: int, weights: Path | None
) -> None:
    """One network per fold; finished ones are not touched."""
    say(f"Training {folds} folds of {run_folder.name}: one network each, with the run's settings.")
    from idc_core.runs.recipe import teacher_of
    from idc_core.runs.run import open_run

    if teacher_of(open_run(run_folder)) is not None:
        say("Each fold first trains a teacher of its own, on the fold's training patients only.")
    with libraries_quiet(), progress() as show, signals_seen() as last_signal:
        from idc_core.data.stores.store import open_store
        from idc_core.nn.cross_validation import train_folds

        told = [
            _told(show, f"fold {nth} of {folds}, ", config.frozen_epochs)
            for nth in range(1, folds + 1)
        ]
        done = train_folds(
            config,
            run_folder,
            open_store(folder),
            folds,
            weights=weights,
            progress=lambda fold, step: told[fold - 1](step),
        )
        stopped_by = last_signal()
    if not done:
        say(
            f"Interrupted. Resume with: python train_cli.py train --run {run_folder.name} --folds "
            f"{folds}"
        )
        raise typer.Exit(128 + stopped_by)
    say(f"Out-of-fold scores of every patch: {run_folder / 'out_of_fold.parquet'}")
    say(
        f"The run {run_folder.name}-folds judges the recipe by them. Showing it counts as a look "
        "at test, where the data has test patients."
    )


def _refuse_beside_final(context: typer.Context) -> None:
    """A final fit has the settings of its run: another one here would be no setting of it."""
    named = [
        name
        for name in context.params
        if name not in ("run", "data", "final", "weights")
        and context.get_parameter_source(name) is not None
        and context.get_parameter_source(name).name == "COMMANDLINE"  # type: ignore[union-attr]
    ]
    if named:
        option = f"--{named[0].replace('_', '-')}"
        raise Refusal(
            "expected --final with --run (and --data, --weights) only, for the recipe is that of "
            f"the run: found {option}. Train a run with it first, then fit that."
        )


def _train_final(run_folder: Path, folder: Path | None, weights: Path | None) -> None:
    """The recipe of a run, on all labelled patients of its data."""
    from idc_core.runs.recipe import recipe_of
    from idc_core.runs.run import open_run

    run = open_run(needed_run(run_folder))
    config = recipe_of(run)
    folder = folder or _data_of(run.info)
    if folder is None:
        raise Refusal("expected --data NAME, a patch store in data/: none was given.")
    needed_store(folder)
    say(
        f"Fitting the recipe of {run.name} on all labelled patients of {folder.name}, for the "
        f"{_epochs(run.info.best_epoch or 0)} that it chose. It is judged on none of them."
    )
    with libraries_quiet(), progress() as show, signals_seen() as last_signal:
        from idc_core.data.stores.store import open_store
        from idc_core.nn.final import train_final

        told = _told(show, "", config.frozen_epochs)
        done = train_final(run, open_store(folder), weights=weights, progress=told)
        stopped_by = last_signal()
    if done.status == "interrupted":
        say(f"Interrupted. Resume with: python train_cli.py train --run {run.name} --final")
        raise typer.Exit(128 + stopped_by)
    say(f"Finished: {done.path}")
    fitted = done.info.fitted_on
    if fitted is not None and fitted.judged_by is None:
        say(
            "Nothing says yet how good the recipe is on patients that no network saw: "
            f"python train_cli.py train --run {run.name} --folds 5"
        )


def _told(show: Callable[[str, int, int], None], before: str, frozen: int) -> Callable[[Any], None]:
    """Says where a training is; `before` says of which network. How long the rest takes is told
    once, by an epoch that trains all layers: the `frozen` ones take less."""
    speed, is_told = 0.0, False

    def tell(step: Any) -> None:
        nonlocal speed, is_told
        if step.stage == "train":
            speed = step.patches_per_second
            show(f"{before}epoch {step.epoch} of {step.epochs}", step.batch, step.batches)
        elif step.stage == "epoch":
            log, is_due = step.log, not is_told and step.epoch > frozen
            chooses = (
                f"validation loss {log['val_loss']:.4f}, validation AUC {log['val_auc']:.4f}, "
                if "val_loss" in log
                else ""
            )
            say(
                f"{before}epoch {step.epoch}: loss {log['loss']:.4f}, {chooses}"
                f"{speed:,.0f} patches/s{_left(step) if is_due else ''}"
            )
            is_told = is_told or is_due
        elif step.stage in _LAST:
            show(f"{before}{_LAST[step.stage]}", 0, 0)

    return tell


_LAST = {"export": "writing the network", "score": "scoring all patches", "evaluate": "judging"}


def _left(step: Any) -> str:
    """How long the other epochs take at most, as this one took."""
    seconds, left = step.log.get("seconds"), step.epochs - step.epoch
    if not isinstance(seconds, int | float) or left <= 0:
        return ""
    return f"; at most {duration(seconds * left)} for {_epochs(left)} more"


def _epochs(count: int) -> str:
    return f"{count:,} epoch{'s' * (count != 1)}"


@contextmanager
def signals_seen() -> Iterator[Callable[[], int]]:
    """A function that gives the last signal's number: a training treats all alike, shells do not.

    Python writes the number of each signal it handles into the socket.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

        def last() -> int:
            try:
                return reader.recv(4096)[-1]
            except BlockingIOError:
                return signal.SIGINT

        try:
            yield last
        finally:
            signal.set_wakeup_fd(before)


train_options.add_to(app, train_command, TRAIN)


@app.command(rich_help_panel=TRAIN)
def find_rate(run: RunName, weights: WeightsFile = None) -> None:
    """Try growing learning rates for some steps with a run's network, data and settings.

    The dashboard draws them on the page Training; the run itself is left as it is.
    """
    folder = needed_run(run_path(run))
    sign(f"Trying learning rates for {folder.name}. Loading TensorFlow.")
    from idc_core.runs.data import needed_store as with_pixels
    from idc_core.runs.run import open_run

    opened = open_run(folder)
    if "epochs" not in (opened.info.config or {}):
        raise Refusal(f"expected a run trained here: {opened.name} has status {opened.status}.")
    store = with_pixels(opened)
    _try_rates(opened, store, weights)


def _try_rates(run: "Run", store: "PatchStore", weights: Path | None) -> None:
    with libraries_quiet(), progress() as show:
        from idc_core.nn.rate_finder import find_rate as try_rates
        from idc_core.nn.rate_finder import write_rates

        table = try_rates(
            from_dict(run.info.config or {}),
            store,
            weights=weights,
            progress=lambda done, of: show("trying rates", done, of),
        )
        write_rates(run.path, table)
    from idc_core.train.history.rates import NoAdvice, suggest

    found = suggest(table["rate"], table["loss"])
    if isinstance(found, NoAdvice):
        say(found.reason)
    else:
        say(
            f"Lowest loss at a learning rate of {found.lowest:.1e}: try {found.rate:.1e}"
            + (
                "."
                if found.diverges
                else "; the loss had not risen again, so a higher rate may work as well."
            )
        )
