"""Is acting on the model better than calling every patch, or none? In the report."""

import numpy as np

from idc_core.export.report.drawing import BLUE, GREY, ORANGE, Frame, Line, line_chart
from idc_core.export.report.markup import figure, plain, sentence, with_note, written
from idc_core.export.report.split_rows import SplitRows
from idc_core.io.digits import digits
from idc_core.metrics import clinic
from idc_core.metrics.coverage import kept
from idc_core.metrics.leave_one_out import Interval

CHANCES = np.round(np.linspace(0.01, 0.99, 50), 3)


def decision_curve(found: SplitRows) -> str:
    """Net benefit against both plain policies, and the paired differences at the threshold."""
    if not found.both_classes:
        return sentence(f"No decision curve: {found.name} holds one class only.")
    patients = found.patients
    prevalence = float(patients.labels.mean())
    own = [clinic.benefit(patients.at(float(at)), float(at)).over_none for at in CHANCES]
    floor = -0.1 * prevalence
    every = clinic.treat_all(prevalence, CHANCES)

    def line(name: str, values: list[float], colour: str, *, dashed: bool = False) -> Line:
        shown = [value if value >= floor else np.nan for value in values]
        return Line(name, CHANCES.tolist(), shown, colour, dashed)

    drawn = line_chart(
        [
            line("the model", [each.value for each in own], BLUE),
            line("its 95 % limits", [each.low for each in own], BLUE, dashed=True),
            line("", [each.high for each in own], BLUE, dashed=True),
            line("calling every patch", every.tolist(), ORANGE),
            line("calling none", [0.0] * len(CHANCES), GREY),
        ],
        Frame(
            "chance of IDC at which a closer look is just worth it",
            "net benefit",
            y=(floor, max(1.1 * prevalence, max(each.high for each in own))),
        ),
        title="Decision curve",
        upright=[(found.threshold, f"threshold {digits(found.threshold)}")],
    )
    caption = (
        f"{found.name}: {len(found.rows):,} patches of {len(patients):,} patients, prevalence "
        f"{100 * prevalence:.1f} %. It reads scores as probabilities."
    )
    return figure(drawn, plain(caption)) + f"<p>{plain(said(found))}</p>"


def said(found: SplitRows) -> str:
    """At the threshold's own chance: net benefit, and both paired differences."""
    if not 0 < found.threshold < 1:
        return "At a threshold of 0 or 1 net benefit is not defined."
    benefit, count = (
        clinic.benefit(found.patients.at(found.threshold), found.threshold),
        len(found.patients),
    )
    parts = []
    for name, policy, each in (
        ("net_benefit", "calling none", benefit.over_none),
        ("net_benefit_less_calling_all", "calling every patch", benefit.over_all),
    ):
        shown = with_note(written(kept(name, each, count), 3), name, count)
        parts.append(f"{shown}, {_verdict(each)} {policy}")
    return (
        f"At the threshold {digits(found.threshold)}, net benefit above calling none is "
        f"{parts[0]}; above calling every patch, on the same patients, it is {parts[1]}."
    )


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better than"
    return "worse than" if difference.high < 0 else "not shown to differ from"
