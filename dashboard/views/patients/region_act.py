"""What the browser sends of a region: drawn, corrected, removed or undone, on which slide.

Nothing is taken from what the server drew last: run, data, patient and slide are looked up, and the
region is stored only if they are what was on the screen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from dashboard.cache import all_patches, regions, runs, slides, stores
from idc_core.annotations import drawn
from idc_core.annotations.region import Shape
from idc_core.data.places import SLIDE
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.reviews import data_key
from idc_core.reviews.ground import Ground, ground_of
from idc_core.reviews.regions import LONGEST_REGION, Does, Region, standing
from idc_core.runs.run import Run, list_runs

KEPT = "Nothing was stored; what you drew is kept."
_MARK = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class About:
    """What was on the screen; `slide` is empty where slides have no names of their own."""

    run: str
    data: str
    split: str
    patient: str
    slide: str
    frame: str


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, by whom, to the region as the record `follows` left it."""

    does: str
    region: str
    follows: str
    name: str
    excluded: bool
    parts: Any
    strokes: tuple[drawn.Stroke, ...]
    reader: str
    token: str
    about: About


def read(payload: Mapping[str, Any], signed: str = "") -> Act:
    """An act out of what came from a browser. Raises `Refusal` for anything but an act.

    `signed`: who is signed in; theirs is the act then, whatever name the browser sent.
    """
    try:
        about = payload["about"]
        act = Act(
            does=str(payload["does"]),
            region=str(payload["region"]),
            follows=str(payload["follows"]),
            name=" ".join(str(payload["name"]).split())[: LONGEST_REGION + 1],
            excluded=payload["excluded"] is True,
            parts=[[list(ring) for ring in rings] for rings in payload["parts"]],
            strokes=tuple(
                drawn.stroke(each["points"], float(each["radius"]), erases=each["erases"] is True)
                for each in payload["strokes"]
            ),
            reader=signed or str(payload["reader"]).strip(),
            token=str(payload["token"]),
            about=About(**{name: str(about[name]) for name in About.__slots__}),
        )
    except Refusal:
        raise
    except (KeyError, TypeError, ValueError):
        raise Refusal(f"expected a region: the browser sent something else. {KEPT}") from None
    if not _MARK.fullmatch(act.token) or act.does not in ("save", "remove", "undo"):
        raise Refusal(f"expected an act on a region: found {act.does[:40]!r}. {KEPT}")
    if act.does != "undo" and not _MARK.fullmatch(act.region):
        raise Refusal(f"expected a region with a mark: found {act.region[:40]!r}. {KEPT}")
    return act


def do(act: Act) -> None:
    """Do what an act says, all or nothing. Raises `Refusal` where that is not what was seen."""
    run = _run_of(act.about)
    if act.does == "undo":
        if not regions.undo(run, act.reader, act.follows):
            raise Refusal("expected something of yours to take back: it was undone already.")
        return
    ground, size = _ground_of(run, act.about)
    before = _before(run, act)
    if act.does == "remove":
        if before is None:
            raise Refusal("expected a region to remove: it is removed already.")
        regions.record(_record(act, run, ground, before.name, before.excluded, None), act.token)
        return
    shape = drawn.region(act.parts, act.strokes, size)
    regions.record(_record(act, run, ground, act.name, act.excluded, shape), act.token)


def _run_of(about: About) -> Run:
    if about.run not in list_runs(models_root()):
        raise Refusal(
            f"expected the run {about.run[:80]}, which was on the screen: it is gone. {KEPT}"
        )
    run = runs.run(about.run)
    if data_key(run) != about.data:
        raise Refusal(
            f"expected the data that {about.run} had on the screen: it has other data now. {KEPT}"
        )
    return run


def _ground_of(run: Run, about: About) -> tuple[Ground, tuple[float, float]]:
    """What was drawn on, and its width and height in pixels of the frame."""
    name = about.slide or None
    found = all_patches.of_split(run, about.split)
    rows = None if found is None or about.patient not in found.names else found.of(about.patient)
    if rows is not None and SLIDE in rows:
        rows = rows[rows[SLIDE] == name]
    if rows is None or rows.empty:
        raise Refusal(
            f"expected the slide {(about.slide or about.patient)[:80]} in the {about.split[:40]} "
            f"split of {run.name}: it is not there. {KEPT}"
        )
    cut = stores.cut_slides(run).get(about.slide or about.patient)
    ground = ground_of(run.info.raster, cut)
    if ground.frame != about.frame:
        raise Refusal(
            "expected the slide to lie as it did on the screen: its store has changed since. "
            f"Reload the page. {KEPT}"
        )
    if cut is not None:
        return ground, cut.frame.size
    store = stores.pixels_of(run)
    slide = None if store is None else slides.slide(store, about.patient, name)
    frame, _ = slides.squares(run, about.split, about.patient, slide, name)
    width, height = frame.left + frame.columns, frame.top + frame.rows
    return ground, (width * frame.stride, height * frame.stride)


def _before(run: Run, act: Act) -> Region | None:
    """The region as it stands; None for a new one."""
    known = standing(regions.records(run, act.about.patient, act.about.slide))
    return next((each for each in known if each.region == act.region), None)


def _record(
    act: Act, run: Run, ground: Ground, name: str, excluded: bool, shape: Shape | None
) -> Region:
    """The record of an act; without a `shape` the region is removed."""
    um_x, um_y = ground.um or (None, None)
    does: Does = "removed" if shape is None else "corrected" if act.follows else "drawn"
    return Region(
        region=act.region,
        follows=act.follows,
        does=does,
        data=act.about.data,
        patient=act.about.patient,
        slide=act.about.slide,
        author=act.reader,
        run=run.name,
        name=name,
        excluded=excluded,
        frame=ground.frame,
        um_x=um_x,
        um_y=um_y,
        shape="" if shape is None else shapely.to_wkt(shape, rounding_precision=drawn.DECIMALS),
    )
