"""`evaluate`, `check`, `analyse`, `report`, `predict`, `verify`, `export-logs`: its worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from idc_core.cli.batch import (
    Address,
    EngineName,
    NetworkUm,
    ScoredStore,
    Workers,
    predict_many,
)
from idc_core.cli.console import JUDGE, KEEP, SOME_REFUSED, app, give, progress, say, sign
from idc_core.cli.outlined import OutlineRule, outline
from idc_core.cli.quiet import libraries_quiet
from idc_core.cli.words import (
    AcceptLoss,
    Detections,
    LabelsFile,
    MLflowAddress,
    NegativeTo,
    PositiveFrom,
    Priority,
    Replace,
    RunName,
    SlideTable,
    SlideUm,
    TensorBoardFolder,
)
from idc_core.facts import ours
from idc_core.io.names import needed_run, needed_store
from idc_core.io.paths import data_root, models_root, run_path, store_path, without_credentials
from idc_core.io.refusal import Refusal
from idc_core.runs.requirement import refuse_shares

if TYPE_CHECKING:
    from idc_core.runs.run import Run

MOST_NAMED = 20
"""How many skipped files are named one by one."""


@app.command(rich_help_panel=JUDGE)
def evaluate(
    run: RunName,
    labels: LabelsFile = None,
    outlines: Annotated[
        Path | None,
        typer.Option(
            help="a folder of outlines, drawn after the slides were scored, that give the labels"
        ),
    ] = None,
    classes: Annotated[
        Path | None,
        typer.Option(help="with --outlines: what their classes mean, as `cut` reads it"),
    ] = None,
    exhaustive: Annotated[
        bool,
        typer.Option(
            "--exhaustive",
            help="with --outlines: all that is positive is outlined, the rest is negative",
        ),
    ] = False,
    positive_from: PositiveFrom = 0.8,
    negative_to: NegativeTo = 0.0,
    priority: Priority = "",
    detections: Detections = False,
) -> None:
    """Judge a run: every figure with its interval, written to report.json.

    With --labels the figures on the corrected labels stand beside those on the original ones.
    With --outlines a run whose slides nobody had drawn on gets its labels, by the rule of `cut`;
    verdicts stay.
    """
    folder = needed_run(run_path(run))
    if outlines is not None:
        by = OutlineRule(exhaustive, positive_from, negative_to, priority, detections)
        outline(folder, outlines, classes, by)
        return
    sign(f"Evaluating {folder.name}: every metric with its interval.")
    from idc_core.evaluate.evaluation import write_evaluation
    from idc_core.evaluate.threshold_tables import keep
    from idc_core.runs import seal
    from idc_core.runs.corrected_labels import save
    from idc_core.runs.run import open_run, refuse_unlabelled
    from idc_core.runs.score_parts import are_too_many
    from idc_core.runs.writer import extending

    judged = open_run(folder)
    refuse_unlabelled(judged)
    if are_too_many(folder):
        _evaluate_many(judged, labels)
        return
    if labels is not None:
        with extending(judged.path) as made:
            changed = open_run(made)
            for note in save(made, labels, changed.predictions()).notes:
                say(f"  {note}")
            write_evaluation(changed)
            keep(changed)
    else:
        write_evaluation(judged)
        keep(judged)
    if seal.read(judged.path) is None:  # of an older version
        seal.write(judged.path)
    say(f"Written: {run_path(run) / 'report.json'}")


def _evaluate_many(run: "Run", labels: Path | None) -> None:
    """The same of predictions that do not fit into memory."""
    from idc_core.many.judge import judge
    from idc_core.runs import seal
    from idc_core.runs.score_parts import count, refuse_too_many

    if labels is not None:
        refuse_too_many(run.path)
    say(f"{count(run.path):,} predictions are read in parts; at most 4 GB of memory are needed.")
    judge(run, tell=say)
    if seal.read(run.path) is None:
        seal.write(run.path)
    say(f"Written: {run.path / 'report.json'}")


_Least = Annotated[float | None, typer.Option(help="the required minimum, a share from 0 to 1")]


@app.command(rich_help_panel=JUDGE)
def check(
    run: RunName,
    min_sensitivity: _Least = None,
    min_specificity: _Least = None,
    min_auc: _Least = None,
    split: Annotated[
        Literal["validation", "test", "out-of-fold", "untouched-out-of-fold"],
        typer.Option(
            help="the split to evaluate; using test, or a run of folds, counts as a look at test"
        ),
    ] = "validation",
    lower_limit: Annotated[
        bool,
        typer.Option(
            "--lower-limit",
            help="compare the lower limit of the 95 % interval instead of the value",
        ),
    ] = False,
) -> None:
    """Hold a run against what is asked of it: exit code 0 where all is met, 1 where not, 2 on bad
    input.

    The figure itself is compared, or with --lower-limit the lower end of its 95 % interval.
    """
    asked = {"sensitivity": min_sensitivity, "specificity": min_specificity, "roc_auc": min_auc}
    least = {name: share for name, share in asked.items() if share is not None}
    refuse_shares(least)
    folder = needed_run(run_path(run))
    sign(f"Checking {folder.name} against the requirements.")
    from idc_core.evaluate.acceptance import accept, in_memory
    from idc_core.runs.run import open_run
    from idc_core.runs.score_parts import are_too_many

    if are_too_many(folder):
        from idc_core.many.judge import hold
    else:
        hold = in_memory
    found = accept(open_run(folder), least, split=split, lower_limit=lower_limit, hold=hold)
    for answer in found.answers:
        give(answer.line())
    give(f"{folder.name}: {found.where}")
    if not found.met:
        raise typer.Exit(1)


@app.command(rich_help_panel=KEEP)
def export_logs(
    run: RunName, tensorboard: TensorBoardFolder = None, mlflow: MLflowAddress = None
) -> None:
    """Bring a run's numbers into TensorBoard or MLflow; what is there is not sent again."""
    wanted = {"tensorboard": tensorboard, "mlflow": mlflow}
    places = {name: place for name, place in wanted.items() if place is not None}
    if not places:
        raise Refusal("expected --tensorboard FOLDER or --mlflow ADDRESS: neither was given.")
    folder = needed_run(run_path(run))
    sign(f"Sending the metrics of {folder.name}.")
    with libraries_quiet():
        from idc_core.runs.run import open_run
        from idc_core.runs.trackers import Trackers

        opened = open_run(folder)
        trackers = Trackers(opened.path, places)
        sent = trackers.update()
        trackers.close()
    told = " and ".join(map(without_credentials, places.values()))
    say(f"{sent:,} numbers of {opened.name} sent to {told}")


