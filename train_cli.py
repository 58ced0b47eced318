"""The command line: words become calls of `idc_core`; bad input is one sentence and exit 2."""

import inspect
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from idc_core.config import AugmentConfig, Option, TrainConfig, from_dict, options, to_dict
from idc_core.history.rates import NoAdvice, suggest
from idc_core.places import data_root, models_root, run_path, store_path, without_credentials
from idc_core.refusal import Refusal
from idc_core.run_data import needed_store
from idc_core.runs import open_run
from idc_core.store import PatchStore, open_store
from idc_core.trained_on import caution, reference

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="IDC Review: prepare patches, train a classifier and judge it. Research use only.",
)
console = Console(stderr=True)

RunName = Annotated[str, typer.Option("--run", help="a name in models/, or a path")]
StoreName = Annotated[
    str, typer.Option("--name", help="name of the patch store in data/, or a path")
]
GivenSplit = Annotated[
    Path | None,
    typer.Option("--split", help="a given split: table by patient or file, or cases_*.txt lists"),
]
Fractions = Annotated[
    str, typer.Option(help="shares of train, validation, test for a fresh split by patient")
]
Seed = Annotated[int, typer.Option(help="seed of a fresh split by patient")]
Fresh = Annotated[
    bool, typer.Option("--fresh-split", help="split by patient anew, whatever the folders say")
]
Whole = Annotated[list[str], typer.Option(help="treat this patient's tissue as whole; repeatable")]
Sampled = Annotated[list[str], typer.Option(help="treat this patient as a sample; repeatable")]
Overwrite = Annotated[bool, typer.Option(help="replace a store made from another source")]


@app.command()
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
) -> None:
    """Check every file of SOURCE and pack its patches into a patch store."""
    from idc_core.prepare import prepare as pack

    given = dict.fromkeys(whole, True) | dict.fromkeys(sampled, False)
    rule = _split_rule(split, fractions, seed, fresh_split)
    started = time.monotonic()
    with _progress() as show:
        store = pack(
            source, store_path(name), name=Path(name).name, split=rule, progress=show,
            whole=given or None, overwrite=overwrite,
        )  # fmt: skip
    _tell_store(store, time.monotonic() - started)


@app.command()
def download(
    name: StoreName = "breast-histopathology",
    split: GivenSplit = None,
    fractions: Fractions = "0.7,0.15,0.15",
    seed: Seed = 0,
) -> None:
    """Fetch the Kaggle set (277,524 patches) and prepare it."""
    from idc_core.download import download as fetch

    with console.status("Fetching paultimothymooney/breast-histopathology-images …"):
        folder = fetch()
    prepare(folder, name, split, fractions, seed)


def _split_rule(split: Path | None, fractions: str, seed: int, fresh: bool) -> Any:
    from idc_core.given_split import read_given_split
    from idc_core.splits import ByPatient

    if split is not None:
        return read_given_split(split)
    try:
        parts = tuple(float(part) for part in fractions.split(","))
    except ValueError:
        raise Refusal(f"expected fractions like 0.7,0.15,0.15: found {fractions!r}.") from None
    plain = ByPatient()
    rule = ByPatient(fractions=parts, seed=seed)  # type: ignore[arg-type]
    return rule if fresh or rule != plain else None


def _tell_store(store: PatchStore, seconds: float) -> None:
    counts, patients = store.manifest["patches"], store.manifest["patients"]
    total = len(store.index)
    _say(f"{total:,} patches in {store.path} ({total / seconds:,.0f} patches/s)")
    for side, patches in counts.items():
        if patches:
            _say(f"  {side}: {patches:,} patches of {patients[side]} patients")
    rejected = sum(store.manifest["rejected"].values())
    _say(f"  not taken: {rejected:,} files, listed with reasons in rejects.csv")


@app.command()
def demo(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="draw data/demo and train models/demo from scratch")
    ] = False,
) -> None:
    """Make sure the demo is there: draw its patches and check them against the manifest."""
    from idc_core.demo.build import build_demo, ensure_demo

    folder = data_root() / "demo"
    with _progress() as show:
        store = (build_demo if rebuild else ensure_demo)(folder, progress=show)
    _say(f"Demo: {len(store.index):,} drawn patches in {folder}")
    if rebuild:
        _rebuild_demo_run(store)


def _rebuild_demo_run(store: PatchStore) -> None:
    import shutil

    from idc_core.run_writer import put_aside

    run = run_path("demo")
    _tell_replaced(put_aside(run))
    _train(TrainConfig(epochs=30), run, store, resume=False)
    shutil.rmtree(run / "checkpoint", ignore_errors=True)


