"""Tables with columns of fixed names, read in batches: CSV or Parquet, each value checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from idc_core.data.places import SLIDE
from idc_core.data.split_names import SPLITS
from idc_core.io.refusal import Refusal

COLUMNS = ("patient", "x", "y", "label", "score")
KINDS = {
    "patient": pa.string(),
    SLIDE: pa.string(),
    "x": pa.int32(),
    "y": pa.int32(),
    "label": pa.int8(),
    "score": pa.float64(),
    "split": pa.string(),
}
"""All columns; slide and split may be missing: all patches are test then."""

AT_ONCE = 400_000
BLOCK = 16_000_000
"""Bytes of a CSV file that are read at a time."""

Batch = tuple[Path, pa.Table]


def tables_in(source: Path) -> list[Path]:
    """The table, or those of a folder by name; raises `Refusal` where there is none."""
    if source.is_dir():
        found = sorted(
            each for each in source.iterdir() if each.suffix.lower() in (".csv", ".parquet")
        )
    else:
        found = [source] if source.is_file() else []
    if not found:
        raise Refusal(f"expected a table (.csv or .parquet), or a folder of tables, in {source}.")
    return found


def are_own(file: Path) -> bool:
    """Whether a table's columns have these very names, so that nothing is to be guessed."""
    try:
        is_parquet = file.suffix.lower() == ".parquet"
        names = pq.read_schema(file).names if is_parquet else _header(file)
    except (OSError, pa.ArrowException):
        return True  # what is wrong is said where it is read
    return set(COLUMNS) <= set(names)


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        return [name.strip().strip('"') for name in lines.readline(1_000_000).split(",")]


def batches(tables: list[Path]) -> Iterator[Batch]:
    """The rows of all tables with the columns of `KINDS`, some at a time.

    Raises `Refusal` with file and row for a value that is none. Rows count from 1, the first under
    the header.
    """
    for file in tables:
        first = 1
        for rows in _read(file):
            yield file, checked(rows, file, first)
            first += rows.num_rows


def _read(file: Path) -> Iterator[pa.Table]:
    try:
        yield from _parquet(file) if file.suffix.lower() == ".parquet" else _csv(file)
    except (OSError, pa.ArrowException) as broken:
        reason = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
        raise Refusal(
            f"expected a table with {', '.join(COLUMNS)} in {file}: it cannot be read ({reason})."
        ) from None


def _parquet(file: Path) -> Iterator[pa.Table]:
    opened = pq.ParquetFile(file, page_checksum_verification=True)
    names = _names(opened.schema_arrow.names, file)
    for batch in opened.iter_batches(AT_ONCE, columns=names):
        table = pa.Table.from_batches([batch]).select(names)
        yield table.cast(pa.schema([(name, KINDS[name]) for name in names]))


def _csv(file: Path) -> Iterator[pa.Table]:
    names = _names(_header(file), file)
    kinds = {name: KINDS[name] for name in names}
    convert = pacsv.ConvertOptions(column_types=kinds, include_columns=names)
    read = pacsv.ReadOptions(block_size=BLOCK)
    kept: list[pa.RecordBatch] = []
    with pacsv.open_csv(file, read_options=read, convert_options=convert) as opened:
        for batch in opened:
            kept.append(batch)
            if sum(each.num_rows for each in kept) >= AT_ONCE:
                yield pa.Table.from_batches(kept)
                kept = []
    if kept:
        yield pa.Table.from_batches(kept)


def _names(there: list[str], file: Path) -> list[str]:
    missing = [name for name in COLUMNS if name not in there]
    if missing:
        raise Refusal(
            f"expected the columns {', '.join(COLUMNS)} in {file}, as in the tables before it: "
            f"{', '.join(missing)} missing."
        )
    return [name for name in KINDS if name in there]


def checked(rows: pa.Table, file: Path, first: int) -> pa.Table:
    """Rows with the columns of `KINDS`, labels filled and splits given; raises `Refusal` for a
    value that is none. `first`: the number of the first row."""
    label = pc.fill_null(rows["label"], -1)
    split = rows["split"] if "split" in rows.column_names else None
    score = rows["score"]
    for name, bad, wanted in (
        *((name, pc.is_null(rows[name]), "a value") for name in ("patient", "x", "y", "score")),
        ("patient", pc.equal(rows["patient"], ""), "a name"),
        ("x", pc.less(rows["x"], 0), "a whole number from 0"),
        ("y", pc.less(rows["y"], 0), "a whole number from 0"),
        ("label", pc.invert(pc.is_in(label, pa.array([-1, 0, 1], pa.int8()))), "0, 1 or none"),
        ("score", pc.invert(_is_share(score)), "a probability from 0 to 1"),
        *((("split", _is_no_split(split), ", ".join(SPLITS)),) if split is not None else ()),
    ):
        _refuse(rows, name, bad, wanted, file, first)
    rows = rows.set_column(rows.column_names.index("label"), "label", label)
    if split is None:
        rows = rows.append_column("split", pa.array(["test"] * rows.num_rows))
    return rows


def _is_share(score: Any) -> Any:
    return pc.and_(pc.greater_equal(score, 0), pc.less_equal(score, 1))


def _is_no_split(split: Any) -> Any:
    return pc.invert(pc.is_in(split, pa.array(SPLITS)))


def _refuse(rows: pa.Table, name: str, bad: Any, wanted: str, file: Path, first: int) -> None:
    found = np.flatnonzero(pc.fill_null(bad, True).to_numpy())
    if len(found):
        at = int(found[0])
        held = rows[name][at].as_py()
        said = "nothing" if held is None else repr(held)
        raise Refusal(f"expected {wanted} in {name!r} of {file}: row {first + at} holds {said}.")