@app.command(rich_help_panel=JUDGE)
def predict(
    run: RunName,
    source: Annotated[
        list[Path] | None,
        typer.Argument(help="patches: a file, several, a folder, a zip; with --engine slides"),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="the CSV file to write; with --engine the folder of a new run")
    ] = Path("scores.csv"),
    overwrite: Replace = False,
    accept_loss: AcceptLoss = False,
    engine: EngineName = None,
    workers: Workers = None,
    address: Address = None,
    data: ScoredStore = None,
    table: SlideTable = None,
    slide_um: SlideUm = None,
    um: NetworkUm = None,
) -> None:
    """Score patches with a run's network: exit code 0 where all are scored, 3 some, 2 none.

    What cannot be read is listed and skipped. Second copies and files of the system are no patches
    that could be scored. With --engine, --data, or a folder as --out, whole slides or a store are
    scored by several processes or machines, and become a run; given again it goes on.
    """
    if engine or workers or address or data or out.is_dir():
        predict_many(
            source or [],
            run,
            out,
            engine or "local",
            workers=workers,
            address=address,
            data=data,
            table=table,
            slide_um=slide_um,
            um=um,
        )
        return
    if not source:
        raise Refusal("expected patches to score: none were named.")
    folder = needed_run(run_path(run))
    # Before the work where that is long; else after it, so that unreadable patches are named first.
    if any(each.is_dir() or each.suffix.lower() == ".zip" for each in source):
        _refuse_other_scores(out, folder.name, overwrite)
    sign(f"Scoring {', '.join(map(str, source))} with the network of {folder.name}.")
    from idc_core.data.whole_set import all_too_large
    from idc_core.evaluate.evaluation import UNCHOSEN
    from idc_core.evaluate.recalibration import saved
    from idc_core.runs.run import open_run
    from idc_core.runs.trained_on import reference
    from idc_core.score.predict import facts_of, predict_sources, write_scores
    from idc_core.score.scoring import Scorer
    from idc_core.score.training_range import profile_for

    opened = open_run(folder)
    point = opened.operating_point()
    threshold = UNCHOSEN if point is None else point.threshold
    with libraries_quiet(), progress() as show:
        scorer = Scorer(opened.path / "model.onnx")
        scored = predict_sources(
            source,
            scorer,
            threshold,
            progress=show,
            calibration=saved(opened),
            profile=profile_for(opened),
            codec=opened.info.raster.codec,
        )
    for skipped in scored.refused[:MOST_NAMED]:
        say(f"skipped {skipped}")
    if len(scored.refused) > MOST_NAMED:
        say(f"… and {len(scored.refused) - MOST_NAMED:,} more")
    whole = all_too_large([each.detail for each in scored.skipped], len(scored.table), scorer.side)
    if whole is not None and not len(scored.table):
        raise Refusal(f"expected patches to score: {whole}")
    if not len(scored.table):
        like = f", like {scored.refused[0]}" if scored.refused else "."
        raise Refusal(f"expected at least one patch that can be read: found none{like}")
    loss = scored.loss()
    loss.refuse(accepted=accept_loss)
    _refuse_other_scores(out, folder.name, overwrite)
    write_scores(out, scored.table, facts_of(opened, threshold))
    for sentence in [*([whole] if whole else []), *scored.checked.of_the_set()]:
        say(f"Note: {sentence}")
    say(scored.checked.sentence(reference=reference(opened.info)))
    whence = (
        "no operating point, so this is assumed" if point is None else "the run's operating point"
    )
    for sentence in [*scored.told(), *loss.judged.sentences]:
        say(sentence)
    say(f"{len(scored.table):,} scored, {len(scored.skipped):,} skipped: {out}")
    say(f"Predicted {opened.info.raster.positive} at a score of {threshold!r} or more ({whence}).")
    if scored.refused:
        raise typer.Exit(SOME_REFUSED)


