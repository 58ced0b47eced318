"""`export`: the squares of slides, for the program that shows the slides."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from idc_core.cli.console import JUDGE, app, say, sign
from idc_core.cli.words import Replace, RunName
from idc_core.io.names import needed_run
from idc_core.io.paths import run_path
from idc_core.io.refusal import Refusal

if TYPE_CHECKING:
    import pandas as pd

    from idc_core.reviews.regions import Region
    from idc_core.runs.run import Run

Option = typer.Option


@app.command(rich_help_panel=JUDGE)
def export(
    run: RunName,
    tool: Annotated[
        Literal["qupath", "asap", "imagescope", "wsinfer"],
        Option("--for", help="the program that opens the files, in whose frame they are"),
    ],
    out: Annotated[Path, Option(help="the folder to write to, a file a slide")],
    patient: Annotated[
        list[str] | None, Option(help="only this patient; repeatable; without it all of the split")
    ] = None,
    split: Annotated[
        Literal["train", "validation", "test", "unused", "out-of-fold", "untouched-out-of-fold"],
        Option(
            help="the split whose slides are written; using test, or a run of folds, counts as a "
            "look at test"
        ),
    ] = "test",
    threshold: Annotated[
        float | None, Option(help="predicted positive from this score; without it the run's own")
    ] = None,
    mask_um: Annotated[
        float | None,
        Option(help="also write a mask of the outcomes, at so many µm per pixel, as a TIFF"),
    ] = None,
    regions: Annotated[
        bool,
        Option(
            "--regions",
            help="also write the regions that readers drew: a file a slide, and regions.csv",
        ),
    ] = False,
    overwrite: Replace = False,
) -> None:
    """Write the squares of slides, with score, outcome, label and verdicts, for QuPath, ASAP,
    ImageScope or WSInfer; and, if asked, the regions that readers drew.

    A slide that was cut here lies where the program shows it; of others the coordinates are those
    of the exported picture, which is said.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise Refusal(f"expected a threshold from 0 to 1: found {threshold:g}.")
    folder = needed_run(run_path(run))
    sign(f"Writing the squares of {folder.name} to {out}.")
    from dataclasses import replace

    from idc_core.annotations.writers.tools import TOOLS
    from idc_core.data.known_labels import is_known
    from idc_core.data.shown_splits import holds_test
    from idc_core.evaluate.evaluation import UNCHOSEN
    from idc_core.evaluate.recalibration import mapped
    from idc_core.export.patient.region_files import NO_REGIONS, NONE_DRAWN, write_regions
    from idc_core.export.patient.slide_files import rows_to_write, write_slides
    from idc_core.facts.record import SYNTHETIC
    from idc_core.io.digits import counted
    from idc_core.runs import ledger
    from idc_core.runs.data import is_synthetic
    from idc_core.runs.looks import looks_at
    from idc_core.runs.run import open_run
    from idc_core.score.predict import facts_of

    if regions and tool == "wsinfer":
        raise Refusal(NO_REGIONS)
    opened = open_run(folder)
    rows = rows_to_write(opened, mapped(opened, opened.predictions()), split, patient or [])
    point = opened.operating_point()
    if threshold is None:
        threshold = UNCHOSEN if point is None else point.threshold
    known = replace(
        facts_of(opened, threshold),
        split=split,
        tissue=SYNTHETIC if is_synthetic(opened) else None,
    )
    drawn = _regions(opened)
    written = write_slides(
        opened,
        rows,
        TOOLS[tool],
        out,
        known,
        _verdicts(opened),
        mask_um=mask_um,
        drawn=drawn,
        overwrite=overwrite,
    )
    if regions:
        files = write_regions(opened, rows, drawn, TOOLS[tool], out, known, overwrite=overwrite)
        say(f"{counted(len(files), 'file')} of regions: {out}" if files else NONE_DRAWN)
    if holds_test(split) and is_known(rows["label"]).any():
        ledger.look(opened, threshold)
        say(f"Threshold {threshold:.6g}; {looks_at(opened).words()}.")
    if written.not_placed:
        say(
            f"Note: where {written.not_placed:,} of these slides lie is not known, as they were "
            "not cut here: their coordinates are pixels of the picture that the page Patients "
            "exports."
        )
    say(
        f"{counted(len(written.files), 'file')} of {counted(written.patients, 'patient')} for "
        f"{TOOLS[tool].title}: {out}"
    )


def _regions(run: "Run") -> "list[Region]":
    """What readers drew on the run's data; none before there are reviews."""
    from idc_core.reviews import data_key, default_where, is_begun, open_reviews
    from idc_core.reviews.regions import Regions

    where = default_where()
    if not is_begun(where):
        return []
    return Regions(open_reviews(where).where).records(data_key(run))


def _verdicts(run: "Run") -> "pd.DataFrame":
    """What readers said of the run's data; none before the first verdict."""
    import pandas as pd

    from idc_core.reviews import COLUMNS, data_key, default_where, is_begun, open_reviews

    where = default_where()
    if not is_begun(where):
        return pd.DataFrame(columns=list(COLUMNS))
    return open_reviews(where).standing(data_key(run))
