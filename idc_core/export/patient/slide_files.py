"""Every slide of a run's patients as a file of its own for another program.

A file is called as its slide, as ASAP, ImageScope and `train_cli.py cut` look for it beside the
slide; hashed where patients are, or where the slide's name is no name of a file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from idc_core.annotations.writers.masks import raster_of
from idc_core.annotations.writers.tools import Tool
from idc_core.data.places import SLIDE, slide_of
from idc_core.data.shown_splits import rows_in, splits_in
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.export.patient.for_tool import Squares, file_of, mask_of
from idc_core.export.patient.image import placed
from idc_core.facts import names, ours
from idc_core.facts.outcomes import outcome_of
from idc_core.facts.record import Facts
from idc_core.io.files import write_text, write_with
from idc_core.io.names import did_you_mean
from idc_core.io.refusal import Refusal
from idc_core.reviews.ground import ground_of, on_slide
from idc_core.reviews.regions import Region, standing
from idc_core.runs.data import store_of
from idc_core.runs.run import Run

_FILE_NAME = re.compile(r"[\w()+#~][\w .()+#~,@=-]{0,199}")
MASK = ".mask.tif"


@dataclass(frozen=True, slots=True)
class Written:
    """The files, the patients that they are of, and how many slides' places are not known."""

    files: tuple[Path, ...]
    patients: int
    not_placed: int


def write_slides(
    run: Run,
    rows: pd.DataFrame,
    tool: Tool,
    folder: Path,
    known: Facts,
    verdicts: pd.DataFrame,
    *,
    mask_um: float | None = None,
    drawn: Sequence[Region] = (),
    overwrite: bool = False,
) -> Written:
    """Write a file for each slide of `rows` (patient, x, y, label, score), judged at the threshold
    of `known`; with `mask_um` a mask of the outcomes beside it. `drawn`: all records of regions on
    the run's data; squares in an excluded one say so.

    Raises `Refusal`, before anything is written, where a file of something else lies in the way,
    and where a mask is asked of a slide whose place is not known.
    """
    store = store_of(run)
    cuts = {} if store is None else slide_frames(store.path, store.raster)
    threshold = 0.5 if known.threshold is None else known.threshold
    judged = rows.assign(outcome=outcome_of(rows["label"], rows["score"], threshold))
    groups = [
        (str(name), own)
        for name, own in judged.groupby(slide_of(judged).astype(str).to_numpy(), sort=True)
    ]
    missing = [name for name, _ in groups if name not in cuts]
    if mask_um is not None and missing:
        raise Refusal(
            f"expected slides that were cut here, as a mask covers a whole slide: where "
            f"{_listed(missing)} lies is not known. Leave out --mask-um."
        )
    if mask_um is not None:
        for name, _ in groups:
            raster_of(cuts[name].frame, mask_um)  # refused now rather than half-way
    places = [place_of_file(folder, name, f".{tool.ending}", run, overwrite) for name, _ in groups]
    of_masks = (
        []
        if mask_um is None
        else [place_of_file(folder, name, MASK, run, overwrite) for name, _ in groups]
    )
    folder.mkdir(parents=True, exist_ok=True)
    for at, (name, own) in enumerate(groups):
        ground = ground_of(run.info.raster, cuts.get(name))
        out = ground.excluded(own, standing(on_slide(drawn, own)))
        sized, corner = placed(own.assign(excluded=out), store)
        said = verdicts[_on(verdicts, own)]
        squares = Squares(sized, run.info.raster, threshold, said, cuts.get(name), corner)
        facts = replace(known.of(len(own), 1), slide=name if SLIDE in own else None)
        write_text(places[at], file_of(tool, squares, facts))
        if mask_um is not None:
            _write_bytes(of_masks[at], mask_of(squares, facts, cuts[name], mask_um))
    return Written((*places, *of_masks), int(rows["patient"].nunique()), len(missing))


def rows_to_write(
    run: Run, predictions: pd.DataFrame, split: str, patients: Sequence[str]
) -> pd.DataFrame:
    """The predictions of a split, or of those of its patients that are named."""
    rows = rows_in(predictions, split)
    if not len(rows):
        there = ", ".join(sorted(splits_in(predictions)))
        raise Refusal(
            f"expected patches of the {split} split in {run.name}: it has {there or 'none'}. "
            "Name the split with --split."
        )
    if not patients:
        return rows
    known = set(rows["patient"].astype(str))
    for each in patients:
        if each not in known:
            raise Refusal(
                f"expected a patient of the {split} split of {run.name}: {each[:64]} is none."
                f"{did_you_mean(each, known)}"
            )
    return rows[rows["patient"].astype(str).isin(patients)]


def _write_bytes(path: Path, content: bytes) -> None:
    write_with(path, lambda file: file.write(content))


def place_of_file(folder: Path, slide: str, ending: str, run: Run, overwrite: bool) -> Path:
    """Where a file of a slide goes; raises `Refusal` where something else lies there."""
    is_plain = _FILE_NAME.fullmatch(slide) and not slide.endswith((".", " "))
    stem = names.shown(slide) if is_plain else names.mark(slide)
    file = folder / f"{stem}{ending}"
    if not overwrite:
        ours.refuse_others(file, ours.squares_of(run.name), f"the squares of {stem}")
    return file


def _on(verdicts: pd.DataFrame, own: pd.DataFrame) -> "pd.Series[bool]":
    """Which verdicts stand on the slide of `own`."""
    here = verdicts["patient"] == str(own["patient"].iloc[0])
    if SLIDE in verdicts and SLIDE in own:
        here &= verdicts[SLIDE] == str(own[SLIDE].iloc[0])
    return here


def _listed(missing: Sequence[str]) -> str:
    shown = ", ".join(names.shown(name) for name in missing[:3])
    return shown if len(missing) <= 3 else f"{shown} and {len(missing) - 3:,} more"
