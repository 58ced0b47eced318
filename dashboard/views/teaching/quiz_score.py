"""A reader against the model on the same patches: the answers and the running score."""

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.theme import counted


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's answer on one patch, with its label and score."""

    patient: str
    x: int
    y: int
    said: int
    label: int
    score: float
    threshold: float
    slide: str | None = None

    @property
    def place(self) -> dict[str, str | int]:
        """Where the patch lies, as a row of predictions names it."""
        slide = {} if self.slide is None else {"slide": self.slide}
        return {"patient": self.patient, **slide, "x": self.x, "y": self.y}

    @property
    def predicted(self) -> int:
        return int(self.score >= self.threshold)


def sentence(answers: list[Answer]) -> str:
    """The running score in a line.

    >>> sentence([Answer("1", 1, 1, 1, 1, 0.2, 0.5)])
    '1 patch: you 1 correct (100 %), the model 0 (0 %); you and the model agree on 0.'
    """
    n = len(answers)
    you = sum(each.said == each.label for each in answers)
    model = sum(each.predicted == each.label for each in answers)
    same = sum(each.said == each.predicted for each in answers)
    return (
        f"{counted(n, 'patch', 'patches')}: you {you} correct ({you / n:.0%}), the model {model} "
        f"({model / n:.0%}); you and the model agree on {same}."
    ).replace("%)", " %)")


def table(answers: list[Answer]) -> pd.DataFrame:
    """One row per patch."""
    return pd.DataFrame(
        [
            {
                **each.place,
                "you said": each.said,
                "the model predicted": each.predicted,
                "label": each.label,
                "score": each.score,
            }
            for each in answers
        ]
    )
