"""Tables that know the types of their columns: Parquet, and Arrow's own files (Feather)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from idc_core.io.files import arrow_memory
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import content as content_
from idc_core.io.tabular.content import unreadable
from idc_core.io.tabular.table import MOST_COLUMNS, Table

PARQUET, FEATHER, STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"


def read_columnar(content: bytes, path: Path) -> Table:
    """Read Parquet, Feather or a stream of Arrow. Lists become texts like `[0.07, 0.93]`, structs a
    column a field, `outer.inner`; the names of rows that pandas kept are a column like any other.
    """
    memory = arrow_memory(content)
    source = pa.BufferReader(memory)
    parquet = content.startswith(PARQUET)
    try:
        if parquet:
            batches: Iterator[pa.RecordBatch] = iter(pq.ParquetFile(source).iter_batches())
            schema = pq.read_schema(pa.BufferReader(memory))
        elif content.startswith(FEATHER):
            file = pa.ipc.open_file(source)
            schema = file.schema
            batches = (file.get_batch(at) for at in range(file.num_record_batches))
        else:
            stream = pa.ipc.open_stream(source)
            schema, batches = stream.schema, iter(stream)
        if len(schema) > MOST_COLUMNS:
            raise Refusal(
                f"expected a table of at most {MOST_COLUMNS:,} columns in {path}: it has more."
            )
        table = plain(pa.Table.from_batches(_counted(batches, path), schema))
    except (pa.ArrowException, OSError, ValueError, MemoryError) as broken:
        if isinstance(broken, Refusal):
            raise
        raise unreadable(path, broken) from None
    return Table(path, "Parquet" if parquet else "Feather", table)


def _counted(batches: Iterator[pa.RecordBatch], path: Path) -> list[pa.RecordBatch]:
    kept, size = [], 0
    for batch in batches:
        # What comes from elsewhere may point outside of its own bytes.
        batch.validate(full=True)
        size += batch.nbytes
        if size > content_.MOST_BYTES:
            raise content_.too_large(path)
        kept.append(batch)
    return kept


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    names: list[str] = []
    for place, name in enumerate(table.column_names, 1):
        own = "index" if name == "__index_level_0__" and "index" not in table.column_names else name
        own = own.strip() or f"column {place}"
        while own in names:
            own += ".1"
        names.append(own)
    return table.rename_columns(names)


def plain(table: pa.Table) -> pa.Table:
    """The same with texts, numbers and truth values only, and a column a field of a struct."""
    table = _flat(table)
    return pa.table({name: _column(table[name]) for name in table.column_names})


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Texts, numbers and truth values as they are, everything else as texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.combine_chunks().dictionary_decode()
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return column
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.if_else(pc.equal(column, ""), None, column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = (None if value is None else value.decode(errors="replace") for value in _of(column))
        return pa.array(list(texts), pa.large_string())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _lists(column)
    texts = (None if value is None else str(value) for value in _of(column))
    return pa.array(list(texts), pa.large_string())


def _lists(column: pa.ChunkedArray) -> pa.Array:
    short = pa.types.is_float32(column.type.value_type)

    def said(value: Any) -> str:
        # The digits that tell a float32 apart, not those of the double it is widened to.
        return f"{value:.9g}" if short and isinstance(value, float) else str(value)

    return pa.array(
        [None if row is None else f"[{', '.join(map(said, row))}]" for row in _of(column)],
        pa.large_string(),
    )


def _of(column: pa.ChunkedArray) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values
