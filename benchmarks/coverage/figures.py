"""Every figure that a page or a report prints with an interval, computed as the library does.

A line in `FIGURES` adds one: how its interval comes from a set of patients. Its value for the whole
population is the truth. `Figure.value` gives that alone where an interval of so many would take
minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from benchmarks.coverage.populations import BINS, SCORES, Numbers, Patients
from idc_core.burden import CLASSES, class_of
from idc_core.metrics import agreement, calibration_fit, clinic, joint, paired, workload
from idc_core.metrics.areas import of_pairs
from idc_core.metrics.bands import Bands, bands
from idc_core.metrics.confusion import RATES, ratio
from idc_core.metrics.froc import Froc
from idc_core.metrics.leave_one_out import SHARE, Interval, around, effective, wilson
from idc_core.metrics.uncertainty import PatientBootstrap
from idc_core.metrics.uncertainty import interval as percentiles

ALARMS, WORK, CHANCE, PREVALENCE = 0.1, 0.9, 0.2, 0.1


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


def bootstrap(patients: Patients) -> PatientBootstrap:
    """The library's intervals for these patients."""
    return PatientBootstrap(len(patients))


_once = lru_cache(maxsize=1)  # several figures of one set come from one computation


def rate(name: str, patients: Patients) -> Interval:
    """One of `RATES`."""
    return _rates(patients)[name]


@_once
def _rates(patients: Patients) -> dict[str, Interval]:
    return bootstrap(patients).of_rates(patients.counts, tuple(RATES))


def percentile(name: str, patients: Patients) -> Interval:
    """The usual interval of resampled patients, for comparison."""
    value = float(RATES[name](*patients.counts.sum(axis=0)))
    drawn = _resampler(len(patients)).sums(patients.counts)
    return percentiles(value, RATES[name](*drawn.T))


@lru_cache(maxsize=1)
def _resampler(patients: int) -> PatientBootstrap:
    return PatientBootstrap(patients, resamples=1000)


def naive(name: str, patients: Patients) -> Interval:
    """Wilson's interval of patches taken for independent, for comparison."""
    tn, fp, fn, tp = patients.counts.sum(axis=0)
    of = {"sensitivity": fn + tp, "specificity": tn + fp, "precision": fp + tp, "npv": tn + fn}
    value = float(RATES[name](tn, fp, fn, tp))
    low, high = wilson(np.array([value]), np.array([max(of[name], 1.0)]))
    return Interval(value, float(low[0]), float(high[0]))


def value_of(name: str, patients: Patients) -> float:
    """A rate alone."""
    return float(RATES[name](*patients.counts.sum(axis=0)))


def mean(name: str, patients: Patients) -> Interval:
    """Mean over patients of a rate."""
    return bootstrap(patients).of_mean(RATES[name](*patients.counts.T))


def median(name: str, patients: Patients) -> Interval:
    """The median patient's rate."""
    return bootstrap(patients).of_median(RATES[name](*patients.counts.T))


def roc_auc(patients: Patients) -> Interval:
    """Area under the ROC curve, from pairs won and lost by each patient, as from patches."""
    idc, rest = patients.idc, patients.rest
    all_idc, all_rest = idc.sum(axis=0), rest.sum(axis=0)
    won = idc @ (np.cumsum(all_rest) - all_rest / 2)
    lost = rest @ (all_idc.sum() - np.cumsum(all_idc) + all_idc / 2)
    own = (idc * (np.cumsum(rest, axis=1) - rest / 2)).sum(axis=1)
    classes = idc.sum(axis=1), rest.sum(axis=1)
    found = of_pairs(won, lost, own, *classes)
    few = min(float(effective(each)) for each in classes)
    return around(found.value, found.left_out, SHARE, few)


def average_precision(patients: Patients) -> Interval:
    """Area under precision over sensitivity."""
    return bootstrap(patients).of_sums(_average_precision, patients.bins, SHARE)


def brier(patients: Patients) -> Interval:
    """Mean squared distance of score and label."""
    return bootstrap(patients).of_sums(
        lambda sums: ratio(sums[:, 0], sums[:, 1]), _squared(patients), SHARE
    )


def found_at(patients: Patients) -> Interval:
    """The band of the ROC curve at one share of false alarms."""
    band = _bands(patients).roc
    at = int(np.argmin(np.abs(band.across - ALARMS)))
    return Interval(_found_at(patients), float(band.low[at]), float(band.high[at]))


@_once
def _bands(patients: Patients) -> Bands:
    cuts = np.arange(BINS, -1, -1).astype(float)
    return bands(lambda cut: patients.at(int(cut)), cuts, bootstrap(patients))


