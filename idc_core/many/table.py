"""The threshold table of a split whose predictions are too many for memory."""

import tempfile
from pathlib import Path

from idc_core.io.refusal import refused_by_system
from idc_core.many.stored import Stored
from idc_core.runs.run import Run
from idc_core.threshold_table import file
from idc_core.threshold_table.build import Table, build


def table(found: Stored, run: Run) -> Table:
    """What a page says at every threshold; counts a patient lie on the disk while it is made."""
    room = run.path / "analysis"
    with (
        refused_by_system(f"write {room}"),
        tempfile.TemporaryDirectory(prefix=".table-", dir=room) as scratch,
    ):
        return build(
            found.counted, found.ranked, run.info.raster, found.facts.of, room=Path(scratch)
        )


def keep(found: Stored, run: Run, split: str) -> bool:
    """Make the split's table and keep it, unless it is there; whether it was made."""
    of = found.facts.of
    if file.path_of(run, split, of).is_file():
        return False
    file.write(run, split, of, file.encoded(table(found, run)))
    return True
