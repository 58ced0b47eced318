"""Which tumour areas are hit, which are missed, and what is a false alarm?"""

import streamlit as st

from dashboard.cache import cutoff, spatial
from dashboard.charts.theme import digits, interval, many, plain
from dashboard.state import choices
from dashboard.views.failures.areas import charts, smoothing, table
from dashboard.widgets import few_patients, figure, page_start
from idc_core.evaluate.spatial.regions import HITS, froc, regions
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.froc import RATES


def show() -> None:
    """Draw the tab."""
    chosen, run, found = page_start.page()
    table.go()
    where = spatial.places(run, chosen.split)
    if where is None or not where.whole.any():
        st.info(
            "Tumour areas need whole slides, and this split has only samples of patches. "
            "Choose another split above."
        )
        st.stop()

    threshold = cutoff.now().value
    said = st.container()
    asked = choices.segmented(
        f"An area counts as found if the model predicts {plain(found.raster.positive)} in at least",
        "hit",
        {"one": "one patch", "quarter": "a quarter of it", "half": "half of it"},
    )
    hit = HITS[asked]
    areas = regions(found.rows, where, threshold, hit)
    now = froc(found.rows, where, [threshold], hit)
    curve = spatial.froc(run, chosen.split, hit)
    hits, total = int(areas.labelled["hit"].sum()), len(areas.labelled)
    single = int((areas.false_alarms["squares"] == 1).sum())
    of = f"{areas.slides} whole slides"
    rates = ", ".join(f"{rate:g}" for rate in RATES)
    at = f"mean sensitivity at {rates} false positives per slide"

    def noted(words: str, name: str) -> str:
        return " · ".join(filter(None, (words, note(name, areas.slides))))

    with said:
        share, alarms, score = (
            limited(name, found, areas.slides)
            for name, found in (
                ("regions_found", now.interval(0)),
                ("false_alarm_regions", now.alarms(0)),
                ("froc_score", curve.score),
            )
        )
        figure.numbers(
            [
                (
                    METRICS["regions_found"].title,
                    interval({"value": share.value, "low": share.low, "high": share.high}),
                    noted(f"{many(hits)} of {many(total)} areas · {of}", "regions_found"),
                ),
                (
                    METRICS["false_alarm_regions"].title,
                    smoothing.value(alarms),
                    noted(
                        f"{many(len(areas.false_alarms))} areas without a labelled patch · {of}",
                        "false_alarm_regions",
                    ),
                ),
                ("Single-patch false positives", many(single), "isolated: the easiest to remove"),
                (
                    METRICS["froc_score"].title,
                    interval({"value": score.value, "low": score.low, "high": score.high}),
                    noted(at, "froc_score"),
                ),
            ]
        )
        few_patients.show(areas.slides, "whole slides")
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        st.header("Sensitivity against false positives (FROC)", anchor=False)
        figure.altair(
            charts.froc_chart(curve, (float(now.per_slide[0]), float(now.sensitivity[0]))),
            key="froc",
            table=charts.curve(curve).drop(columns="drawn"),
            alt_text="Lesion sensitivity over false positives per slide, with the threshold",
            caption=f"{many(total)} tumour areas, {of}. The diamond is the threshold "
            f"{digits(threshold)}; dashed lines mark the rates that the FROC score averages.",
        )
    with right:
        st.header("Lesions (connected components)", anchor=False)
        table.show(areas, found.raster)
    smoothing.show(run, spatial.smoothing(run, chosen.split))
