"""The regions on the slide that is looked at: drawn beside it, counted, exported."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import regions, stores
from dashboard.charts.theme import many, plain
from dashboard.state import choices, static_files
from dashboard.views.patients import region_act
from dashboard.widgets import export, reader
from idc_core.annotations.drawn import rings_of
from idc_core.annotations.measured import NOT_KNOWN
from idc_core.annotations.writers.tools import TOOLS, Tool
from idc_core.data.places import SLIDE, slide_of
from idc_core.data.stores.store import PatchStore
from idc_core.export.patient.image import placed
from idc_core.export.patient.regions import Drawn, csv_of, file_of
from idc_core.io.digits import counted
from idc_core.io.refusal import Refusal
from idc_core.reviews import data_key
from idc_core.reviews.ground import ground_of
from idc_core.reviews.regions import LONGEST_REGION, Region, authors, standing
from idc_core.runs.run import Run

EXCLUSIONS = ("pen", "fold")
STILL_COUNTED = (
    "Patches in excluded regions are crossed out, left out of “Fields to review first” and named "
    "in exports (column “excluded”). All figures, counts and rates still include them."
)
_ANSWERS, _KEPT = "region_answers", 16
_DOES = {"drawn": "drew", "corrected": "corrected", "removed": "removed"}


@dataclass(frozen=True, slots=True)
class OnSlide:
    """What was drawn on a slide: its records and what stands. `about` is what an act on it brings
    back; `trouble`: why nothing is known."""

    drawn: Drawn
    records: Sequence[Region]
    about: region_act.About
    excluded: "pd.Series[str]"
    trouble: str = ""

    @property
    def elsewhere(self) -> int:
        """Regions whose place on the slide is not known here."""
        return len(self.drawn.regions) - len(self.drawn.here())


def on(run: Run, rows: pd.DataFrame, threshold: float) -> OnSlide:
    """What was drawn on the slide that the rows (at least one) are of."""
    patient = str(rows["patient"].iloc[0])
    slide = str(rows[SLIDE].iloc[0]) if SLIDE in rows else ""
    trouble, records, cut = "", [], None
    try:
        cut = stores.cut_slides(run).get(str(slide_of(rows).iloc[0]))
        records = regions.records(run, patient, slide)
    except Refusal as refused:
        trouble = str(refused)
    ground = ground_of(run.info.raster, cut)
    kept = standing(records)
    split = str(rows["split"].iloc[0])
    return OnSlide(
        drawn=Drawn(kept, authors(records), ground, rows, threshold, cut),
        records=records,
        about=region_act.About(run.name, data_key(run), split, patient, slide, ground.frame),
        excluded=ground.excluded(rows, kept),
        trouble=trouble,
    )


def for_viewer(found: OnSlide, run: Run) -> dict[str, Any] | None:
    """What the slide viewer is told, see `region_bench.js`; None where nothing can be drawn."""
    if found.trouble:
        return None
    drawn, raster = found.drawn, run.info.raster
    ground = drawn.ground
    return {
        "about": {name: getattr(found.about, name) for name in region_act.About.__slots__},
        "scale": ground.scale,
        "um": None if ground.um is None else list(ground.um),
        "classes": [raster.positive, raster.negative],
        "exclusions": list(EXCLUSIONS),
        "longest": LONGEST_REGION,
        "stored": [_stored(drawn, each, raster.positive) for each in drawn.here()],
        "shapes": _shapes(found),
        "undo": _undo(found.records),
        "answered": dict(_answers()),
        "note": _note(found),
    }


def acted(payload: Mapping[str, Any]) -> None:
    """Do what the browser sent, and keep the answer for it."""
    token = str(payload.get("token"))[:64]
    if token in _answers():
        return  # delivered twice
    try:
        act = region_act.read(payload, gate.signed_name())
        with gate.doing("region", run=act.about.run, patient=act.about.patient, what=act.does):
            region_act.do(act)
    except Refusal as refused:
        _answers()[token] = str(refused)
    else:
        _answers()[token] = ""
    for old in list(_answers())[:-_KEPT]:
        del _answers()[old]


def below(found: OnSlide, store: PatchStore | None) -> None:
    """What exclusion does, and the export of the regions, where there is one."""
    if found.trouble:
        st.caption(plain(f"Regions cannot be shown or drawn: {found.trouble}"))
        return
    count = int((found.excluded != "").sum())
    if count:
        st.caption(f"{counted(count, 'excluded patch', 'excluded patches')}. {STILL_COUNTED}")
    if found.drawn.here():
        _export(found, store)


def say_of(found: OnSlide, place: tuple[int, int] | None) -> None:
    """Say of a patch in which excluded regions it lies."""
    rows = found.drawn.rows
    here = found.excluded[(rows["x"] == place[0]) & (rows["y"] == place[1])] if place else ()
    for names in here:
        if names:
            st.caption(plain(f"Lies in an excluded region: {names}."))


def _export(found: OnSlide, store: PatchStore | None) -> None:
    about, drawn = found.about, found.drawn
    slide = about.slide or None
    known = replace(export.facts(export.Count(len(drawn.rows), 1)), slide=slide)
    _, corner = placed(drawn.rows, store)
    drawn = replace(drawn, corner=corner)
    button = partial(export.button, name="regions", patient=about.patient, slide=slide, icon=None)
    with st.popover("Export regions", icon=":material/download:", key="export_regions"):
        words = {key: each.title for key, each in TOOLS.items() if key != "wsinfer"}
        tool = TOOLS[choices.segmented("Open the regions in", "regions_tool", words)]
        ending = f"{tool.key}.{tool.ending}"
        button(
            f"Regions for {tool.title} ({tool.ending.upper().replace('GEOJSON', 'GeoJSON')})",
            lambda: file_of(tool, drawn, known),
            ending=ending,
            key=f"regions_{ending}",
        )
        button(
            "Regions with area and perimeter (CSV)",
            lambda: csv_of(drawn, known),
            ending="csv",
            key="regions_csv",
        )
        st.caption(_placed_in_words(tool, drawn))


def _placed_in_words(tool: Tool, drawn: Drawn) -> str:
    if drawn.cut is None:
        return "Coordinates are those of the exported slide image."
    return (
        f"Open the file on the original slide in {tool.title}: regions lie where they were drawn."
    )


def _stored(drawn: Drawn, region: Region, positive: str) -> dict[str, Any]:
    patches, predicted = drawn.counts(region)
    count = counted(patches, "patch", "patches")
    return {
        "region": region.region,
        "token": region.token,
        "name": region.name,
        "excluded": region.excluded,
        "size": drawn.ground.measure(region).words(),
        "patches": f"{count}, {many(predicted)} predicted {positive}",
        "who": ", ".join(drawn.authors[region.region]),
        "at": f"{region.at[:16].replace('T', ' ')} UTC",
    }


def _shapes(found: OnSlide) -> str:
    """Where the browser fetches the regions' rings and the middles of excluded patches, which it
    does once: they would be sent with every move of the threshold."""
    drawn, ground = found.drawn, found.drawn.ground
    out = drawn.rows[found.excluded != ""]
    told = {
        "parts": {each.token: rings_of(each.drawn()) for each in drawn.here()},
        "crosses": ground.middles(out).tolist(),
    }
    content = json.dumps(told, separators=(",", ":")).encode()
    return static_files.address(content, "application/json", "regions")


def _undo(records: Sequence[Region]) -> dict[str, str] | None:
    """The reader's newest record on this slide, if nothing follows it."""
    newest = {each.region: each.token for each in records}
    own = [each for each in records if each.author == reader.name()]
    if not own or newest[own[-1].region] != own[-1].token:
        return None
    return {"token": own[-1].token, "words": f"you {_DOES[own[-1].does]} “{own[-1].name}”"}


def _note(found: OnSlide) -> str:
    said = [missing] if (missing := gate.needs("region")) else []
    if found.drawn.ground.um is None:
        said.append(f"Here {NOT_KNOWN}.")
    if found.elsewhere:
        said.append(
            f"{counted(found.elsewhere, 'region')} of this slide cannot be shown: how the patches "
            "lie on the slide is not known here as it was when they were drawn."
        )
    return " ".join(said)


def _answers() -> dict[str, str]:
    answers: dict[str, str] = st.session_state.setdefault(_ANSWERS, {})
    return answers
