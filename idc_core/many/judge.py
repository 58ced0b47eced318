"""A run of too many predictions judged: sums, report and threshold tables, a split at a time."""

from collections.abc import Callable

from idc_core.data.split.splits import SPLITS
from idc_core.evaluate import evaluation
from idc_core.evaluate.acceptance import Held, no_patches
from idc_core.io.refusal import Refusal
from idc_core.many import build, table
from idc_core.many.stored import Stored, folder_of, open_stored
from idc_core.metrics.operating_point import DEFAULT_RULE
from idc_core.records.ledger import OperatingPoint
from idc_core.records.report import Report, SplitFigures
from idc_core.runs import corrected_labels, score_parts
from idc_core.runs.run import Run, refuse_unlabelled

Tell = Callable[[str], object]


def judge(run: Run, *, rule: str = DEFAULT_RULE, tell: Tell = lambda _: None) -> Report:
    """What `evaluate` does of a run, from predictions that are never all in memory.

    What is kept already is not made again. `tell` hears what is begun. Raises `Refusal` where
    there is nothing to judge, a prediction is none, or labels were corrected, which needs every
    patch.
    """
    refuse_unlabelled(run)
    if corrected_labels.saved(run) is not None:
        raise Refusal(
            f"expected no corrected labels: {run.name} holds too many predictions for them. Remove "
            f"{run.path / corrected_labels.FILE}."
        )
    tell("Sorting the predictions by score and by patient.")
    wanted = {split: build.of(run, split) for split in SPLITS}
    build.keep(run, wanted)
    found = {split: kept for split, of in wanted.items() if (kept := _opened(run, split, of))}
    if not found:
        raise Refusal(
            f"expected labelled patches of a split ({', '.join(SPLITS)}) in {run.scores_file}: "
            "found none. Score the patches again."
        )
    point = _operating_point(run, found.get("validation"), rule)
    splits = {split: _figures(own, point.threshold, run) for split, own in found.items()}
    report = evaluation.write_report(run, point, splits)
    tell("Making the threshold tables.")
    for split, own in found.items():
        table.keep(own, run, split)
    return report


def evaluate(run: Run) -> Report:
    """Judge a run whether its predictions fit into memory or not, and write its report."""
    if score_parts.are_too_many(run.path):
        return judge(run)
    return evaluation.write_evaluation(run)


def stored(run: Run, split: str) -> Stored | None:
    """What is kept of a split; None of one without labelled patches. Raises `Refusal` naming the
    command that makes it."""
    of = build.of(run, split)
    found = _opened(run, split, of)
    made = any(_opened(run, other, build.of(run, other)) for other in SPLITS if other != split)
    if found is None and not made:
        raise Refusal(
            f"expected what {run.name} adds up to: it is not there yet, and the run is too large "
            f"to be read whole. Make it: python train_cli.py evaluate --run {run.name}."
        )
    return found


def hold(run: Run, split: str) -> Held:
    """A split for `acceptance.accept`; raises `Refusal` where it has no labelled patch."""
    found = stored(run, split)
    if found is None:
        raise no_patches(run, split, [each for each in SPLITS if stored(run, each) is not None])
    return Held(found.counted, lambda: found.of_scores()["roc_auc"])


def _opened(run: Run, split: str, of: str) -> Stored | None:
    folder = folder_of(run, split, of)
    return open_stored(folder, of) if folder.is_dir() else None


def _operating_point(run: Run, validation: Stored | None, rule: str) -> OperatingPoint:
    known = run.operating_point()
    if known is not None:
        return known
    if validation is None or not validation.has_both_classes:
        return evaluation.unchosen()
    return evaluation.chosen(
        run, validation.ranked, validation.counted, rule=rule, calls=validation.only_calls
    )


def _figures(found: Stored, threshold: float, run: Run) -> SplitFigures:
    return evaluation.figures(
        found.ranked, found.counted, found.of_scores(), found.aucs, threshold, run.info.raster
    )