def _refuse_other_scores(out: Path, run_name: str, overwrite: bool) -> None:
    if not overwrite:
        ours.refuse_others(out, ours.scores_of(run_name), f"the scores of {run_name}")


@app.command(rich_help_panel=JUDGE)
def analyse(run: RunName) -> None:
    """Measure every channel of a run's network: what it answers to, what is lost without it.

    Goes on where it was stopped; what is done is not done again.
    """
    folder = needed_run(run_path(run))
    sign(f"Measuring every channel of the network of {folder.name}.")
    from idc_core.interpret.channels.analyse import analyse as measure
    from idc_core.runs.data import needed_store as with_pixels
    from idc_core.runs.run import open_run
    from idc_core.score.scoring import Scorer

    opened = open_run(folder)
    with libraries_quiet(), progress() as show:
        scorer = Scorer(opened.path / "model.onnx")
        found = measure(opened, with_pixels(opened), scorer, show)
    say(
        f"{len(found.table):,} channels on {found.patches:,} patches; {len(found.measured)} layers "
        f"switched off on {len(found.sample):,} validation patches of "
        f"{found.sample['patient'].nunique()} patients: {found.folder}"
    )


@app.command(rich_help_panel=JUDGE)
def report(
    context: typer.Context,
    run: RunName,
    out: Annotated[Path | None, typer.Option(help="default: report.html in the run folder")] = None,
    overwrite: Replace = False,
) -> None:
    """Write one offline HTML file: curves, matrix, figures, feature maps, network, model card."""
    folder = needed_run(run_path(run))
    target = out or folder / "report.html"
    if out is not None and not overwrite:
        ours.refuse_others(out, ours.report_of(folder.name), f"the report of {folder.name}")
    sign(f"Writing the report of {folder.name}: {target}")
    from idc_core.export.html import write_report
    from idc_core.runs.run import open_run

    opened = open_run(folder)
    with libraries_quiet():
        write_report(opened, target, context.obj())
    say(f"Written: {target}")


@app.command(rich_help_panel=KEEP)
def verify(
    run: Annotated[str | None, typer.Option(help="a name in models/, or a path")] = None,
    data: Annotated[str | None, typer.Option(help="a name in data/, or a path")] = None,
) -> None:
    """Check runs and stores against their seals, ledgers, reports and each other.

    Without --run and --data everything is checked. One line an item; exit 1 on a difference.
    """
    if run is not None and data is not None:
        raise Refusal("expected --run NAME or --data NAME, or neither for everything: found both.")
    what = "everything" if run is data is None else run or data
    sign(f"Checking {what} against seals, ledgers, reports and pixels.")
    named_run = None if run is None else needed_run(run_path(run))
    named_store = None if data is None else needed_store(store_path(data))
    from idc_core.evaluate import verify as checks
    from idc_core.score.save_as_run import finish_interrupted

    differs = False
    with progress() as show:
        if named_run is not None:
            items = checks.verify_run(named_run)
        elif named_store is not None:
            items = checks.verify_store(named_store, show)
        else:
            for name in finish_interrupted(data_root(), models_root()):
                say(f"Completed the run {name}, whose saving was interrupted.")
            items = checks.verify_all(data_root(), models_root(), show)
        for item in items:
            say(item.line)
            differs = differs or bool(item.difference)
    if differs:
        raise typer.Exit(1)
