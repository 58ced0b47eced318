"""Predictions that do not fit into memory: read in batches.

Of a table whose columns have the names of `own_tables` nothing is guessed; what others mean is
guessed from their first rows (`guessed_tables`). Whatever is not as it should be is refused with
its file and row; nothing is written then.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from idc_core.data.known_labels import UNLABELLED
from idc_core.data.places import SLIDE
from idc_core.importing import guessed_tables, own_tables
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked
from idc_core.importing.own_tables import COLUMNS, Batch, tables_in
from idc_core.io import record
from idc_core.io.files import sha256_of
from idc_core.io.provenance import now, versions
from idc_core.io.refusal import Refusal
from idc_core.many.engine import engine
from idc_core.many.judge import Tell, judge
from idc_core.records.report import Report
from idc_core.records.run_info import Data, RunInfo, Source, new_id
from idc_core.runs import score_parts
from idc_core.runs.run import PREDICTION_COLUMNS, open_run
from idc_core.runs.writer import building

_MEMORY = "400MB"
"""Of looking for patches that come twice: all that a server of 1 GB has left."""


@dataclass(frozen=True, slots=True)
class InParts:
    """What was imported; `report` is None where no patch has a label, `replaced` says where an old
    run of the name went."""

    patches: int
    patients: int
    report: Report | None
    replaced: Path | None


def import_in_parts(
    source: Path,
    run_folder: Path,
    *,
    named: Columns | None = None,
    asked: Asked | None = None,
    overwrite: bool = False,
    tell: Tell = lambda _: None,
) -> InParts:
    """Make a run of a table, or of all tables in a folder, batch by batch.

    `named` columns and other answers (`asked`) are what was said of the tables; without them, and
    with columns of the names of `own_tables`, nothing is guessed.

    Raises `Refusal` where the run is there already, a table has other columns, a value is none, a
    patch comes twice, or a patient lies in two splits.
    """
    if (run_folder / "run.json").exists() and not overwrite:
        raise Refusal(
            f"expected a new name for the run: {run_folder} holds one already. Choose another, or "
            "replace it with --overwrite."
        )
    tables = tables_in(source)
    read, mapping = _reading(tables, named, asked)
    with building(run_folder) as made:
        tell(mapping)
        written = _Written()
        parts = score_parts.write_parts(made.folder, written.of(read))
        if not parts.rows:
            raise Refusal(f"expected predictions in {source}: the table has no row.")
        tell("Looking for patches that come twice.")
        data = _data(source, made.folder, written)
        _write_info(made.folder, source, data, mapping, labelled=written.labelled)
        report = judge(open_run(made.folder), tell=tell) if written.labelled else None
    assert data.patients is not None
    return InParts(parts.rows, sum(data.patients.values()), report, made.replaced)


def _reading(
    tables: list[Path], named: Columns | None, asked: Asked | None
) -> tuple[Iterator[Batch], str]:
    """The rows of all tables, and how they are read as a sentence."""
    said = named not in (None, Columns()) or asked not in (None, Asked())
    if not said and own_tables.are_own(tables[0]):
        return own_tables.batches(tables), f"Read in parts, in the columns {', '.join(COLUMNS)}."
    meaning = guessed_tables.meaning_of(tables[0], named or Columns(), asked or Asked())
    return guessed_tables.batches(tables, meaning), meaning.mapping


class _Written:
    """The parts as they are written, and what is said of all of them."""

    def __init__(self) -> None:
        self.labelled = False
        self.digest = hashlib.sha256()
        self._has_slide: bool | None = None

    def of(self, read: Iterator[Batch]) -> Iterator[pa.Table]:
        for file, rows in read:
            has_slide = SLIDE in rows.column_names
            if self._has_slide not in (None, has_slide):
                raise Refusal(
                    f"expected the column {SLIDE!r} in all tables or in none: {file} differs from "
                    "the tables before it."
                )
            self._has_slide = has_slide
            known = pc.not_equal(rows["label"], UNLABELLED)
            self.labelled = self.labelled or bool(pc.any(known).as_py())
            named = rows.append_column("file", _names(rows))
            self.digest.update("\n".join(_lines(named)).encode())
            order = [*(["patient", SLIDE] if has_slide else ["patient"]), *PREDICTION_COLUMNS[1:]]
            yield named.select(order)


def _names(rows: pa.Table) -> pa.ChunkedArray:
    """Names of files as the data set has them, of patches that may have none."""
    stem = pc.replace_substring_regex(rows["patient"], r"^\.|[^\w.()+#~-]", "_")
    text = [pc.cast(rows[name], pa.string()) for name in ("x", "y", "label")]
    known = pc.not_equal(rows["label"], UNLABELLED)
    label = pc.if_else(known, pc.binary_join_element_wise("_class", text[2], ""), "")
    x, y = text[:2]
    return pc.binary_join_element_wise(stem, "_idx5_x", x, "_y", y, label, ".png", "")


def _lines(rows: pa.Table) -> list[str]:
    own = rows["file"]
    if SLIDE in rows.column_names:
        own = pc.binary_join_element_wise(own, rows[SLIDE], " ")
    lines: list[str] = own.to_pylist()
    return lines


def _data(source: Path, folder: Path, written: _Written) -> Data:
    """Counts by split, once no patch comes twice and no patient lies in two splits."""
    files = [str(file) for file in score_parts.files_of(folder)]
    with engine(folder / ".checking", _MEMORY) as opened:
        rows = opened.read_parquet(files)
        place = ["patient", *([SLIDE] if SLIDE in rows.columns else []), "x", "y"]
        _refuse_twice(rows, ", ".join(place))
        by_split = rows.aggregate("split, count(*), count(DISTINCT patient)").fetchall()
        used = rows.filter("split <> 'unused'").aggregate("patient, count(DISTINCT split) AS s")
        both = used.filter("s > 1").limit(1).fetchall()
    (folder / ".checking").rmdir()
    if both:
        raise Refusal(
            f"expected each patient in one split: {both[0][0]!r} lies in {both[0][1]}. Correct the "
            "table's split."
        )
    return Data(
        name=source.stem,
        fingerprint=written.digest.hexdigest(),
        patches={str(split): int(many) for split, many, _ in sorted(by_split)},
        patients={str(split): int(many) for split, _, many in sorted(by_split)},
    )


def _refuse_twice(rows: "duckdb.DuckDBPyRelation", place: str) -> None:
    twice = rows.aggregate(f"{place}, count(*) AS n").filter("n > 1").limit(1).fetchall()
    if twice:
        *where, many = twice[0]
        raise Refusal(
            f"expected each patch once: that of {', '.join(map(str, where))} ({place}) comes "
            f"{many} times. Keep one row of each."
        )


def _write_info(folder: Path, source: Path, data: Data, mapping: str, *, labelled: bool) -> None:
    info = RunInfo(
        id=new_id(),
        status="imported",
        labels=labelled,
        data=data,
        source=Source(
            file=source.name,
            sha256=sha256_of(source) if source.is_file() else None,
            mapping=mapping,
        ),
        trained_on="not known: these predictions were imported",
        started=now(),
        versions={**versions()},
    )
    record.write(folder / "run.json", info)
