"""Figures of the calls at one threshold, as the library makes their intervals.

Rates, what two models differ by, slices, agreement, areas, and what a call means in use.
"""

from functools import lru_cache

import numpy as np

from benchmarks.coverage.populations import Numbers, Patients
from idc_core.evaluate.burden import CLASSES, class_of
from idc_core.metrics import agreement, clinic, joint, paired
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import ratio
from idc_core.metrics.froc import Froc
from idc_core.metrics.leave_one_out import Interval, wilson
from idc_core.metrics.resampled import interval as percentiles
from idc_core.metrics.uncertainty import PatientJackknife

CHANCE, PREVALENCE = 0.2, 0.1

_once = lru_cache(maxsize=1)  # several figures of one set come from one computation


def jackknife(patients: Patients) -> PatientJackknife:
    """The library's intervals for these patients."""
    return PatientJackknife(len(patients))


def rate(name: str, patients: Patients) -> Interval:
    """One of `RATES`."""
    return _rates(patients)[name]


@_once
def _rates(patients: Patients) -> dict[str, Interval]:
    return jackknife(patients).of_rates(patients.counts, tuple(RATES))


def percentile(name: str, patients: Patients) -> Interval:
    """The usual interval of resampled patients, for comparison."""
    value = float(RATES[name](*patients.counts.sum(axis=0)))
    drawn = _resampler(len(patients)).sums(patients.counts)
    return percentiles(value, RATES[name](*drawn.T))


@lru_cache(maxsize=1)
def _resampler(patients: int) -> PatientJackknife:
    return PatientJackknife(patients, resamples=1000)


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
    return jackknife(patients).of_mean(RATES[name](*patients.counts.T))


def median(name: str, patients: Patients) -> Interval:
    """The median patient's rate."""
    return jackknife(patients).of_median(RATES[name](*patients.counts.T))


def difference(name: str, patients: Patients) -> Interval:
    """B - A of a rate."""
    return _paired(patients)[name].difference


@_once
def _paired(patients: Patients) -> dict[str, paired.Paired]:
    names = ("sensitivity", "specificity", "f1")
    return paired.rates(jackknife(patients), patients.cells.astype(np.int64), names)


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
    """Labelled and predicted burden of each patient."""
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
    slides = np.ones(len(lesions))
    return Froc(np.array(cuts, dtype=float), np.nan_to_num(hits), alarms, lesions, slides)


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
    rates = joint.rates(jackknife(patients), patients.counts)
    return clinic.in_use(rates, PREVALENCE)


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
    return PatientJackknife(len(inside)).of_rates(inside, (name,))[name]


def slice_apart(name: str, patients: Patients) -> Interval:
    """A rate in a slice less that in the rest."""
    both = np.hstack(half(patients))
    own = RATES[name]
    return jackknife(patients).of_sums(lambda sums: own(*sums[:, :4].T) - own(*sums[:, 4:].T), both)


def regions_found(patients: Patients) -> Interval:
    """Areas found at one threshold."""
    return places(patients).interval(4)


def false_alarm_regions(patients: Patients) -> Interval:
    """False-alarm areas per slide at one threshold."""
    return places(patients).alarms(4)


def froc_score(patients: Patients) -> Interval:
    """Mean share of areas found over false alarms per slide."""
    return places(patients).score


def next_patient(patients: Patients) -> float:
    """By how much the predicted burden of one patient differs from the labelled one."""
    return float(np.subtract(*shares(patients)[::-1])[0])
