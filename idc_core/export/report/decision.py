"""Decision curve: is acting on the model better than on every patch, or none? In the report."""

from idc_core.export.blocks import Block, Figure, Missing, Paragraph, drawing
from idc_core.export.charts import Charts
from idc_core.export.report.markup import with_note, written
from idc_core.export.report.split_rows import JudgedSplit
from idc_core.io.digits import digits, patches_and_patients
from idc_core.metrics import clinic
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import Raster


def decision_curve(found: JudgedSplit, charts: Charts, raster: Raster) -> list[Block]:
    """Net benefit against both plain policies, and the paired differences at the threshold."""
    if not found.both_classes:
        return [Missing(f"No decision curve: {found.name} holds one class only.")]
    patients = found.patients
    prevalence = found.ranked.prevalence
    curve = found.decision[["chance", "model", "low", "high", "all"]]
    caption = (
        f"{found.name}: {patches_and_patients(len(found.ranked), len(patients))}, prevalence "
        f"{100 * prevalence:.1f} %. It reads scores as probabilities."
    )
    shown = drawing(charts.decision_curve(curve, found.threshold, raster), "Decision curve")
    return [Figure(shown, caption), Paragraph(said(found))]


def said(found: JudgedSplit) -> str:
    """At the threshold's own chance: net benefit, and both paired differences."""
    if not 0 < found.threshold < 1:
        return "At a threshold of 0 or 1 net benefit is not defined."
    benefit, count = (
        clinic.benefit(found.patients.at(found.threshold), found.threshold),
        len(found.patients),
    )
    parts = []
    for name, policy, each in (
        ("net_benefit", "treating none", benefit.over_none),
        ("net_benefit_less_calling_all", "treating all", benefit.over_all),
    ):
        shown = with_note(written(limited(name, each, count), 3), name, count)
        parts.append(f"{shown}, {_verdict(each)} {policy}")
    return (
        f"At the threshold {digits(found.threshold)}, net benefit above treating none is "
        f"{parts[0]}; above treating all, on the same patients, it is {parts[1]}."
    )


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better than"
    return "worse than" if difference.high < 0 else "not shown to differ from"
