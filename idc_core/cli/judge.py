"""`evaluate`, `predict`, `analyse`, `report`, `verify`, `export-logs`: what a run is worth."""

from pathlib import Path
from typing import Annotated

import typer

from idc_core.cli.console import app, progress, say
from idc_core.cli.words import LabelsFile, MLflowAddress, RunName, TensorBoardFolder
from idc_core.places import data_root, models_root, run_path, store_path, without_credentials
from idc_core.refusal import Refusal
from idc_core.run_data import needed_store
from idc_core.runs import open_run
from idc_core.store import open_store
from idc_core.trained_on import reference


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
    say(f"Written: {run_path(run) / 'report.json'}")


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
    say(f"{sent:,} numbers of {opened.name} sent to {told}")


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
    from idc_core.whole_set import all_too_large

    opened = open_run(run_path(run))
    point = opened.operating_point()
    threshold = UNCHOSEN if point is None else float(point["threshold"])
    with progress() as show:
        scorer = Scorer(opened.path / "model.onnx")
        scored = predict_sources(
            source, scorer, threshold, progress=show, calibration=kept(opened),
            profile=profile_for(opened),
        )  # fmt: skip
    whole = all_too_large([each.detail for each in scored.skipped], len(scored.table))
    if whole is not None and not len(scored.table):
        raise Refusal(f"expected patches to score: {whole}")
    for skipped in scored.skipped:
        say(f"skipped {skipped}")
    if not len(scored.table):
        raise Refusal("expected at least one patch that can be read: found none.")
    write_scores(out, scored.table, facts_of(opened, threshold))
    for sentence in [*filter(None, [whole]), *scored.checked.of_the_set()]:
        say(f"Note: {sentence}")
    say(scored.checked.sentence(reference=reference(opened.info)))
    whence = "no operating point: assumed" if point is None else "the run's operating point"
    say(f"{len(scored.table):,} scored, {len(scored.skipped):,} skipped: {out}")
    say(f"Called IDC from {threshold!r} up ({whence}).")


@app.command()
def analyse(run: RunName) -> None:
    """Measure every channel of a run's network: what it answers to, what is lost without it.

    Goes on where it was stopped; what is done is not done again.
    """
    from idc_core.channels.analyse import analyse as measure
    from idc_core.scoring import Scorer

    opened = open_run(run_path(run))
    scorer = Scorer(opened.path / "model.onnx")
    with progress() as show:
        found = measure(opened, needed_store(opened), scorer, show)
    say(
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
    say(f"Written: {target}")


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
    with progress() as show:
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
                say(f"Completed the run {name}, whose keeping was interrupted.")
            items = checks.verify_all(data_root(), models_root(), show)
        for item in items:
            say(item.line)
            differs = differs or bool(item.difference)
    if differs:
        raise typer.Exit(1)
