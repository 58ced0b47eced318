"""Which of two models is better, in a sentence and four numbers."""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.theme import many, plain, rate
from dashboard.widgets import figure
from idc_core.evaluate import compare
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import TO, ends, interval
from idc_core.metrics import paired
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import note
from idc_core.metrics.paired import BROKEN, FIXED, Paired
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster

_HEAD = ("sensitivity", "specificity", "f1", "roc_auc")

_VERDICTS = {
    ("better", "better"): "**B is better at both**: neither interval includes no difference.",
    ("worse", "worse"): "**A is better at both**: neither interval includes no difference.",
    (
        "better",
        "worse",
    ): "**Trade-off, no net improvement**: B finds more IDC and raises more false "
    "alarms. Compare at matched sensitivity to see which model is better there.",
    (
        "worse",
        "better",
    ): "**Trade-off, no net improvement**: B finds less IDC and raises fewer false "
    "alarms. Compare at matched sensitivity to see which model is better there.",
    ("better", "open"): "**B is shown to find more IDC**; for specificity the interval includes no "
    "difference.",
    ("worse", "open"): "**B is shown to find less IDC**; for specificity the interval includes no "
    "difference.",
    ("open", "better"): "**B is shown to raise fewer false alarms**; for sensitivity the interval "
    "includes no difference.",
    ("open", "worse"): "**B is shown to raise more false alarms**; for sensitivity the interval "
    "includes no difference.",
    ("open", "open"): "**Not shown to be better or worse**: both intervals include no difference.",
}


def show(
    rates: Mapping[str, Paired],
    cells: npt.NDArray[np.int64],
    names: tuple[str, str],
    raster: Raster,
) -> None:
    """Draw the answer, then the numbers; `rates` includes metrics that need no threshold."""
    judged = compare.together(rates)
    said = in_words(rates["sensitivity"], rates["specificity"], cells, names, judged, raster)
    st.markdown(f"{said} {ranking(judged['roc_auc'])}".strip())
    figure.numbers(
        [
            (
                f"{METRICS[name].title}: B − A",
                difference(rates[name].difference),
                " · ".join(
                    filter(
                        None,
                        (
                            "points",
                            f"A {rate(rates[name].a.value)}",
                            f"B {rate(rates[name].b.value)}",
                            note(f"{name}_difference", len(cells)),
                        ),
                    )
                ),
            )
            for name in _HEAD
        ]
    )


def in_words(
    sensitivity: Paired,
    specificity: Paired,
    cells: npt.NDArray[np.int64],
    names: tuple[str, str],
    judged: Mapping[str, Interval],
    raster: Raster,
) -> str:
    """How B differs from A, what it fixes and breaks, and whether that is shown for new patients.

    The verdict uses the joint intervals in `judged`; each printed interval stands alone.
    """
    a, b = (f"**{letter} ({plain(name)})**" for letter, name in zip("AB", names, strict=True))
    fixed, broken = int(paired.sum_of(cells, FIXED).sum()), int(paired.sum_of(cells, BROKEN).sum())
    if not fixed and not broken:
        return f"{b} makes the same prediction as {a} for every patch: there is no difference."
    rates = [
        _compared(sensitivity.difference, "sensitivity"),
        _compared(specificity.difference, "specificity"),
    ]
    moved = (
        f"It fixes {_patches(fixed, compare.patients_with(cells, FIXED))} and breaks "
        f"{_patches(broken, compare.patients_with(cells, BROKEN))}."
    )
    both = standing(judged["sensitivity"]), standing(judged["specificity"])
    verdict = raster.say(_VERDICTS.get(both, ""), plain)
    return f"Compared with {a}, {b} has {' and '.join(rates)}. {moved} {verdict}".strip()


def ranking(area: Interval) -> str:
    """Which model ranks better over all thresholds, or that this is not shown.

    >>> ranking(Interval(-0.035, -0.057, -0.012))
    'Over all thresholds **A ranks better** (ROC-AUC).'
    """
    said = {
        "better": "**B ranks better** (ROC-AUC)",
        "worse": "**A ranks better** (ROC-AUC)",
        "open": "neither is shown to rank better (ROC-AUC)",
    }.get(standing(area))
    return f"Over all thresholds {said}." if said else ""


def standing(found: Interval) -> str:
    """`better`, `worse` or `open` (the interval includes no difference); empty if not defined.

    >>> standing(Interval(0.03, 0.01, 0.05)), standing(Interval(0.03, -0.01, 0.05))
    ('better', 'open')
    """
    if not all(math.isfinite(value) for value in (found.value, found.low, found.high)):
        return ""
    if found.low > 0:
        return "better"
    return "worse" if found.high < 0 else "open"


def points(value: float | None) -> str:
    """A difference of rates in points, with its sign.

    >>> points(0.041), points(-0.0123), points(0.0), points(float("nan"))
    ('+4.1', '−1.2', '0.0', '–')
    """
    if value is None or not math.isfinite(value):
        return UNDEFINED
    shown = f"{abs(100 * value):.1f}"
    sign = "" if shown == "0.0" else "−" if value < 0 else "+"
    return f"{sign}{shown}"


def difference(found: Interval) -> str:
    """A difference in points with its interval.

    >>> difference(Interval(0.041, -0.012, 0.07))
    '+4.1 [−1.2 to +7.0]'
    """
    return interval(found.value, found.low, found.high, points, TO)


def _compared(found: Interval, rate: str) -> str:
    if not math.isfinite(found.value):
        return f"no defined {rate} (a class is missing)"
    around = ends(found.low, found.high, points, TO)
    span = f" [{around}]" if around else ""
    if points(found.value) == "0.0":
        return f"the same {rate}{span}"
    way = "higher" if found.value > 0 else "lower"
    return f"{rate} **{abs(100 * found.value):.1f} points {way}**{span}"


def _patches(patches: int, patients: int) -> str:
    return (
        f"{many(patches)} patch{'es' * (patches != 1)} in {many(patients)} "
        f"patient{'s' * (patients != 1)}"
    )
