"""What is said of a threshold in use: as a decision, and of the rates taken to hold anywhere."""

from idc_core.facts.rate_words import as_text
from idc_core.io.digits import digits
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.clinic import Benefit
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import Raster


def decision(
    benefit: Benefit | None, threshold: float, patients: int, raster: Raster
) -> tuple[str, str]:
    """Key and text: net benefit at the threshold, and how far it lies above treating all, or none.

    Both differences are paired: model and policy are judged on the same patients. `benefit` is None
    at a threshold of 0 or 1, where there is none.
    """
    key = "decision.said"
    if benefit is None:
        return key, "At a threshold of 0 or 1 net benefit is not defined."
    none = limited("net_benefit", benefit.over_none, patients)
    every = limited("net_benefit_less_calling_all", benefit.over_all, patients)

    def short(name: str) -> str:
        said = note(name, patients)
        return f" ({said})" if said else ""

    weight = threshold / (1 - threshold)
    return (
        key,
        f"Read as a probability, the threshold {digits(threshold)} (the line) means that one false "
        f"alarm costs {weight:.2g} of the benefit of one {raster.positive} patch found. The "
        f"model's net benefit is then {_text(none)}{short('net_benefit')}: "
        f"{_verdict(none)} treating none. Its paired difference from treating all is "
        f"{_text(every)}{short('net_benefit_less_calling_all')}: {_verdict(every)} treating all.",
    )


def assumed(sensitivity: Interval, specificity: Interval, patients: int) -> dict[str, str]:
    """The two rates that are taken to hold at any prevalence."""
    return {
        "in_use.sensitivity": as_text(limited("sensitivity", sensitivity, patients)),
        "in_use.specificity": as_text(limited("specificity", specificity, patients)),
    }


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better than"
    if difference.high < 0:
        return "worse than"
    return "not shown to differ from"


def _text(found: Interval) -> str:
    return interval(found.value, found.low, found.high, decimals(3, "+", minus="−"), TO)