def precision_at(patients: Patients) -> Interval:
    """The band of precision at a sensitivity of 0.8."""
    band = _bands(patients).pr
    at = int(np.argmin(np.abs(band.across - 0.8)))
    return Interval(_precision_at(patients), float(band.low[at]), float(band.high[at]))


def reviewed(patients: Patients) -> Interval:
    """Share of patches to look at to find 90 % of the IDC."""
    counts = np.stack([patients.at(cut) for cut in range(BINS, -1, -1)])
    value = _reviewed(patients)
    return workload.interval(workload.Work(0.0, value, WORK), counts, WORK)


def difference(name: str, patients: Patients) -> Interval:
    """B - A of a rate."""
    return _paired(patients)[name].difference


@_once
def _paired(patients: Patients) -> dict[str, paired.Paired]:
    names = ("sensitivity", "specificity", "f1")
    return paired.rates(bootstrap(patients), patients.cells.astype(np.int64), names)


def labels_and_calls(patients: Patients) -> Interval:
    """Kappa of label and call over patches, as of a reader and the label."""
    return agreement.kappa_interval(patients.counts.reshape(-1, 2, 2))


def classes_of_burden(patients: Patients) -> Interval:
    """Weighted kappa of four classes of burden."""
    one, other = (class_of(each) for each in shares(patients))
    tables = agreement.tables_of(np.arange(len(one)), one, other, len(CLASSES))
    return agreement.kappa_interval(tables, "quadratic")


@_once
def shares(patients: Patients) -> tuple[Numbers, Numbers]:
    """Labelled and called burden of each patient."""
    _, fp, fn, tp = patients.counts.T
    size = patients.counts.sum(axis=1)
    return (fn + tp) / size, (fp + tp) / size


def limits(name: str, patients: Patients) -> Interval:
    """A part of Bland and Altman's analysis of burden."""
    found: Interval = getattr(agreement.bland_altman(*shares(patients)), name)
    return found


@_once
def places(patients: Patients) -> Froc:
    """Areas found and false-alarm areas at twelve thresholds, as many as the patches suggest.

    On the whole slides of the reference run their number grows as the root of the patches, since
    patches that touch are one area. A patient's hits are its share of patches found.
    """
    lesions = np.ceil(np.sqrt(patients.idc.sum(axis=1)) / 6)
    cuts = range(50, 2, -4)
    tables = [patients.at(cut) for cut in cuts]
    hits = np.stack([np.round(lesions * ratio(t[:, 3], t[:, 2] + t[:, 3])) for t in tables])
    alarms = np.stack([np.round(np.sqrt(t[:, 1]) / 2) for t in tables])
    return Froc(np.array(cuts, dtype=float), np.nan_to_num(hits), alarms, lesions)


def benefit(over: str, patients: Patients) -> Interval:
    """Net benefit at a chance of 0.2, less that of calling none or all."""
    found: Interval = getattr(clinic.benefit(patients.counts, CHANCE), over)
    return found


def in_use(name: str, patients: Patients) -> Interval:
    """A predictive value or likelihood ratio at a prevalence of 0.1."""
    found: Interval = getattr(_in_use(patients), name)
    return found


@_once
def _in_use(patients: Patients) -> clinic.InUse:
    rates = joint.rates(bootstrap(patients), patients.counts)
    return clinic.in_use(rates, PREVALENCE)


def calibration(name: str, patients: Patients) -> Interval:
    """A figure of calibration."""
    found: Interval = getattr(_fitted(patients), name)
    return found


@_once
def _fitted(patients: Patients) -> calibration_fit.Fitted:
    logits = np.log(SCORES / (1 - SCORES))
    both = patients.idc + patients.rest
    return calibration_fit.figures(
        calibration_fit.Gathered(
            logits, both, patients.idc.sum(axis=1), patients.idc @ logits, both @ SCORES
        )
    )


@_once
def half(patients: Patients) -> tuple[Numbers, Numbers]:
    """Counts inside and outside a slice that holds a share of each patient's patches."""
    rng = np.random.default_rng(len(patients))
    chance = rng.beta(0.6, 1.2, len(patients))
    inside = rng.binomial(patients.counts.astype(int), chance[:, None]).astype(np.float64)
    return inside, patients.counts - inside


def in_slice(name: str, patients: Patients) -> Interval:
    """A rate in a slice, over the patients that it holds."""
    inside = half(patients)[0]
    inside = inside[inside.any(axis=1)]
    return PatientBootstrap(len(inside)).of_rates(inside, (name,))[name]


def slice_apart(name: str, patients: Patients) -> Interval:
    """A rate in a slice less that in the rest."""
    both = np.hstack(half(patients))
    own = RATES[name]
    return bootstrap(patients).of_sums(lambda sums: own(*sums[:, :4].T) - own(*sums[:, 4:].T), both)


