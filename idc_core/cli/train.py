"""`train` and `find-rate`: one option a setting, generated from the frozen settings."""

import inspect
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from idc_core.cli.console import app, progress, say
from idc_core.cli.words import TRACKERS, LabelsFile, RunName
from idc_core.config import AugmentConfig, Option, TrainConfig, from_dict, options, to_dict
from idc_core.history.rates import NoAdvice, suggest
from idc_core.places import run_path, store_path
from idc_core.refusal import Refusal
from idc_core.run_data import needed_store
from idc_core.runs import open_run
from idc_core.store import PatchStore, open_store


def train_command(context: typer.Context, **chosen: Any) -> None:
    """Train a network on a patch store; --resume goes on where a killed run stopped.

    --folds on a run that is there trains its folds only, with its settings.
    """
    run = run_path(chosen.pop("run"))
    data, resume = chosen.pop("data"), chosen.pop("resume")
    folds, labels = chosen.pop("folds"), chosen.pop("labels")
    teacher = chosen.pop("teacher")
    trackers = {name: place for name in TRACKERS if (place := chosen.pop(name)) is not None}
    begun = folds and (run / "run.json").is_file()
    resume = resume or begun  # folds belong to a run: with its settings, once it is there
    augment_names = {option.name for option in options(AugmentConfig)}
    if resume:
        named = {
            name: value
            for name, value in chosen.items()
            if context.get_parameter_source(name) is not None
            and context.get_parameter_source(name).name == "COMMANDLINE"  # type: ignore[union-attr]
        }
        info = open_run(run).info
        saved = to_dict(from_dict(info.get("config", {})))
        chosen = {**saved, **saved["augment"], **named}
        chosen.pop("augment")
        data = data or info.get("data", {}).get("name")
    if data is None:
        raise Refusal("expected --data NAME, a patch store in data/: none was named.")
    augment = {name: chosen.pop(name) for name in augment_names}
    config = TrainConfig(**chosen, augment=AugmentConfig(**augment))
    store = open_store(store_path(data))
    file = None if teacher is None else run_path(teacher) / "model.onnx"
    train(config, run, store, resume=resume, labels=labels, teacher=file, trackers=trackers)
    if folds:
        _train_folds(config, run, store, folds)


def train(
    config: TrainConfig,
    run: Path,
    store: PatchStore,
    *,
    resume: bool,
    labels: Path | None = None,
    teacher: Path | None = None,
    trackers: dict[str, str] | None = None,
) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from idc_core.nn.training import train as fit

    with progress() as show, signals_seen() as last_signal:
        told = _told(show, "")
        done = fit(
            config, run, store, resume=resume, labels=labels, teacher=teacher, trackers=trackers,
            progress=told,
        )  # fmt: skip
        stopped_by = last_signal()
    if done.status == "interrupted":
        say(f"Interrupted. Go on with: python train_cli.py train --run {run.name} --resume")
        raise typer.Exit(128 + stopped_by)
    say(f"Finished: {run}")


def _train_folds(config: TrainConfig, run: Path, store: PatchStore, folds: int) -> None:
    """One network a fold; what is finished is left alone."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from idc_core.nn.folds import train_folds

    with progress() as show, signals_seen() as last_signal:
        told = [_told(show, f"fold {nth} of {folds}, ") for nth in range(1, folds + 1)]
        done = train_folds(
            config, run, store, folds,
            progress=lambda fold, step: told[fold - 1](step),
        )  # fmt: skip
        stopped_by = last_signal()
    if not done:
        say(f"Interrupted. Go on: python train_cli.py train --run {run.name} --folds {folds}")
        raise typer.Exit(128 + stopped_by)
    say(f"Out-of-fold scores of every patch: {run / 'out_of_fold.parquet'}")


def _told(show: Callable[[str, int, int], None], before: str) -> Callable[[Any], None]:
    """Says where a training is; `before` says of which network."""
    speed = 0.0

    def tell(step: Any) -> None:
        nonlocal speed
        if step.stage == "train":
            speed = step.patches_per_second
            show(f"{before}epoch {step.epoch} of {step.epochs}", step.batch, step.batches)
        elif step.stage == "epoch":
            log = step.log
            say(
                f"{before}epoch {step.epoch}: loss {log['loss']:.4f}, validation loss "
                f"{log['val_loss']:.4f}, validation AUC {log['val_auc']:.4f}, "
                f"{speed:,.0f} patches/s"
            )

    return tell


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


def _as_parameter(option: Option) -> inspect.Parameter:
    kind: Any = Literal[option.choices] if option.choices else option.type
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=option.default,
        annotation=Annotated[kind, typer.Option(help=option.help)],
    )


def _add_train_command() -> None:
    """One option a setting: the command line is generated from the frozen settings."""
    named = inspect.Parameter.KEYWORD_ONLY
    data = Annotated[str | None, typer.Option(help="a patch store: a name in data/, or a path")]
    resume = Annotated[bool, typer.Option("--resume", help="go on with a run that was stopped")]
    folds = Annotated[
        int,
        typer.Option(
            help="also train one network for each of so many folds of the patients, for scores of "
            "every patch by a network that never saw its patient; 0: none", min=0,
        ),
    ]  # fmt: skip
    taught = Annotated[
        str | None, typer.Option(help="a run whose network's scores are to be learnt (--trust)")
    ]
    parameters = [
        inspect.Parameter("context", named, annotation=typer.Context),
        inspect.Parameter("run", named, annotation=RunName),
        inspect.Parameter("data", named, default=None, annotation=data),
        inspect.Parameter("resume", named, default=False, annotation=resume),
        inspect.Parameter("folds", named, default=0, annotation=folds),
        inspect.Parameter("labels", named, default=None, annotation=LabelsFile),
        inspect.Parameter("teacher", named, default=None, annotation=taught),
        *(
            inspect.Parameter(name, named, default=None, annotation=kind)
            for name, kind in TRACKERS.items()
        ),
        *map(_as_parameter, options(TrainConfig)),
        *map(_as_parameter, options(AugmentConfig)),
    ]

    def command(**chosen: Any) -> None:
        train_command(**chosen)

    command.__doc__ = train_command.__doc__
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    app.command("train")(command)


_add_train_command()


@app.command()
def find_rate(run: RunName) -> None:
    """Try growing learning rates for some steps with a run's network, data and settings.

    The dashboard draws them on the page Training; the run itself is left as it is.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    opened = open_run(run_path(run))
    if "epochs" not in (opened.info.get("config") or {}):
        raise Refusal(f"expected a run trained here: {opened.name} has status {opened.status}.")
    store = needed_store(opened)
    from idc_core.nn.rate_finder import find_rate as try_rates
    from idc_core.nn.rate_finder import write_rates

    with progress() as show:
        table = try_rates(
            from_dict(opened.info["config"]), store,
            progress=lambda done, of: show("trying rates", done, of),
        )  # fmt: skip
    write_rates(opened.path, table)
    found = suggest(table["rate"], table["loss"])
    if isinstance(found, NoAdvice):
        say(found.reason)
    else:
        say(
            f"Lowest loss at a rate of {found.lowest:.1e}: try {found.rate:.1e}"
            + ("." if found.breaks else "; it had not risen again, so higher may do as well.")
        )
