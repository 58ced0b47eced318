"""Every figure that a page or a report prints with an interval, computed as the library does.

A line in `FIGURES` adds one: how its interval comes from a set of patients. Its value for the whole
population is the truth. `Figure.value` gives that alone where an interval of so many would take
minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.coverage import at_a_threshold as at
from benchmarks.coverage import chosen, of_scores
from benchmarks.coverage.populations import Patients
from idc_core.metrics import agreement
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.leave_one_out import Interval


@dataclass(frozen=True)
class Figure:
    """`of` gives the figure with its interval, `value` the figure alone; `one` is what a single
    patient shows, for an interval that is meant for the next patient and not for a figure."""

    of: Callable[[Patients], Interval]
    value: Callable[[Patients], float] | None = None
    one: Callable[[Patients], float] | None = None

    def truth(self, whole: Patients) -> float:
        """The figure of a whole population."""
        return self.value(whole) if self.value else self.of(whole).value


FIGURES: dict[str, Figure] = {
    **{name: Figure(partial(at.rate, name)) for name in RATES},
    "roc_auc": Figure(of_scores.roc_auc),
    "pr_auc": Figure(of_scores.average_precision),
    "brier": Figure(of_scores.brier),
    "mean sensitivity": Figure(partial(at.mean, "sensitivity")),
    "mean specificity": Figure(partial(at.mean, "specificity")),
    "mean f1": Figure(partial(at.mean, "f1")),
    "median sensitivity": Figure(partial(at.median, "sensitivity")),
    "median specificity": Figure(partial(at.median, "specificity")),
    "sensitivity at fixed specificity": Figure(of_scores.found_at, of_scores.value_found_at),
    "precision at fixed sensitivity": Figure(of_scores.precision_at, of_scores.value_precision_at),
    "workload": Figure(of_scores.reviewed, of_scores.value_reviewed),
    "sensitivity difference": Figure(partial(at.difference, "sensitivity")),
    "specificity difference": Figure(partial(at.difference, "specificity")),
    "f1 difference": Figure(partial(at.difference, "f1")),
    "slice sensitivity": Figure(
        partial(at.in_slice, "sensitivity"), partial(at.value_of, "sensitivity")
    ),
    "slice specificity": Figure(
        partial(at.in_slice, "specificity"), partial(at.value_of, "specificity")
    ),
    "slice sensitivity difference": Figure(partial(at.slice_apart, "sensitivity"), lambda _: 0.0),
    "slice specificity difference": Figure(partial(at.slice_apart, "specificity"), lambda _: 0.0),
    "kappa": Figure(at.labels_and_calls),
    "weighted kappa": Figure(at.classes_of_burden),
    "icc": Figure(lambda each: agreement.icc(*at.shares(each))),
    "bias": Figure(partial(at.limits, "bias")),
    "lower limit": Figure(partial(at.limits, "lower")),
    "upper limit": Figure(partial(at.limits, "upper")),
    "next patient": Figure(partial(at.limits, "new"), one=at.next_patient),
    "regions_found": Figure(at.regions_found),
    "false_alarm_regions": Figure(at.false_alarm_regions),
    "froc score": Figure(at.froc_score),
    "net benefit": Figure(partial(at.benefit, "over_none")),
    "net benefit less calling all": Figure(partial(at.benefit, "over_all")),
    **{
        name: Figure(partial(at.in_use, of))
        for name, of in (
            ("ppv at prevalence", "ppv"),
            ("npv at prevalence", "npv"),
            ("likelihood ratio positive", "plus"),
            ("likelihood ratio negative", "minus"),
        )
    },
    **{
        f"calibration {name.replace('_', ' ')}": Figure(partial(of_scores.calibration, name))
        for name in ("off", "in_the_large", "slope", "joint_intercept")
    },
    **{
        f"threshold by {name}": Figure(partial(chosen.chosen, rule), partial(chosen.truth, rule))
        for name, rule in chosen.RULES.items()
    },
}


COMPARED: dict[str, Figure] = {
    f"{name}, {method.__name__}": Figure(partial(method, name), partial(at.value_of, name))
    for name in ("sensitivity", "specificity", "precision", "npv")
    for method in (at.percentile, at.naive)
}
"""Other methods, for the document."""
