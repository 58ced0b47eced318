"""What is known of one metric, in one place: how it is computed, what it says, when it misleads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from idc_core.metrics.coverage_reached import REACHED
from idc_core.metrics.leave_one_out import Bounds, Interval, Numbers
from idc_core.metrics.parts import Composed

if TYPE_CHECKING:
    from idc_core.metrics.uncertainty import PatientJackknife

Chapter = Literal["threshold", "scores", "probabilities", "clinic", "burden", "readers", "areas"]
"""Where docs/numbers.md lists a metric."""

LEFT_OUT = "leaving out one patient at a time"
AT_THE_PARTS = f"{LEFT_OUT}; no narrower than its parts allow where one lies on a bound"
NO_INTERVAL = "none"

TN, FP, FN, TP = range(4)


class Scored(Protocol):
    """Patches sorted by patient: labels, scores and number of the patient, shape (n,)."""

    @property
    def labels(self) -> npt.NDArray[np.int8]: ...
    @property
    def scores(self) -> npt.NDArray[np.float64]: ...
    @property
    def owner(self) -> npt.NDArray[np.int64]: ...

    def sums(self, columns: npt.ArrayLike) -> Numbers:
        """Sum of the rows of each patient; (rows, k) → (patients, k)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How a metric of the four counts at one threshold is computed and said.

    `of` takes tn, fp, fn, tp as numbers or as arrays of one shape. `rests_on`: groups of those
    counts that it divides by; its evidence is the patients of the scarcest group. `said`: the
    sentence beside the number, with `{}` for the number of a hundred, or without for a metric that
    is not a share. `undefined`: why it is not defined. `made_of`: rates whose intervals its own has
    to include.
    """

    of: Callable[[Any, Any, Any, Any], npt.NDArray[np.float64]]
    rests_on: tuple[tuple[int, ...], ...]
    said: str
    undefined: str = "label or prediction is the same everywhere"
    made_of: Composed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric; tables, sentences, report, documents and tests follow from it.

    `counted_on` may name counts in braces: tn, fp, fn, tp, idc,
    others, predicted_idc, predicted_no_idc, correct, all.
    `better`: in which direction; `best` says where that alone does not tell. `formula`, `source`
    and `not_when` (to use it) are Markdown. `interval`: how its interval is made. `rate` or
    `of_scores` computes what every run is judged by; others have functions of their own.
    """

    key: str
    title: str
    sentence: str
    counted_on: str
    bounds: Bounds
    better: Literal["higher", "lower", "neither"]
    interval: str
    formula: str
    source: str
    not_when: str
    chapter: Chapter
    best: str = ""
    classes: tuple[int, ...] = (0, 1)
    """Labels of the patches it is about: a subgroup needs enough of each."""
    rate: Rate | None = None
    of_scores: "Callable[[Scored, PatientJackknife], Interval] | None" = None
    moves_with_prevalence: bool = False
    """Whether it changes with the share of IDC although the model is the same."""
    report_title: str = ""
    inline: str = ""
    listed: str = ""

    @property
    def in_report(self) -> str:
        """Its name in the report, where there is room for what it means."""
        return self.report_title or self.title

    @property
    def in_a_sentence(self) -> str:
        """Its name within a sentence: lower case unless it is an abbreviation or a name."""
        return self.inline or self.title[:1].lower() + self.title[1:]

    @property
    def in_numbers(self) -> str:
        """Its name in docs/numbers.md, with what others call it."""
        return self.listed or self.title

    @property
    def reached(self) -> tuple[int, int] | None:
        """Lowest and highest coverage of its interval in simulation, in percent, over all numbers
        of patients; None where it was not measured."""
        measured = [each for each in REACHED.get(self.key, ()) if each is not None]
        return (min(measured), max(measured)) if measured else None
