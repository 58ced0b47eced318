"""How each bracket of the report was made."""

from idc_core.evaluate.evaluation import INTERVAL
from idc_core.export.blocks import Block, Pairs, Paragraph
from idc_core.records.report import Report

METHODS = (
    (
        "Rates, ROC-AUC, PR-AUC, Brier score, means over patients",
        "leave one patient out, and as if one more came, as influential as the most influential",
    ),
    (
        "Figures that no patient moves (all found, say)",
        "Wilson's interval, as if each patient were one observation",
    ),
    ("Medians of patients", "binomial order statistics; none from fewer than six patients"),
    ("Bars of the reliability diagram", "percentiles of 2,000 resamples of patients"),
    ("Calibration in the large, slope, intercept", "fitted again without each patient"),
    (
        "Net benefit and its differences",
        "from both shares' intervals and how they go together (Zou & Donner 2008), paired",
    ),
    (
        "PPV, NPV and likelihood ratios at a prevalence (Operating point → Clinic)",
        "joint bounds of sensitivity, specificity and balanced accuracy",
    ),
    ("Subgroups", "leave one patient out, each by itself; the verdict judges all together (max-t)"),
    ("Expected calibration error, worst patient", "none"),
)


def methods(report: Report) -> list[Block]:
    """One line per kind of figure; and a note if an older version made the report's figures."""
    said = Paragraph(
        "Brackets hold 95 % intervals for new patients, at the threshold as given. Where "
        "simulations on three populations show that one holds less than 93 %, it says so."
    )
    if report.interval == INTERVAL:
        return [said, Pairs(METHODS)]
    old = Paragraph(
        "The figures under “Figures” were computed by another version and are recorded as: "
        f"{report.interval or 'not recorded'}. Recompute them: python train_cli.py evaluate."
    )
    return [said, Pairs(METHODS), old]
