"""What is said of the rates at one threshold: figures, sentence, all metrics.

Page and threshold table (`threshold_table`) have every text from here, so that none differs. A
text's key is its name on the page and in the table: `sensitivity.value`, `rates.f1.mean` …
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.facts.metric_notes import held, notes, prevalence
from idc_core.io.digits import UNDEFINED, many
from idc_core.io.digits import counted as counted_as
from idc_core.io.intervals import interval, rate
from idc_core.metrics.catalogue import METRICS, RATES, rate_of
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.coverage import limited
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster

HEAD = ("sensitivity", "specificity", "precision", "f1")
"""The rates that stand first, large."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One threshold: the counts, every rate with its interval, and in how many patients each rate
    is defined."""

    counts: Confusion
    rates: Mapping[str, Interval]
    defined: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfPatients:
    """One rate patient by patient: mean with interval, median, lowest and whose it is.

    `nan` and an empty name where no patient has the rate.
    """

    mean: Interval
    median: float
    lowest: float
    whose: str


def defined_in(per_patient: npt.NDArray[np.int64]) -> dict[str, int]:
    """In how many patients each rate is defined: sensitivity needs a patient with IDC.

    `per_patient`: tn, fp, fn, tp of each.

    >>> defined_in(np.array([[5, 1, 0, 0], [3, 0, 1, 2]]))["sensitivity"]
    1
    """
    return {name: int(np.isfinite(of(*per_patient.T)).sum()) for name, of in RATES.items()}


def counted(counts: Confusion, raster: Raster) -> dict[str, str]:
    """What each rate is counted on."""
    numbers = {
        "tn": counts.tn,
        "fp": counts.fp,
        "fn": counts.fn,
        "tp": counts.tp,
        "idc": counts.tp + counts.fn,
        "others": counts.tn + counts.fp,
        "predicted_idc": counts.tp + counts.fp,
        "predicted_no_idc": counts.tn + counts.fn,
        "correct": counts.tp + counts.tn,
        "all": counts.total,
    }
    written = {name: many(number) for name, number in numbers.items()}
    return {name: raster.say(METRICS[name].counted_on.format(**written)) for name in RATES}


def as_text(found: Interval) -> str:
    """A figure with its interval.

    >>> as_text(Interval(0.834, 0.78, 0.881))
    '0.83 [0.78–0.88]'
    """
    return interval(found.value, found.low, found.high, rate)


def headline(of: Judged, raster: Raster) -> dict[str, str]:
    """`value`, `around` (the interval) and `n` of each rate in `HEAD`."""
    on, share = counted(of.counts, raster), _share(of.counts)
    said: dict[str, str] = {}
    for name in HEAD:
        patients = of.defined[name]
        shown = as_text(limited(name, of.rates[name], patients))
        value, _, around = shown.partition(" ")
        n = f"{on[name]} · {counted_as(patients, 'patient')}"
        said |= {
            f"{name}.value": value,
            f"{name}.around": around,
            f"{name}.n": held(prevalence(n, name, share), name, patients),
        }
    return said


def sentence(of: Judged) -> dict[str, str]:
    """Sensitivity and specificity of a hundred patches: `found`, `around`, `alarms` as parts of a
    sentence; empty where a class is missing."""
    found, left = of.rates["sensitivity"], of.rates["specificity"]
    if not (found.value == found.value and left.value == left.value):
        return {}
    patients = of.defined["sensitivity"]
    shown = limited("sensitivity", found, patients)
    return {
        "sentence.found": f"{_hundred(shown.value)} are found",
        "sentence.around": f"{_with_interval(shown)}{_whose(patients)}",
        "sentence.alarms": f"{round(100 * (1 - left.value))} raise a false alarm",
    }


def all_metrics(of: Judged, own: Mapping[str, OfPatients], raster: Raster) -> dict[str, str]:
    """Every rate, pooled and patient by patient: `rates.<rate>.<column>`."""
    on, share = counted(of.counts, raster), _share(of.counts)
    said: dict[str, str] = {}
    for name, found in of.rates.items():
        defined, patients = of.defined[name], own[name]
        mean = limited(f"mean_{name}", patients.mean, defined)
        columns = {
            "value": as_text(limited(name, found, defined)),
            "counted": prevalence(on[name], name, share),
            "words": in_words(name, found, defined, raster) + notes([("Value", name, defined)]),
            "patients": str(defined),
            "mean": held(as_text(mean), f"mean_{name}", defined),
            "median": rate(patients.median),
            "lowest": f"{rate(patients.lowest)} ({patients.whose})" if defined else UNDEFINED,
        }
        said |= {f"rates.{name}.{column}": text for column, text in columns.items()}
    return said


def in_words(name: str, found: Interval, patients: int, raster: Raster) -> str:
    """A rate as a sentence.

    >>> raster = Raster(positive="tumour", negative="stroma")
    >>> in_words("sensitivity", Interval(0.834, 0.78, 0.881), 38, raster)
    'Of 100 tumour patches, 83 are found; 95 % interval 78 to 88, from 38 patients.'
    """
    rate = rate_of(name)
    if found.value != found.value:
        return f"Not defined here: {raster.say(rate.undefined)}."
    if "{}" not in rate.said:
        return f"{raster.say(rate.said)}."
    words = raster.say(rate.said.format(_hundred(found.value)))
    shown = _with_interval(limited(name, found, patients))
    return f"{words}{'; ' if shown else ', '}{shown}{_whose(patients)}."


def _share(counts: Confusion) -> float:
    """Prevalence; `nan` without a patch."""
    return (counts.tp + counts.fn) / counts.total if counts.total else float("nan")


def _with_interval(shown: Interval) -> str:
    """Nothing where there is none that would hold."""
    if shown.low != shown.low:
        return ""
    return f"95 % interval {_hundred(shown.low)} to {_hundred(shown.high)}, "


def _whose(patients: int) -> str:
    return f"from {counted_as(patients, 'patient')}"


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}" if share == share else UNDEFINED