LabelsFile = Annotated[
    Path | None, typer.Option(help="corrected labels (CSV: patient, x, y, label) to use as well")
]


TensorBoardFolder = Annotated[
    str | None, typer.Option(help="also write the numbers for TensorBoard into this folder")
]
MLflowAddress = Annotated[
    str | None, typer.Option(help="also send them to MLflow: a server, or sqlite:///FILE")
]
TRACKERS = {"tensorboard": TensorBoardFolder, "mlflow": MLflowAddress}


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
    _train(config, run, store, resume=resume, labels=labels, teacher=file, trackers=trackers)
    if folds:
        _train_folds(config, run, store, folds)


def _train(
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
    from idc_core.nn.training import train

    with _progress() as show, _signals_seen() as last_signal:
        told = _told(show, "")
        done = train(
            config, run, store, resume=resume, labels=labels, teacher=teacher, trackers=trackers,
            progress=told,
        )  # fmt: skip
        stopped_by = last_signal()
    if done.status == "interrupted":
        _say(f"Interrupted. Go on with: python train_cli.py train --run {run.name} --resume")
        raise typer.Exit(128 + stopped_by)
    _say(f"Finished: {run}")


def _train_folds(config: TrainConfig, run: Path, store: PatchStore, folds: int) -> None:
    """One network a fold; what is finished is left alone."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from idc_core.nn.folds import train_folds

    with _progress() as show, _signals_seen() as last_signal:
        told = [_told(show, f"fold {nth} of {folds}, ") for nth in range(1, folds + 1)]
        done = train_folds(
            config, run, store, folds,
            progress=lambda fold, step: told[fold - 1](step),
        )  # fmt: skip
        stopped_by = last_signal()
    if not done:
        _say(f"Interrupted. Go on: python train_cli.py train --run {run.name} --folds {folds}")
        raise typer.Exit(128 + stopped_by)
    _say(f"Out-of-fold scores of every patch: {run / 'out_of_fold.parquet'}")


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
            _say(
                f"{before}epoch {step.epoch}: loss {log['loss']:.4f}, validation loss "
                f"{log['val_loss']:.4f}, validation AUC {log['val_auc']:.4f}, "
                f"{speed:,.0f} patches/s"
            )

    return tell


@contextmanager
def _signals_seen() -> Iterator[Callable[[], int]]:
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
def evaluate(run: RunName, labels: LabelsFile = None) -> None:
    """Judge a run: every figure with its interval, written to report.json.

    With --labels the figures on the corrected labels stand beside those on the original ones.
    """
    from idc_core import seal
    from idc_core.evaluation import write_evaluation
    from idc_core.labels import keep

    judged = open_run(run_path(run))
    if labels is not None:
        keep(judged.path, labels, judged.predictions())
    write_evaluation(judged)
    if seal.read(judged.path) is None:  # of an older version
        seal.write(judged.path)
    _say(f"Written: {run_path(run) / 'report.json'}")


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

    with _progress() as show:
        table = try_rates(
            from_dict(opened.info["config"]), store,
            progress=lambda done, of: show("trying rates", done, of),
        )  # fmt: skip
    write_rates(opened.path, table)
    found = suggest(table["rate"], table["loss"])
    if isinstance(found, NoAdvice):
        _say(found.reason)
    else:
        _say(
            f"Lowest loss at a rate of {found.lowest:.1e}: try {found.rate:.1e}"
            + ("." if found.breaks else "; it had not risen again, so higher may do as well.")
        )


@app.command()
def export_logs(
    run: RunName, tensorboard: TensorBoardFolder = None, mlflow: MLflowAddress = None
) -> None:
    """Bring a run's numbers into TensorBoard or MLflow; what is there is not sent again."""
    from idc_core.tracking import Trackers

    wanted = {"tensorboard": tensorboard, "mlflow": mlflow}
    places = {name: place for name, place in wanted.items() if place is not None}
    if not places:
        raise Refusal("expected --tensorboard FOLDER or --mlflow ADDRESS: neither was given.")
    opened = open_run(run_path(run))
    trackers = Trackers(opened.path, places)
    sent = trackers.update()
    trackers.close()
    told = " and ".join(map(without_credentials, places.values()))
    _say(f"{sent:,} numbers of {opened.name} sent to {told}")


ColumnName = typer.Option(help="name of the column, where it is not guessed")


@app.command()
def import_predictions(
    source: Annotated[Path, typer.Argument(help="a CSV or Parquet table, one row a patch")],
    run: RunName,
    path_column: Annotated[str | None, ColumnName] = None,
    score_column: Annotated[str | None, ColumnName] = None,
    label_column: Annotated[str | None, ColumnName] = None,
    patient_column: Annotated[str | None, ColumnName] = None,
    x_column: Annotated[str | None, ColumnName] = None,
    y_column: Annotated[str | None, ColumnName] = None,
    split_column: Annotated[str | None, ColumnName] = None,
    score_of: Annotated[
        Literal["idc", "no-idc"], typer.Option(help="the class whose probability the score is")
    ] = "idc",
    split: GivenSplit = None,
    validation: Annotated[
        float, typer.Option(help="share of patients set aside to choose an operating point on")
    ] = 0.0,
    seed: Seed = 0,
    overwrite: Annotated[bool, typer.Option(help="replace the run of this name")] = False,
) -> None:
    """Make a run of any model's predictions: it opens on every page that needs no network."""
    from idc_core.given_split import read_given_split
    from idc_core.importing.columns import Columns
    from idc_core.importing.run import Sides
    from idc_core.importing.run import import_predictions as bring

    asked = Columns(
        path=path_column, patient=patient_column, x=x_column, y=y_column, label=label_column,
        score=score_column, split=split_column, score_of=score_of,
    )  # fmt: skip
    given = read_given_split(split) if split is not None else None
    target = run_path(run)
    found = bring(
        source, target, asked=asked, sides=Sides(given, validation, seed), overwrite=overwrite
    )
    _tell_imported(found, target)


def _tell_imported(found: Any, run: Path) -> None:
    _say(found.mapping)
    _say(f"{found.patches:,} patches of {found.patients:,} patients in {run}")
    if found.again:
        _say(f"  {found.again:,} rows repeat a patch with the same score: taken once")
    for reason, rows in found.refused.groupby("reason")["row"]:
        _say(f"  not taken: {len(rows):,} rows, {reason} (row {rows.iloc[0]}, see rejects.csv)")
    if found.store:
        _say(f"  all of them are in the patch store {found.store}: its pixels are shown")
    for name, split in found.report["splits"].items():
        auc = split["pooled"]["roc_auc"]
        if auc["value"] is not None and auc["value"] == auc["value"]:
            _say(
                f"  {name}: ROC-AUC {auc['value']:.3f} [{auc['low']:.3f}–{auc['high']:.3f}], "
                f"{split['n_patches']:,} patches of {split['n_patients']:,} patients"
            )
    _tell_replaced(found.replaced)
    for warning in [*filter(None, [caution(open_run(run).info)]), *found.warnings]:
        _say(f"Note: {warning}")
    _say(f"Look at it: make dashboard, then choose the run {run.name}")


def _tell_replaced(folder: Path | None) -> None:
    from idc_core.run_writer import kept_sentence

    said = kept_sentence(folder)
    if said is not None:
        _say(said)


@app.command()
def import_model(
    file: Annotated[Path, typer.Argument(help="a Keras model, .keras or .h5")],
    run: RunName,
    data: Annotated[
        str | None,
        typer.Option(help="a patch store to score and judge: a name in data/, or a path"),
    ] = None,
    pixels: Annotated[
        Literal["0-255", "0-1", "-1-1"], typer.Option(help="the range the model was trained on")
    ] = "0-255",
    idc_class: Annotated[int, typer.Option(help="of two classes, which is IDC", min=0, max=1)] = 1,
    overwrite: Annotated[bool, typer.Option(help="replace the network of this run")] = False,
) -> None:
    """Bring in a Keras model that somebody else trained: feature maps, explanations, predictions.

    It is read in a process of its own, with limits of memory and time and without code of its own.
    """
    from idc_core.model_import import import_model as bring

    store = open_store(store_path(data)) if data is not None else None
    target = run_path(run)
    with _progress() as show:
        done = bring(
            file, target, pixels=pixels, idc_class=idc_class, store=store, overwrite=overwrite,
            progress=show,
        )  # fmt: skip
    for sentence in done.said:
        _say(sentence)
    _tell_replaced(done.replaced)
    _say(f"Note: {caution(done.run.info)}")
    _say(f"{done.run.info['parameters']:,} parameters in {target / 'model.onnx'}")
    if store is None and not done.run.has_predictions:
        _say(
            f"Judge it: python train_cli.py import-model {file} --run {run} --data NAME --overwrite"
        )


@app.command()
def predict(
    source: Annotated[list[Path], typer.Argument(help="patches: a file, several, a folder, a zip")],
    run: RunName,
    out: Annotated[Path, typer.Option(help="the CSV file to write")] = Path("scores.csv"),
) -> None:
    """Score patches with a run's network; what cannot be read is listed and skipped."""
    from idc_core.evaluation import UNCHOSEN
    from idc_core.gate import profile_for
    from idc_core.predict import facts_of, predict_sources, write_scores
    from idc_core.recalibration import kept
    from idc_core.scoring import Scorer

    opened = open_run(run_path(run))
    point = opened.operating_point()
    threshold = UNCHOSEN if point is None else float(point["threshold"])
    with _progress() as show:
        scorer = Scorer(opened.path / "model.onnx")
        scored = predict_sources(
            source, scorer, threshold, progress=show, calibration=kept(opened),
            profile=profile_for(opened),
        )  # fmt: skip
    for skipped in scored.skipped:
        _say(f"skipped {skipped}")
    if not len(scored.table):
        raise Refusal("expected at least one patch that can be read: found none.")
    write_scores(out, scored.table, facts_of(opened, threshold))
    _say(scored.checked.sentence(reference=reference(opened.info)))
    whence = "no operating point: assumed" if point is None else "the run's operating point"
    _say(f"{len(scored.table):,} scored, {len(scored.skipped):,} skipped: {out}")
    _say(f"Called IDC from {threshold!r} up ({whence}).")


@app.command()
def analyse(run: RunName) -> None:
    """Measure every channel of a run's network: what it answers to, what is lost without it.

    Goes on where it was stopped; what is done is not done again.
    """
    from idc_core.channels.analyse import analyse as measure
    from idc_core.scoring import Scorer

    opened = open_run(run_path(run))
    scorer = Scorer(opened.path / "model.onnx")
    with _progress() as show:
        found = measure(opened, needed_store(opened), scorer, show)
    _say(
        f"{len(found.table):,} channels on {found.patches:,} patches; {len(found.measured)} layers "
        f"switched off on {len(found.sample):,} validation patches of "
        f"{found.sample['patient'].nunique()} patients: {found.folder}"
    )


@app.command()
def report(
    run: RunName,
    out: Annotated[Path | None, typer.Option(help="default: report.html in the run folder")] = None,
) -> None:
    """Write one offline HTML file: curves, matrix, figures, feature maps, network, model card."""
    from idc_core.html_report import write_report

    opened = open_run(run_path(run))
    target = out or opened.path / "report.html"
    write_report(opened, target)
    _say(f"Written: {target}")


@app.command()
def verify(
    run: Annotated[str | None, typer.Option(help="a name in models/, or a path")] = None,
    data: Annotated[str | None, typer.Option(help="a name in data/, or a path")] = None,
) -> None:
    """Check runs and stores against their seals, ledgers, reports and each other.

    Without --run and --data everything is checked. One line an item; exit 1 on a difference.
    """
    from idc_core import verify as checks
    from idc_core.keep import finish_interrupted

    if run is not None and data is not None:
        raise Refusal("expected --run NAME or --data NAME, or neither for everything: found both.")
    differs = False
    with _progress() as show:
        if run is not None:
            folder = run_path(run)
            if not (folder / "run.json").exists():
                open_run(folder)  # refuses, saying how to make one
            items = checks.verify_run(folder)
        elif data is not None:
            folder = store_path(data)
            if not (folder / "manifest.json").exists():
                open_store(folder)
            items = checks.verify_store(folder, show)
        else:
            for name in finish_interrupted(data_root(), models_root()):
                _say(f"Completed the run {name}, whose keeping was interrupted.")
            items = checks.verify_all(data_root(), models_root(), show)
        for item in items:
            _say(item.line)
            differs = differs or bool(item.difference)
    if differs:
        raise typer.Exit(1)


def main() -> None:
    """Run a command; what a user got wrong is one sentence on stderr and exit code 2."""
    try:
        app()
    except Refusal as refusal:
        _say(f"Not done: {refusal}")
        sys.exit(2)
    except OSError as error:
        _say(f"Not done: {_said(error)}")
        sys.exit(2)


def _said(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"the system refused: {error.strerror or error}{where}. Free the place or name another."


def _say(text: str) -> None:
    """Print a line as it is: names from files are no markup and no orders to the terminal."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    console.print(shown, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """One progress bar, as a function of (what is being done, done, of how many)."""
    said = TextColumn("{task.description}", markup=False)
    columns = (said, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # In a log file or a pipe a bar is nothing but noise.
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, visible=False)
        shown = ""

        def show(what: str, done: int, total: int) -> None:
            nonlocal shown
            if what != shown:
                shown = what
                bar.reset(task, description=what, total=total, visible=True)
            bar.update(task, completed=done, total=total)

        yield show


if __name__ == "__main__":
    main()
