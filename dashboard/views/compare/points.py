"""The thresholds at which two runs are compared, their source, and warnings about them."""

from dataclasses import dataclass

from dashboard.cache import cutoff, predictions
from dashboard.charts.theme import digits
from dashboard.views.compare.cache import Compared
from dashboard.views.compare.choice import Choice
from idc_core.evaluate.evaluation import UNCHOSEN
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.runs.run import Run


@dataclass(frozen=True, slots=True)
class Points:
    """The thresholds of A and B, where they come from, and warnings."""

    a: float
    b: float
    said: str
    warnings: tuple[str, ...] = ()


def points(choice: Choice, a: Run, b: Run, found: Compared, *, split: str, bar: float) -> Points:
    """The thresholds for a choice."""
    if choice.how == "bar":
        return Points(bar, bar, f"Both at {digits(bar)}, the current threshold.")
    if choice.how == "own":
        return _own(a, b, split)
    return _at_sensitivity(choice.sensitivity, a, b, found, split)


def _own(a: Run, b: Run, split: str) -> Points:
    thresholds, said, warnings = [], [], []
    for letter, run in (("A", a), ("B", b)):
        point = run.operating_point()
        thresholds.append(cutoff.own(run).value)
        rule = "no operating point"
        if point is not None:
            rule = (point.name or point.rule or "given").replace("f1", "F1")
        said.append(f"{letter} at {digits(thresholds[-1])} ({rule})")
        if point is None:
            warnings.append(
                f"{run.name} has no operating point, so {UNCHOSEN:.2f} is used. Choose one "
                f"on validation: python train_cli.py evaluate --run {run.name}."
            )
    sentence = f"{', '.join(said)}: each at its own operating point."
    a_cut, b_cut = thresholds
    return Points(a_cut, b_cut, sentence, (*warnings, *_same_split(split)))


def _at_sensitivity(share: float, a: Run, b: Run, found: Compared, split: str) -> Points:
    rule, asked = f"sensitivity>={share:g}", f"sensitivity ≥ {100 * share:.0f} %"
    on_validation = [_both_classes(predictions.scores(run, "validation")) for run in (a, b)]
    if on_validation[0] is not None and on_validation[1] is not None:
        at_a, at_b = (choose(ranked, rule).threshold for ranked in on_validation if ranked)
        said = f"A at {digits(at_a)}, B at {digits(at_b)}: {asked} on each run's validation split."
        return Points(at_a, at_b, said, _same_split(split))
    lacking = [run.name for run, ranked in zip((a, b), on_validation, strict=True) if not ranked]
    ranked = found.pair.ranked_a, found.pair.ranked_b
    if not (len(ranked[0].positive) and len(ranked[0].negative)):
        warning = f"One class is missing: no threshold for {asked}. Both are compared at 0.5."
        return Points(UNCHOSEN, UNCHOSEN, "Both at 0.500.", (warning,))
    at_a, at_b = (choose(each, rule).threshold for each in ranked)
    return Points(
        at_a,
        at_b,
        f"A at {digits(at_a)}, B at {digits(at_b)}: {asked} on this split itself.",
        (
            f"{' and '.join(lacking)} {'have' if len(lacking) > 1 else 'has'} no validation split "
            "with both classes, so the "
            f"thresholds are chosen on the same {split} split that is evaluated: these figures "
            "are optimistic, for exploration only.",
        ),
    )


def _both_classes(found: predictions.SplitScores | None) -> Ranked | None:
    if found is None or not len(found.ranked.positive) or not len(found.ranked.negative):
        return None
    return found.ranked


def _same_split(split: str) -> tuple[str, ...]:
    if split != "validation":
        return ()
    return (
        "The thresholds were chosen on this validation split: choose the test split to evaluate "
        "them.",
    )
