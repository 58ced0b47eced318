"""What the reference runs are worth: validation of every seed, out of fold, minutes, hardware."""

from pathlib import Path

from benchmarks.reference.steps import Plan, Step, steps
from idc_core.data.shown_splits import OUT_OF_FOLD, UNTOUCHED
from idc_core.io.intervals import interval
from idc_core.records.report import Figure
from idc_core.records.run_info import RunInfo, info_if_whole
from idc_core.runs import ledger
from idc_core.runs.out_of_fold import fold_path, teacher_path
from idc_core.runs.run import Run, open_run

HEAD = ("step", "run", "patients", "ROC-AUC", "minutes", "hardware")


def rows(plan: Plan, models: Path) -> list[tuple[str, ...]]:
    """A row a step that is done, and one for the mean and range of the seeds. The test split is
    not in it: that is a step of its own. Out of fold holds test patients, so that it is a look."""
    made, seeds = [], []
    for step in steps(plan):
        folder = models / step.run
        info = info_if_whole(folder) if (folder / "run.json").is_file() else None
        if info is None or step.kind == "test":
            continue
        made += _rows(step, Run(folder, info), models / plan.name)
        if step.key.startswith("seed-") and (folder / "report.json").is_file():
            found = open_run(folder).report().splits["validation"].pooled["roc_auc"].value
            seeds += [] if found is None else [found]
    if len(seeds) > 1:
        mean, low, high = sum(seeds) / len(seeds), min(seeds), max(seeds)
        said = f"mean {mean:.3f}, from {low:.3f} to {high:.3f}"
        made.append((f"{len(seeds)} seeds, validation", "", "", said, "", ""))
    return made


def printed(found: list[tuple[str, ...]]) -> str:
    """As a table of Markdown, for `docs/models.md`."""
    lines = [HEAD, ("---",) * len(HEAD), *found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rows(step: Step, run: Run, recipe: Path) -> list[tuple[str, ...]]:
    info = run.info
    minutes = _minutes(_seconds_of_folds(recipe) if step.kind == "folds" else _seconds(run.path))
    last = (minutes, _hardware(recipe, info))
    if step.kind == "final":
        fitted = info.fitted_on
        patients = "" if fitted is None else f"{fitted.patients:,}"
        return [(step.about, run.name, patients, "judged on none of them", *last)]
    if not (run.path / "report.json").is_file():
        return [(step.about, run.name, "", "not finished", *last)]
    report = run.report()
    if step.kind == "folds":
        ledger.look(run, report.threshold)
    shown = (OUT_OF_FOLD, UNTOUCHED) if step.kind == "folds" else ("validation",)
    return [
        (
            f"{step.about}, {split}",
            run.name,
            f"{report.splits[split].n_patients:,}",
            _area(report.splits[split].pooled["roc_auc"]),
            *last,
        )
        for split in shown
        if split in report.splits
    ]


def _area(found: Figure) -> str:
    return interval(found.value, found.low, found.high, _three)


def _three(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "not defined"


def _seconds(folder: Path) -> float | None:
    """Of a run and of the teacher that lies in it."""
    own = [info_if_whole(each) for each in (folder, folder / "teacher") if each.is_dir()]
    known = [info.wall_seconds for info in own if info is not None and info.wall_seconds]
    return sum(known) if known else None


def _seconds_of_folds(run: Path) -> float | None:
    """Of all folds and their teachers; None where they are not here."""
    found, fold = 0.0, 0
    while fold_path(run, fold).is_dir():
        for folder in (fold_path(run, fold), teacher_path(run, fold)):
            found += (_seconds(folder) or 0.0) if folder.is_dir() else 0.0
        fold += 1
    return found or None


def _minutes(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.1f}"


def _hardware(recipe: Path, info: RunInfo) -> str:
    known = info.hardware
    if known is None:  # a run of folds is trained where its run was
        own = info_if_whole(recipe)
        known = None if own is None else own.hardware
    return "" if known is None else ", ".join(known.devices)
