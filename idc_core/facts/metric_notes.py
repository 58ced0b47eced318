"""Notes beside a metric: what it was counted on, its prevalence, and its interval's coverage."""

from collections.abc import Iterable

from idc_core.io.digits import UNDEFINED
from idc_core.metrics.catalogue import moves_with_prevalence
from idc_core.metrics.coverage import note


def held(counted: str, figure: str, patients: int) -> str:
    """What it was counted on, and how far its interval falls short of 95 %.

    >>> held("28 patients", "specificity", 28)
    '28 patients · interval holds about 91 % with so few patients'
    """
    return " · ".join(filter(None, (counted, note(figure, patients))))


def prevalence(counted: str, figure: str, share: float) -> str:
    """The same with the share of IDC, for a metric that changes with prevalence.

    >>> prevalence("9 of 12", "precision", 0.284), prevalence("5 of 6", "sensitivity", 0.284)
    ('9 of 12 · prevalence 28 %', '5 of 6')
    """
    if not moves_with_prevalence(figure):
        return counted
    if share != share:
        return f"{counted} · prevalence {UNDEFINED}"
    return f"{counted} · prevalence {100 * share:.{0 if share >= 0.1 else 2}f} %"


def notes(figures: Iterable[tuple[str, str, int]]) -> str:
    """Sentences for a caption, from words, metric and patients of each; empty where all hold.

    >>> notes([("Specificity", "specificity", 28), ("F1", "f1", 28)])
    ' Specificity: interval holds about 91 % with so few patients.'
    """
    said = ((words, note(figure, patients)) for words, figure, patients in figures)
    return "".join(f" {words}: {each}." for words, each in said if each)
