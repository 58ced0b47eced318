"""Where a run's predictions lie: in `predictions.parquet`, or in the parts of `predictions/`.

Either is known by one file (`known_by`), whose digest is that of all predictions: the list of the
parts names the digest of each.
"""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from idc_core.io import record
from idc_core.io.files import digested, sha256_of, write_with
from idc_core.io.refusal import Refusal
from idc_core.records.score_parts import FILE, Part, Parts, read_parts

WHOLE = "predictions.parquet"

MOST_IN_MEMORY = 20_000_000
"""With more predictions than this they are never all in memory: a server of 4 GB holds no more."""

_SWITCH = "IDC_MOST_IN_MEMORY"


class TooMany(Refusal):
    """What was asked for needs every prediction in memory, and there are too many."""


def known_by(folder: Path) -> Path:
    """The file whose change is a change of the predictions."""
    return folder / FILE if (folder / FILE).is_file() else folder / WHOLE


def files_of(folder: Path) -> list[Path]:
    """The Parquet files of a run's predictions, in their order; raises `Refusal` where one of the
    parts is not there."""
    if known_by(folder).name == WHOLE:
        return [folder / WHOLE]
    files = [(folder / FILE).parent / part.file for part in read_parts(folder).parts]
    for file in files:
        if not file.is_file():
            raise Refusal(
                f"expected the part {file} of the predictions: it is not there. Put it back from a "
                "copy of the run."
            )
    return files


def files_if_whole(folder: Path) -> list[Path]:
    """The same; none where the list is damaged or a part is missing, which the run's own pages
    say."""
    try:
        return files_of(folder)
    except Refusal:
        return []


def count(folder: Path) -> int:
    """How many predictions a run has, from the feet of the files alone."""
    if known_by(folder).name != WHOLE:
        return read_parts(folder).rows
    try:
        return int(pq.read_metadata(folder / WHOLE).num_rows)
    except (OSError, pa.ArrowException):
        return 0  # damage is said where they are read


def most_in_memory() -> int:
    """How many predictions may be held in memory: what `IDC_MOST_IN_MEMORY` says, for a smaller
    machine; raises `Refusal` where it says no number."""
    said = os.environ.get(_SWITCH)
    if said is None:
        return MOST_IN_MEMORY
    if not said.isdecimal():
        raise Refusal(f"expected a number of predictions in {_SWITCH}: found {said[:40]!r}.")
    return int(said)


def are_too_many(folder: Path) -> bool:
    """Whether a run's predictions are not to be held in memory."""
    return count(folder) > most_in_memory()


def refuse_too_many(folder: Path) -> None:
    """Raise `TooMany` where a run's predictions are not to be held in memory."""
    held, most = count(folder), most_in_memory()
    if held > most:
        raise TooMany(
            f"expected at most {most:,} predictions for what needs each of them: "
            f"{folder.name} holds {held:,}. Overview, Operating point, Calibration, "
            "Subgroups and Patients answer from what they add up to; for all else import fewer "
            "patients as a run of their own: python train_cli.py import-predictions FILE --run "
            "NAME."
        )


def write_parts(folder: Path, tables: Iterable[pa.Table]) -> Parts:
    """Write a run's predictions, a file a table, and their list last; empty tables are left out.

    Raises `SystemRefused` where the system does not let it.
    """
    made: list[Part] = []
    for table in tables:
        if not table.num_rows:
            continue
        file = (folder / FILE).parent / f"part-{len(made):05d}.parquet"
        content = digested(table)
        write_with(file, partial(_put, content))
        made.append(Part(file=file.name, rows=table.num_rows, sha256=sha256_of(file)))
    found = Parts(parts=made)
    record.write(folder / FILE, found)
    return found


def _put(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def differences(folder: Path) -> list[str]:
    """Which parts are not as the list says, a sentence each."""
    if known_by(folder).name == WHOLE:
        return []
    found = []
    for part in read_parts(folder).parts:
        file = (folder / FILE).parent / part.file
        if not file.is_file():
            found.append(f"The part {part.file} of the scores went missing.")
        elif sha256_of(file) != part.sha256:
            found.append(f"The part {part.file} of the scores changed.")
    return found
