"""What is said of a threshold at a prevalence, by keys. The browser says the same while the
threshold moves (`widgets/use_texts.js`): no table can hold it for every prevalence."""

import json
import math
from collections.abc import Mapping
from html import escape

from dashboard.charts.theme import LETTERS, OUTCOMES, many, rate
from idc_core.facts.outcomes import words_of
from idc_core.io.intervals import interval
from idc_core.metrics.clinic import InUse
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import Raster

MEASURED = {
    "use.ppv": "ppv_at_prevalence",
    "use.npv": "npv_at_prevalence",
    "use.plus": "likelihood_ratio_positive",
    "use.minus": "likelihood_ratio_negative",
}
"""The metric of each key."""
_RATIOS = ("use.plus", "use.minus")


def figures(use: InUse, patients: int) -> dict[str, str]:
    """`.value` of each key, and `.around`: its interval, where it has one."""
    found = {}
    for key, name in MEASURED.items():
        each = limited(name, getattr(use, key.removeprefix("use.")), patients)
        said = ratio_text(each) if key in _RATIOS else interval(*_ends(each), rate)
        found[f"{key}.value"], _, found[f"{key}.around"] = said.partition(" ")
    return found


def thousand(counts: Mapping[str, int], raster: Raster) -> dict[str, str]:
    """How many of a thousand patches have each outcome and each prediction, and all in a line."""
    both = {"positive": counts["tp"] + counts["fp"], "negative": counts["tn"] + counts["fn"]}
    said = {f"use.{name}": many(patches) for name, patches in ({**counts} | both).items()}
    named = [f"{counts[each]} {words}" for each, words in _words(raster).items()]
    return said | {"use.named": ", ".join(named) + "."}


def told(prevalence: float, patients: int, raster: Raster) -> str:
    """The attribute that tells the browser what these texts are made with besides the table."""
    known = Interval(0.5, 0.0, 1.0)
    held = [key for key, of in MEASURED.items() if math.isfinite(limited(of, known, patients).low)]
    said = {"prevalence": prevalence, "held": held, "words": _words(raster)}
    return f'data-in-use="{escape(json.dumps(said, ensure_ascii=False))}"'


def ratio_text(found: Interval) -> str:
    """A likelihood ratio, which may be infinite, with its interval.

    >>> ratio_text(Interval(4.5, 1.83, 32.4)), ratio_text(Interval(math.inf, 3.2, math.inf))
    ('4.50 [1.83–32.40]', '∞ [at least 3.20]')
    """
    return interval(*_ends(found), _ratio, one_sided=True)


def _ratio(value: float | None) -> str:
    return "∞" if value == math.inf else rate(value)


def _ends(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _words(raster: Raster) -> dict[str, str]:
    """For readers who cannot see the colours."""
    words = words_of(raster)
    return {each: f"{words[each]} ({LETTERS[each]})" for each in OUTCOMES}
