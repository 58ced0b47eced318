"""The regions that readers drew, a file a slide for another program, and all of them as a table."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from idc_core.annotations.writers.tools import Tool
from idc_core.data.places import SLIDE, slide_of
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.export.patient.image import placed
from idc_core.export.patient.regions import NO_REGIONS as NO_REGIONS
from idc_core.export.patient.regions import Drawn, file_of
from idc_core.export.patient.slide_files import place_of_file
from idc_core.facts import ours
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.io.files import write_text
from idc_core.reviews.ground import ground_of, on_slide
from idc_core.reviews.regions import Region, authors, standing
from idc_core.runs.data import store_of
from idc_core.runs.run import Run

NONE_DRAWN = "Nobody has drawn a region on these slides."
TABLE = "regions.csv"


def write_regions(
    run: Run,
    rows: pd.DataFrame,
    records: Sequence[Region],
    tool: Tool,
    folder: Path,
    known: Facts,
    *,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write `<slide>.regions.<ending>` for each slide of `rows` with a region, and `regions.csv`;
    none where nothing was drawn. Raises `Refusal` where a file of something else lies in the way.
    """
    slides = [each for each in drawn_on(run, rows, records, known) if each.here()]
    if not slides:
        return ()
    ending = f".regions.{tool.ending}"
    names = [str(slide_of(each.rows).iloc[0]) for each in slides]
    files = [place_of_file(folder, name, ending, run, overwrite) for name in names]
    table = folder / TABLE
    if not overwrite:
        ours.refuse_others(table, ours.squares_of(run.name), "the table of regions")
    folder.mkdir(parents=True, exist_ok=True)
    for file, each in zip(files, slides, strict=True):
        slide = str(each.rows[SLIDE].iloc[0]) if SLIDE in each.rows else None
        write_text(file, file_of(tool, each, replace(known.of(len(each.rows), 1), slide=slide)))
    whole = pd.concat([each.table() for each in slides], ignore_index=True)
    write_text(table, table_csv(whole, known))
    return (*files, table)


def drawn_on(run: Run, rows: pd.DataFrame, records: Sequence[Region], known: Facts) -> list[Drawn]:
    """What was drawn on each slide of `rows` (patient, x, y, score), slides by name."""
    store = store_of(run)
    cuts = {} if store is None else slide_frames(store.path, store.raster)
    threshold = 0.5 if known.threshold is None else known.threshold
    found = []
    for name, own in rows.groupby(slide_of(rows).astype(str).to_numpy(), sort=True):
        here, cut = on_slide(records, own), cuts.get(str(name))
        found.append(
            Drawn(
                standing(here),
                authors(here),
                ground_of(run.info.raster, cut),
                own,
                threshold,
                cut,
                placed(own, store)[1],
            )
        )
    return found
