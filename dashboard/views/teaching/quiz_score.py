"""A reader against the model on the same patches: what was said, and the running score."""

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.theme import counted


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader said of one patch, and what was true."""

    patient: str
    x: int
    y: int
    said: int
    label: int
    score: float
    threshold: float

    @property
    def called(self) -> int:
        return int(self.score >= self.threshold)


def sentence(answers: list[Answer]) -> str:
    """The running score in a line.

    >>> sentence([Answer("1", 1, 1, 1, 1, 0.2, 0.5)])
    '1 patch: you 1 right (100 %), the model 0 (0 %); you and the model said the same of 0.'
    """
    n = len(answers)
    you = sum(each.said == each.label for each in answers)
    model = sum(each.called == each.label for each in answers)
    same = sum(each.said == each.called for each in answers)
    return (
        f"{counted(n, 'patch', 'patches')}: you {you} right ({you / n:.0%}), the model {model} "
        f"({model / n:.0%}); you and the model said the same of {same}."
    ).replace("%)", " %)")


def table(answers: list[Answer]) -> pd.DataFrame:
    """A row a patch."""
    return pd.DataFrame(
        [
            {
                "patient": each.patient,
                "x": each.x,
                "y": each.y,
                "you said": each.said,
                "the model called": each.called,
                "label": each.label,
                "score": each.score,
            }
            for each in answers
        ]
    )
