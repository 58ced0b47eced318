"""Recalibration of the scores: fitted on validation, evaluated here, saved by a click."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import cutoff
from dashboard.charts.theme import digits, plain, rate
from dashboard.state import selection
from dashboard.views.calibration import cache
from dashboard.views.calibration.cache import RAW
from dashboard.views.calibration.sentence import signed
from dashboard.widgets import figure, permitted
from dashboard.widgets.metric_table import as_html
from idc_core.evaluate import recalibration
from idc_core.evaluate.calibrated import Calibrated
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.facts.metric_notes import notes
from idc_core.facts.rate_words import as_text
from idc_core.metrics.coverage import limited
from idc_core.metrics.operating_point import DEFAULT_RULE, rule_words
from idc_core.metrics.uncertainty import Interval
from idc_core.runs.run import Run

_NO_MAP = "raw"
_WORDS = {
    "temperature": "Temperature scaling: more or less confident, order kept",
    "platt": "Platt scaling: also shifts the scores, order kept",
    "isotonic": "Isotonic regression: any non-decreasing function, creates ties",
}


def choice(maps: Mapping[str, ScoreMap], kept: str | None) -> ScoreMap | None:
    """The recalibration to compare in the diagram; None for raw scores."""
    words = {_NO_MAP: RAW} | {name: name for name in maps}
    shown = st.segmented_control(
        "Compare with another recalibration",
        list(words),
        key="map",
        default=_NO_MAP,
        required=True,
        format_func=lambda name: words[name] + " (in use)" * _is_kept(maps, name, kept),
    )
    return maps.get(str(shown))


def table(run: Run, split: str, maps: Mapping[str, ScoreMap], kept: str | None) -> None:
    """Raw and recalibrated scores, on the split in the bar."""
    rows = []
    for name, chosen in {RAW: None, **maps}.items():
        found = cache.judged(run, split, chosen, equal_counts=False)
        if found is not None:
            rows.append(_row(name, found, kept == (None if chosen is None else chosen.id)))
    figures = pd.DataFrame(rows)
    st.html(as_html(figures))
    st.html(
        '<div class="idc-caption">Fitted on validation, evaluated on the split in the bar. '
        "Temperature and Platt scaling keep the order of the scores and so ROC-AUC; isotonic "
        "regression creates ties. Brackets: 95 % intervals for new patients, taking the "
        "recalibration as given."
        f"{_short(run, split)}</div>"
    )
    figure.download(figures, key="maps")


def not_fitted(kept: ScoreMap | None) -> None:
    """Say why a run with too many predictions for memory has no recalibrations to choose from."""
    used = f"the {kept.kind} recalibration that is saved with the run" if kept else RAW
    st.caption(
        f"Every page uses {used}. Other recalibrations are neither fitted nor compared here: each "
        "needs every raw score of the run, and these are too many for memory."
    )


def save(run: Run, chosen: ScoreMap | None) -> None:
    """Save the chosen recalibration with the run or remove it; re-select the operating point."""
    known = recalibration.saved(run)
    kept = None if known is None else known.id
    wanted = None if chosen is None else chosen.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if wanted == kept:
            st.caption(
                "Every page uses these scores."
                if kept
                else "Every page uses raw scores. Choose a recalibration above to use it instead.",
                width="content",
            )
            return
        name = RAW if chosen is None else chosen.kind
        if permitted.button(
            f"Go back to {RAW}" if chosen is None else f"Use {name} for this run",
            "recalibrate",
            key="keep_map",
            type="primary",
            icon=":material/save:",
        ):
            with st.spinner("Regenerating the report …"):
                selection.note(_kept(run, chosen))
            st.rerun()
        st.caption(_what_happens(run), width="content")


def _short(run: Run, split: str) -> str:
    """Which intervals of the table fall short of 95 % with so few patients."""
    found = cache.judged(run, split, None, equal_counts=False)
    patients = 0 if found is None else len(found.patients)
    return notes(
        [
            ("In the large", "calibration_in_the_large", patients),
            ("Slope", "calibration_slope", patients),
            ("Brier", "brier", patients),
            ("ROC-AUC", "roc_auc", patients),
        ]
    )


def _kept(run: Run, chosen: ScoreMap | None) -> str:
    """Save or remove the recalibration; return what changed, in words."""
    kind = "raw scores" if chosen is None else chosen.kind
    with gate.doing("recalibrate", run=run.name, what=kind):
        if chosen is None:
            recalibration.drop(run)
        else:
            recalibration.save(run, chosen)
        write_evaluation(run)
    selection.change(threshold=None)
    point = run.operating_point()
    rule = (point.rule if point is not None else None) or "none"
    name = RAW if chosen is None else f"the {chosen.kind} recalibration"
    return (
        f"Every page now uses {name}. Operating point: "
        f"{digits(cutoff.own(run).value)}, {_written(run, rule)}."
    )


def _what_happens(run: Run) -> str:
    point = run.operating_point()
    rule = _written(run, point.rule if point and point.rule else DEFAULT_RULE)
    return (
        "Every page will use it; the operating point is re-selected on validation "
        f"({rule}), and the ledger records both."
    )


def _written(run: Run, rule: str) -> str:
    """A rule within a sentence in Markdown."""
    return rule_words(rule, lambda words: run.info.raster.say(words, plain))


def _is_kept(maps: Mapping[str, ScoreMap], name: str, kept: str | None) -> bool:
    return kept == (maps[name].id if name in maps else None)


def _row(name: str, found: Calibrated, kept: bool) -> dict[str, str]:
    def given(figure: str, value: Interval) -> Interval:
        return limited(figure, value, len(found.patients))

    return {
        "scores": _WORDS.get(name, "Raw scores of the network") + (" · in use" * kept),
        "in the large (0 is ideal)": signed(
            given("calibration_in_the_large", found.fitted.in_the_large)
        ),
        "slope (1 is ideal)": signed(given("calibration_slope", found.fitted.slope)),
        "Brier": as_text(given("brier", found.brier)),
        "ECE": rate(found.ece),
        "ROC-AUC": as_text(given("roc_auc", found.auc)),
    }