def _froc_point(patients: Patients) -> Interval:
    return places(patients).interval(4)


FIGURES: dict[str, Figure] = {
    **{name: Figure(partial(rate, name)) for name in RATES},
    "roc_auc": Figure(roc_auc),
    "pr_auc": Figure(average_precision),
    "brier": Figure(brier),
    "mean sensitivity": Figure(partial(mean, "sensitivity")),
    "mean specificity": Figure(partial(mean, "specificity")),
    "mean f1": Figure(partial(mean, "f1")),
    "median sensitivity": Figure(partial(median, "sensitivity")),
    "median specificity": Figure(partial(median, "specificity")),
    "sensitivity at fixed specificity": Figure(found_at, lambda each: _found_at(each)),
    "precision at fixed sensitivity": Figure(precision_at, lambda each: _precision_at(each)),
    "workload": Figure(reviewed, lambda each: _reviewed(each)),
    "sensitivity difference": Figure(partial(difference, "sensitivity")),
    "specificity difference": Figure(partial(difference, "specificity")),
    "f1 difference": Figure(partial(difference, "f1")),
    "slice sensitivity": Figure(partial(in_slice, "sensitivity"), partial(value_of, "sensitivity")),
    "slice specificity": Figure(partial(in_slice, "specificity"), partial(value_of, "specificity")),
    "slice sensitivity difference": Figure(partial(slice_apart, "sensitivity"), lambda _: 0.0),
    "slice specificity difference": Figure(partial(slice_apart, "specificity"), lambda _: 0.0),
    "kappa": Figure(labels_and_calls),
    "weighted kappa": Figure(classes_of_burden),
    "icc": Figure(lambda each: agreement.icc(*shares(each))),
    "bias": Figure(partial(limits, "bias")),
    "lower limit": Figure(partial(limits, "lower")),
    "upper limit": Figure(partial(limits, "upper")),
    "next patient": Figure(
        partial(limits, "new"), one=lambda each: float(np.subtract(*shares(each)[::-1])[0])
    ),
    "regions_found": Figure(_froc_point),
    "false_alarm_regions": Figure(lambda each: places(each).alarms(4)),
    "froc score": Figure(lambda each: places(each).score),
    "net benefit": Figure(partial(benefit, "over_none")),
    "net benefit less calling all": Figure(partial(benefit, "over_all")),
    **{
        name: Figure(partial(in_use, of))
        for name, of in (
            ("ppv at prevalence", "ppv"),
            ("npv at prevalence", "npv"),
            ("likelihood ratio positive", "plus"),
            ("likelihood ratio negative", "minus"),
        )
    },
    **{
        f"calibration {name.replace('_', ' ')}": Figure(partial(calibration, name))
        for name in ("off", "in_the_large", "slope", "joint_intercept")
    },
}


COMPARED: dict[str, Figure] = {
    f"{name}, {method.__name__}": Figure(partial(method, name), partial(value_of, name))
    for name in ("sensitivity", "specificity", "precision", "npv")
    for method in (percentile, naive)
}
"""Other methods, for the document."""


def _squared(patients: Patients) -> Numbers:
    squares = patients.idc @ (SCORES - 1) ** 2 + patients.rest @ SCORES**2
    return np.stack([squares, patients.bins.sum(axis=1)], axis=1)


def _falling(bins: Numbers) -> tuple[Numbers, Numbers]:
    """IDC, and other patches called at each bin, the highest first."""
    idc, rest = np.split(bins, 2, axis=1)
    return np.cumsum(idc[:, ::-1], axis=1), np.cumsum(rest[:, ::-1], axis=1)


def _average_precision(bins: Numbers) -> Numbers:
    true, false = _falling(bins)
    gain = np.diff(true, axis=1, prepend=0)
    return ratio((gain * true / np.maximum(true + false, 1)).sum(axis=1), true[:, -1])


def _found_at(patients: Patients) -> float:
    """Sensitivity where the share `ALARMS` of the others is called; `nan` without one class."""
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    if not true[-1] or not false[-1]:
        return float("nan")
    return float(np.interp(ALARMS, np.append(0, false) / false[-1], np.append(0, true) / true[-1]))


def _reviewed(patients: Patients) -> float:
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    if not true[-1]:
        return float("nan")
    called = np.append(0, true + false) / (true[-1] + false[-1])
    return float(np.interp(WORK, np.append(0, true) / true[-1], called))


def _precision_at(patients: Patients) -> float:
    (true,), (false,) = _falling(patients.bins.sum(axis=0)[None])
    some = true > 0
    if not some.any():
        return float("nan")
    return float(np.interp(0.8, true[some] / true[-1], (true / np.maximum(true + false, 1))[some]))
