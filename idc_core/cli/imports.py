"""`import-predictions` and `import-model`: what others predicted, or trained."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from idc_core.cli.console import BRING, app, progress, say, sign, tell_replaced
from idc_core.cli.words import GivenSplit, RunName, Seed
from idc_core.io.digits import patches_and_patients
from idc_core.io.intervals import decimals, interval
from idc_core.io.paths import run_path, store_path
from idc_core.io.refusal import Refusal

ColumnName = typer.Option(help="name of the column, if it is not recognised")


@app.command(rich_help_panel=BRING)
def import_predictions(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="a CSV or Parquet table, one row per patch")],
    run: RunName,
    path_column: Annotated[str | None, ColumnName] = None,
    score_column: Annotated[str | None, ColumnName] = None,
    label_column: Annotated[str | None, ColumnName] = None,
    patient_column: Annotated[str | None, ColumnName] = None,
    slide_column: Annotated[
        str | None,
        typer.Option(
            help="name of the column of slides, beside that of patients, if it is not recognised; "
            "none: a patient's slides are not told apart"
        ),
    ] = None,
    x_column: Annotated[str | None, ColumnName] = None,
    y_column: Annotated[str | None, ColumnName] = None,
    call_column: Annotated[str | None, ColumnName] = None,
    split_column: Annotated[str | None, ColumnName] = None,
    score_of: Annotated[
        Literal["idc", "no-idc"], typer.Option(help="the class whose probability the score is")
    ] = "idc",
    score_scale: Annotated[
        Literal["probability", "percent", "logit", "log", "confidence"] | None,
        typer.Option(help="the scale of the scores, if their values leave it open"),
    ] = None,
    label_words: Annotated[
        str | None, typer.Option(help='what label words mean: "tumurous=idc, begin=no-idc"')
    ] = None,
    label_from: Annotated[
        Literal["file-name", "column", "none"] | None,
        typer.Option(help="which label to use if file names and a column differ"),
    ] = None,
    split_words: Annotated[
        str | None, typer.Option(help='what words of a split mean: "eval=test, tuning=validation"')
    ] = None,
    where: Annotated[
        list[str], typer.Option(help="only rows that hold this: column=value; repeatable")
    ] = [],  # noqa: B006
    repeated: Annotated[
        Literal["mean"] | None,
        typer.Option(help="if a patch has several rows with different scores: take their mean"),
    ] = None,
    strip_prefix: Annotated[
        str | None, typer.Option(help="text before every patient's name, to be removed")
    ] = None,
    places: Annotated[
        Literal["auto", "pixels", "grid", "indices", "indices-from-1"],
        typer.Option(help="what x and y are: pixels, squares of their own grid, or indices"),
    ] = "auto",
    like: Annotated[
        str | None,
        typer.Option(help="read patients and coordinates as this store or run has them"),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option(help="continue without the rows in question")
    ] = False,
    split: GivenSplit = None,
    validation: Annotated[
        float, typer.Option(help="share of patients set aside for choosing an operating point")
    ] = 0.0,
    seed: Seed = 0,
    overwrite: Annotated[bool, typer.Option(help="replace the run of this name")] = False,
    in_parts: Annotated[
        bool,
        typer.Option(
            "--in-parts",
            help="for more predictions than memory holds: a table, or a folder of tables, read in "
            "batches",
        ),
    ] = False,
) -> None:
    """Make a run of any model's predictions: it opens on every page that needs no network.

    With --in-parts columns called patient, x, y, label and score (and slide, split) are read as
    they are; what others mean is guessed from the first rows. What is not as it should be is
    refused with its row.
    """
    sign(f"Reading the predictions in {source}.")
    if in_parts:
        _refuse_whole(context)
    from idc_core.data.label_words import given_words
    from idc_core.data.split.given_split import read_given_split
    from idc_core.importing import split_words as names
    from idc_core.importing.columns import Columns
    from idc_core.importing.options import Asked, where_of
    from idc_core.importing.run import SplitChoice
    from idc_core.importing.run import import_predictions as bring

    asked = Columns(
        path=path_column,
        patient=patient_column,
        slide=slide_column,
        x=x_column,
        y=y_column,
        label=label_column,
        score=score_column,
        split=split_column,
        call=call_column,
        score_of=score_of,
    )
    answers = Asked(
        words=given_words(label_words),
        split_words=names.given_words(split_words),
        where=where_of(where),
        repeated=repeated,
        scale=score_scale,
        labels_from=label_from,
        strip_prefix=strip_prefix,
        places=places,
        like=like,
        accept_loss=accept_loss,
    )
    if in_parts:
        _import_in_parts(source, run_path(run), asked, answers, overwrite=overwrite)
        return
    given = (
        read_given_split(split, names.given_words(split_words), accept_loss=accept_loss)
        if split is not None
        else None
    )
    target = run_path(run)
    found = bring(
        source,
        target,
        asked=asked,
        answers=answers,
        split_choice=SplitChoice(given, validation, seed),
        overwrite=overwrite,
    )
    _tell_imported(found, target)
    if given is not None:
        _tell_split(given, target)


def _import_in_parts(
    source: Path, target: Path, named: Any, asked: Any, *, overwrite: bool
) -> None:
    from idc_core.importing.in_parts import import_in_parts

    found = import_in_parts(source, target, named=named, asked=asked, overwrite=overwrite, tell=say)
    say(f"{patches_and_patients(found.patches, found.patients)} in {target}")
    _tell_areas(found.report)
    tell_replaced(found.replaced)
    say(f"Look at it: make dashboard, then choose the run {target.name}")


_NEED_ALL = (
    "where",
    "repeated",
    "places",
    "like",
    "accept_loss",
    "split",
    "validation",
    "seed",
)
"""Options that need all rows of a table at once."""


def _refuse_whole(context: typer.Context) -> None:
    """Raise `Refusal` where --in-parts came with an option that it does not follow."""
    given = [
        f"--{name.replace('_', '-')}"
        for name in _NEED_ALL
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    ]
    if given:
        raise Refusal(
            f"expected --in-parts without {', '.join(given)}: rows are read a batch at a time, and "
            "this needs all of them at once. Change the table itself, or leave --in-parts out."
        )


def _tell_split(given: Any, run_folder: Path) -> None:
    from idc_core.data.split.match import by_patient, match
    from idc_core.runs.run import open_run

    predictions = open_run(run_folder).predictions()
    given = by_patient(given, predictions)
    for note in (*given.notes, *match(given, predictions["patient"].unique().tolist()).notes):
        say(f"Split: {note}")


def _tell_imported(found: Any, run_folder: Path) -> None:
    from idc_core.runs.run import open_run
    from idc_core.runs.trained_on import caution

    say(found.mapping)
    for note in found.reading.notes:
        say(f"  {note}")
    say(f"{patches_and_patients(found.patches, found.patients)} in {run_folder}")
    if found.again:
        say(f"  {found.again:,} rows repeat a patch with the same score: taken once")
    for reason, rows in found.refused.groupby("reason")["row"]:
        noun = "row" if len(rows) == 1 else "rows"
        say(f"  left out: {len(rows):,} {noun}, {reason} (row {rows.iloc[0]}, see rejects.csv)")
    if found.store:
        say(f"  all of them are in the patch store {found.store}: its pixels are shown")
    for sentence in found.known:
        say(f"  {sentence}")
    _tell_areas(found.report)
    tell_replaced(found.replaced)
    for warning in [*filter(None, [caution(open_run(run_folder).info)]), *found.warnings]:
        say(f"Note: {warning}")
    say(f"Look at it: make dashboard, then choose the run {run_folder.name}")


def _tell_areas(report: Any) -> None:
    """The area that each split reached."""
    for name, split in report.splits.items() if report else ():
        auc = split.pooled["roc_auc"]
        if auc.value is not None and auc.value == auc.value:
            area = interval(auc.value, auc.low, auc.high, decimals(3))
            say(
                f"  {name}: ROC-AUC {area}, "
                f"{patches_and_patients(split.n_patches, split.n_patients)}"
            )


@app.command(rich_help_panel=BRING)
def import_model(
    file: Annotated[Path, typer.Argument(help="a network: .keras, .h5 or .onnx")],
    run: RunName,
    data: Annotated[
        str | None,
        typer.Option(help="a patch store to score and evaluate on: a name in data/, or a path"),
    ] = None,
    pixels: Annotated[
        Literal["0-255", "0-1", "-1-1", "imagenet", "caffe"],
        typer.Option(
            help="the range it was trained on, or the preparation of torchvision (imagenet) or of "
            "Keras's ResNet and VGG (caffe: BGR less the mean)"
        ),
    ] = "0-255",
    channels: Annotated[
        Literal["rgb", "bgr"] | None, typer.Option(help="the channel order it was trained with")
    ] = None,
    mean: Annotated[
        str | None,
        typer.Option(help="mean to subtract, in the range and order of its pixels: 0.5 or R,G,B"),
    ] = None,
    std: Annotated[
        str | None, typer.Option(help="standard deviation to divide by: 0.2 or R,G,B")
    ] = None,
    idc_class: Annotated[
        int,
        typer.Option(
            help="which of two outputs is the positive class; with one output, 0 means that it is "
            "the score of the negative class",
            min=0,
            max=1,
        ),
    ] = 1,
    answers: Annotated[
        Literal["auto", "logits", "probabilities"],
        typer.Option(help="what it outputs; auto: as its last layers suggest"),
    ] = "auto",
    output: Annotated[
        str | None,
        typer.Option(help="the name of the output for the positive class, if there are several"),
    ] = None,
    architecture: Annotated[
        Path | None,
        typer.Option(help="its architecture (model.to_json()), if FILE holds only weights"),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="replace the network of this run")] = False,
) -> None:
    """Bring in a network that somebody else trained: predictions, feature maps, explanations.

    It is read in a process of its own, with limits of memory and time and without code of its own.
    """
    from idc_core.runs.trained_on import caution

    sign(f"Reading the network in {file}, in a separate process with resource limits.")
    from idc_core.data.stores.store import open_store
    from idc_core.score.foreign.reading import numbers
    from idc_core.score.import_model import import_model as bring

    store = open_store(store_path(data)) if data is not None else None
    target = run_path(run)
    with progress() as show:
        done = bring(
            file,
            target,
            pixels=pixels,
            channels=channels,
            mean=numbers("--mean", mean),
            std=numbers("--std", std),
            idc_class=idc_class,
            answers=answers,
            output=output,
            architecture=architecture,
            store=store,
            overwrite=overwrite,
            progress=show,
        )
    for sentence in done.said:
        say(sentence)
    if done.ranked is not None:
        for line in done.ranked.lines():
            say(line)
    _tell_figures(done.run, judged=store is not None)
    tell_replaced(done.replaced)
    say(f"Note: {caution(done.run.info)}")
    say(f"{done.run.info.parameters:,} parameters in {target / 'model.onnx'}")
    if store is None and not done.run.has_predictions:
        say(
            f"Evaluate it: python train_cli.py import-model {file} --run {run} --data NAME "
            "--overwrite"
        )


def _tell_figures(run: Any, *, judged: bool) -> None:
    """What the network reached on each split of the store it was judged on."""
    if not judged:
        return
    for name, split in run.report().splits.items():
        of = patches_and_patients(split.n_patches, split.n_patients)
        auc = split.pooled["roc_auc"]
        if auc.value is None or auc.value != auc.value:
            say(f"  {name}: ROC-AUC not defined, one class only, {of}")
        else:
            area = interval(auc.value, auc.low, auc.high, decimals(3))
            say(f"  {name}: ROC-AUC {area}, {of}")
