"""Tables of text: CSV and its relatives, parsed by Arrow, whatever separates their columns."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from idc_core.io.refusal import Refusal
from idc_core.io.tabular.content import unreadable
from idc_core.io.tabular.encoding import in_utf8
from idc_core.io.tabular.header import Header, Misfit, header_of, looks_like_header, unnamed
from idc_core.io.tabular.layout import SPACES, Layout, fields, layout_of
from idc_core.io.tabular.ragged import Ragged, quote_left_open
from idc_core.io.tabular.table import MOST_COLUMNS, Table

MOST_ROWS = 20_000_000
"""Of a table; the public set has 277,524 patches."""

_HEAD = 2**18
_LINES = 200
_ENDS = re.compile(r"\r\n|\r|\n")


def read_text(content: bytes, path: Path, *, has_header: bool | None = None) -> Table:
    """Read a table of text; every column holds texts, and empty cells are missing.

    Raises `Refusal` for what is no text, for a header that does not fit its rows, and for rows that
    do not fit each other.
    """
    data, encoding = in_utf8(content, path)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if data.count(b"\n") > MOST_ROWS:
        raise Refusal(
            f"expected a table of at most {MOST_ROWS:,} rows in {path}: it has more. Predictions "
            "are read some at a time by: python train_cli.py import-predictions FILE --in-parts."
        )
    lines = _first_lines(data, path)
    layout = layout_of(lines)
    if layout is None:
        raise Refusal(f"expected a table in {path}: it cannot be read, as it is empty.")
    if max(layout.width, len(layout.first)) > MOST_COLUMNS:
        raise Refusal(
            f"expected a table of at most {MOST_COLUMNS:,} columns in {path}: it has more."
        )
    header, skip = _header(layout, path, has_header)
    body = _after(data, lines, skip)
    if layout.sign == SPACES:
        body = _one_space(body)
    table, notes = _parsed(body, layout.sign, header, path)
    said = [f"Read as {encoding}."] if encoding else []
    return Table(path, "CSV", table, (*said, *layout.notes, *header.notes, *notes))


def _first_lines(data: bytes, path: Path) -> list[str]:
    """Whole lines of the start, without what ends them."""
    head = data[:_HEAD].decode(errors="ignore")
    lines = _ENDS.split(head)
    if len(data) > _HEAD:
        lines.pop()
        if not lines:
            raise Refusal(
                f"expected a table in {path}: its first line has more than {_HEAD:,} bytes."
            )
    return lines[:_LINES]


def _header(layout: Layout, path: Path, has_header: bool | None) -> tuple[Header, int]:
    """The names, and how many lines stand above the first row that is none of them."""
    first, rows = layout.first, layout.rows
    commented = fields(layout.comment, layout.sign)
    if (
        has_header is None
        and len(commented) == layout.width
        and looks_like_header(commented)
        and not looks_like_header(first)
    ):  # numpy.savetxt writes its header as a comment
        return header_of(list(commented), rows, layout.width, has_header=True), layout.skip
    try:
        header = header_of(first, rows, layout.width, has_header=has_header)
    except Misfit as misfit:
        raise Refusal(f"expected a header that fits the rows of {path}: {misfit}.") from None
    return header, layout.skip + header.is_row


def _after(data: bytes, lines: list[str], skip: int) -> memoryview:
    """What stands below the first `skip` lines."""
    at = 0
    for line in lines[:skip]:
        at += len(line.encode())
        at += 2 if data[at : at + 2] == b"\r\n" else 1
    return memoryview(data)[at:]


def _one_space(body: memoryview) -> memoryview:
    """One tab between columns, however many spaces stood there; none before and behind."""
    plain = re.sub(
        rb'"[^"\n]*"|[ \t]+', lambda found: b"\t" if found[0][:1] != b'"' else found[0], body
    )
    return memoryview(re.sub(rb"(?m)^\t|\t(?=\r?$)", b"", plain))


def _parsed(
    body: memoryview, sign: str, header: Header, path: Path
) -> tuple[pa.Table, tuple[str, ...]]:
    if not bytes(body[: 2**20]).strip():
        return pa.table({name: pa.array([], pa.large_string()) for name in header.names}), ()
    quoted = b'"' in bytes(body)
    places = [str(at) for at in range(len(header.names))]
    ragged = Ragged(len(places), "\t" if sign == SPACES else sign)
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            # One thread: only then are the numbers of rows known.
            read_options=pacsv.ReadOptions(column_names=places, use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=ragged.sign,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=ragged.take,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.large_string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as broken:
        raise (ragged.refused(path) or unreadable(path, broken)) from None
    table, notes = ragged.mended(table)
    if quoted:
        _refuse_open_quotes(table, ragged.sign, path)
    table = table.rename_columns(list(header.names))
    table, again = _without_repeats(table, header)
    table = _without_empty(table)
    return table, (*notes, *again)


def _refuse_open_quotes(table: pa.Table, sign: str, path: Path) -> None:
    """A quote that is never closed swallows the rows below it into one cell."""
    for name in table.column_names:
        for row in pc.indices_nonzero(pc.match_substring(table[name], "\n")).to_pylist():
            lines = _ENDS.split(table[name][row].as_py())[1:]
            if any(len(fields(line, sign)) == table.num_columns > 1 for line in lines):
                raise quote_left_open(row + 1, path)


def _without_repeats(table: pa.Table, header: Header) -> tuple[pa.Table, tuple[str, ...]]:
    """Without the rows that are the header again, as two tables joined have."""
    if not header.is_row or not len(table):
        return table, ()
    same = None
    for name in table.column_names:
        equal = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(table[name]), name), False)
        same = equal if same is None else pc.and_(same, equal)
        if not pc.any(same).as_py():
            return table, ()
    row = pc.index(same, True).as_py() + 1
    count = pc.sum(same).as_py()
    more = f", and {count - 1} times more" if count > 1 else ""
    note = f"The header comes again in row {row:,}{more}: left out."
    return table.filter(pc.invert(same)), (note,)


def _without_empty(table: pa.Table) -> pa.Table:
    """Without columns that have neither a name nor a cell, and rows that are empty."""
    kept = [
        name
        for name in table.column_names
        if not (unnamed(name) and table[name].null_count == len(table))
    ]
    table = table.select(kept) if kept else table
    if table.num_columns and table[0].null_count:
        filled = None
        for name in table.column_names:
            here = pc.is_valid(table[name])
            filled = here if filled is None else pc.or_(filled, here)
        table = table.filter(filled)
    return table
