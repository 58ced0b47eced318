"""Maps that make scores mean what they say: fitted on validation, judged here, kept on purpose."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.cache import cutoff
from dashboard.charts.theme import digits, plain, rate
from dashboard.state import selection
from dashboard.views.calibration import cache
from dashboard.views.calibration.cache import RAW, Judged
from dashboard.views.calibration.sentence import signed
from dashboard.widgets import figure
from dashboard.widgets.metric_notes import notes
from dashboard.widgets.metric_table import as_html
from dashboard.widgets.sentences import as_text
from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.metrics.operating_point import DEFAULT_RULE, rule_words
from idc_core.runs.run import Run

_NO_MAP = "raw"
_WORDS = {
    "temperature": "Temperature: milder or bolder, the order stays",
    "platt": "Platt: also moves the middle, the order stays",
    "isotonic": "Isotonic: any rising shape, merges some scores",
}


def choice(maps: Mapping[str, ScoreMap], kept: str | None) -> ScoreMap | None:
    """The map to lay over the diagram; None for none."""
    words = {_NO_MAP: RAW} | {name: name for name in maps}
    shown = st.segmented_control(
        "Lay another map over it",
        list(words),
        key="map",
        default=_NO_MAP,
        required=True,
        format_func=lambda name: words[name] + " (shown now)" * _is_kept(maps, name, kept),
    )
    return maps.get(str(shown))


def table(run: Run, split: str, maps: Mapping[str, ScoreMap], kept: str | None) -> None:
    """Before and after, on the split that is looked at."""
    rows = []
    for name, chosen in {RAW: None, **maps}.items():
        found = cache.judged(run, split, chosen, equal_counts=False)
        if found is not None:
            rows.append(_row(name, found, kept == (None if chosen is None else chosen.id)))
    said = pd.DataFrame(rows)
    st.html(as_html(said))
    st.html(
        '<div class="idc-caption">Fitted on validation, judged on the split in the bar. '
        "Temperature and Platt keep the order of scores and so the area; isotonic merges "
        "some. Brackets: 95 % for new patients; the maps are taken as given."
        f"{_short(run, split)}</div>"
    )
    figure.download(said, key="maps")


def keeping(run: Run, chosen: ScoreMap | None) -> None:
    """Keep the chosen map with the run, or go back; the operating point is chosen anew."""
    known = recalibration.saved(run)
    kept = None if known is None else known.id
    wanted = None if chosen is None else chosen.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if wanted == kept:
            st.caption(
                "These scores drive every page now."
                if kept
                else "Raw scores drive every page now. Choose a map above to keep it instead.",
                width="content",
            )
            return
        name = RAW if chosen is None else chosen.kind
        if st.button(
            f"Go back to {RAW}" if chosen is None else f"Keep {name} with this run",
            key="keep_map",
            type="primary",
            icon=":material/save:",
        ):
            with st.spinner("Writing the report anew …"):
                selection.note(_kept(run, chosen))
            st.rerun()
        st.caption(_what_happens(run), width="content")


def _short(run: Run, split: str) -> str:
    """Which of the table's intervals hold less than they promise from so many patients."""
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
    """Do it; say what came of it."""
    if chosen is None:
        recalibration.drop(run)
    else:
        recalibration.save(run, chosen)
    write_evaluation(run)
    selection.change(threshold=None)
    point = run.operating_point()
    rule = (point.rule if point is not None else None) or "none"
    name = RAW if chosen is None else f"the map {chosen.kind}"
    return (
        f"Every page now shows {name}. Operating point: "
        f"{digits(cutoff.own(run).value)}, {rule_words(rule)}."
    )


def _what_happens(run: Run) -> str:
    point = run.operating_point()
    rule = rule_words(point.rule) if point and point.rule else rule_words(DEFAULT_RULE)
    return (
        "Drives every page from then on; the operating point is chosen anew on validation "
        f"({plain(rule)}), and the ledger keeps both."
    )


def _is_kept(maps: Mapping[str, ScoreMap], name: str, kept: str | None) -> bool:
    return kept == (maps[name].id if name in maps else None)


def _row(name: str, found: Judged, kept: bool) -> dict[str, str]:
    return {
        "scores": _WORDS.get(name, "Raw scores, as the network gave them") + (" · kept" * kept),
        "in the large (0 is right)": signed(found.fitted.in_the_large),
        "slope (1 is right)": signed(found.fitted.slope),
        "Brier": as_text(found.brier),
        "ECE": rate(found.ece),
        "ROC-AUC": as_text(found.auc),
    }
