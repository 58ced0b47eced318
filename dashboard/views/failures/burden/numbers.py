"""Agreement of predicted and labelled burden, in four numbers."""

from dashboard.widgets import few_patients, figure
from idc_core.evaluate.burden import Agreement
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import TO, decimals, ends, interval
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.leave_one_out import Interval


def show(judged: Agreement, of: str, patients: int) -> None:
    """Draw them; `of` says what they were computed on."""
    limits = judged.bland_altman
    # Two shares differ by 1 at most.
    new = ends(max(limits.new.low, -1), min(limits.new.high, 1), _signed, TO)

    def given(figure: str, found: Interval) -> Interval:
        return limited(figure, found, patients)

    def noted(words: str, figure: str) -> str:
        return " · ".join(filter(None, (words, note(figure, patients))))

    figure.numbers(
        [
            (
                "Bias, percentage points",
                points(given("bias", limits.bias)),
                noted(f"mean of predicted − labelled · {of}", "bias"),
            ),
            (
                METRICS["next_patient"].title,
                new if patients > 1 else UNDEFINED,
                noted(
                    "95 % prediction interval of the difference, percentage points", "next_patient"
                ),
            ),
            (
                METRICS["icc"].title,
                coefficient(given("icc", judged.icc)),
                noted("absolute agreement; 1 is best", "icc"),
            ),
            (
                METRICS["weighted_kappa"].title,
                coefficient(given("weighted_kappa", judged.kappa)),
                noted("agreement of four classes, quadratic weights; 1 is best", "weighted_kappa"),
            ),
        ]
    )
    few_patients.show(patients, "whole slides")


def points(found: Interval) -> str:
    """A difference of shares in percentage points, with its interval where that can be known.

    >>> points(Interval(0.05, 0.01, 0.09)), points(Interval(-0.05, float("nan"), float("nan")))
    ('+5.0 [+1.0 to +9.0]', '−5.0')
    """
    return interval(found.value, found.low, found.high, _signed, TO)


def coefficient(found: Interval) -> str:
    """A coefficient of agreement with its interval where that can be known.

    >>> coefficient(Interval(0.5, -0.1, 0.8)), coefficient(Interval(float("nan"), 0, 0))
    ('0.50 [−0.10 to 0.80]', '–')
    """
    return interval(found.value, found.low, found.high, decimals(2, minus="−"), TO)


def _signed(share: float | None) -> str:
    return decimals(1, "+", minus="−")(None if share is None else 100 * share)
