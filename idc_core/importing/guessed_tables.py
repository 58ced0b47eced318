"""Tables with columns of any names, read in batches: what they mean is guessed from the first rows.

The same guesses and the same reading of cells as of a table in memory (`reading`); but no batch
knows the others, so whatever would be asked about, or left out, is refused with its row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from idc_core.data.places import SLIDE
from idc_core.importing import rows
from idc_core.importing.cells import unpacked
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked
from idc_core.importing.own_tables import KINDS, Batch, checked
from idc_core.importing.reading import read_frame
from idc_core.importing.scores import scale_of
from idc_core.io.refusal import Refusal
from idc_core.io.tabular.columnar import plain
from idc_core.io.tabular.content import unreadable
from idc_core.io.tabular.layout import SPACES, layout_of
from idc_core.io.tabular.text import read_text
from idc_core.records.raster import USUAL

HEAD = 20_000
"""Rows that are looked at to guess what the columns mean."""

AT_ONCE = 100_000
_BLOCK = 4_000_000
"""Bytes of a CSV file that are read at a time."""

_HEAD_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a table's columns are, and how its cells are read: `mapping` says it in a sentence."""

    columns: Columns
    asked: Asked
    names: tuple[str, ...]
    sign: str
    mapping: str


def meaning_of(file: Path, named: Columns, asked: Asked) -> Meaning:
    """Guess from the first rows of a table; `named` and `asked` are what was said of it.

    Raises `Refusal` where they leave a question open.
    """
    frame, sign = _head(file)
    if frame.empty:
        raise Refusal(f"expected predictions in {file}: the table has no row.")
    read = read_frame(frame, file, named, asked)
    read.refuse_open(accept_loss=False)
    settled = replace(asked, scale=asked.scale or scale_of(read.scale))
    return Meaning(read.columns, settled, tuple(frame.columns), sign, read.mapping(USUAL))


def batches(tables: list[Path], meaning: Meaning) -> Iterator[Batch]:
    """The rows of all tables with the columns of `own_tables.KINDS`, some at a time.

    Raises `Refusal` with file and row for a row that cannot be placed. Rows count from 1, the first
    under the header.
    """
    for file in tables:
        first = 1
        for table in _read(file, meaning):
            frame = table.to_pandas()
            frame.index = pd.RangeIndex(first - 1, first - 1 + len(frame))
            yield file, checked(_placed(frame, file, meaning), file, first)
            first += len(frame)


def _placed(frame: pd.DataFrame, file: Path, meaning: Meaning) -> pa.Table:
    columns = meaning.columns
    # What the head left no question about is no question in a batch that happens to be in order.
    found = rows.place(unpacked(frame), columns, meaning.asked, sure=True)
    if len(found.rejects):
        first = found.rejects.iloc[0]
        raise Refusal(
            f"expected a prediction in every row of {file}: row {first['row']} "
            f"({first['entry'][:80]!r}) is none, for “{first['reason']}”. Correct or remove it."
        )
    if found.questions:
        raise Refusal(found.questions[0].text)
    if found.again:
        raise Refusal(f"expected each patch once in {file}: {found.again:,} rows repeat another.")
    own = found.rows
    made = {
        "patient": own["patient"].astype(str),
        **({SLIDE: own[SLIDE].astype(str)} if SLIDE in own else {}),
        **{name: own[name] for name in ("x", "y", "label", "score")},
        **({"split": own["split"].astype("string")} if "split" in own else {}),
    }
    return pa.table({name: pa.Array.from_pandas(each) for name, each in made.items()}).cast(
        pa.schema([(name, KINDS[name]) for name in made])
    )


def _head(file: Path) -> tuple[pd.DataFrame, str]:
    """The first rows with all columns, and what separates them in a CSV file."""
    if file.suffix.lower() == ".parquet":
        return _first_of_parquet(file), ""
    with file.open("rb") as opened:
        content = opened.read(_HEAD_BYTES)
    if len(content) == _HEAD_BYTES:
        content = content[: content.rfind(b"\n") + 1]
    table = read_text(content, file)
    lines = content.decode(errors="replace").splitlines()
    layout = layout_of(lines[:200])
    if layout is None or layout.skip or layout.sign == SPACES or layout.first != table.columns:
        raise Refusal(
            f"expected a header in the first line of {file}, with commas, semicolons, tabs or bars "
            "between its names. Write one, or leave --in-parts out."
        )
    return table.read(table.columns)[:HEAD], layout.sign


def _first_of_parquet(file: Path) -> pd.DataFrame:
    try:
        first = next(_parquet(file, None, HEAD), None)
    except (OSError, pa.ArrowException) as broken:
        raise unreadable(file, broken) from None
    frame: pd.DataFrame = pd.DataFrame() if first is None else first.to_pandas()
    return frame


def _read(file: Path, meaning: Meaning) -> Iterator[pa.Table]:
    try:
        if file.suffix.lower() == ".parquet":
            yield from _parquet(file, meaning.names, AT_ONCE)
        else:
            yield from _csv(file, meaning)
    except (OSError, pa.ArrowException) as broken:
        reason = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
        raise Refusal(
            f"expected a table like its first rows in {file}: it cannot be read ({reason})."
        ) from None


def _parquet(file: Path, names: tuple[str, ...] | None, rows_at_once: int) -> Iterator[pa.Table]:
    opened = pq.ParquetFile(file, page_checksum_verification=True)
    for batch in opened.iter_batches(rows_at_once):
        table = plain(pa.Table.from_batches([batch]))
        yield table if names is None else table.select(list(names))


def _csv(file: Path, meaning: Meaning) -> Iterator[pa.Table]:
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(meaning.names, pa.large_string()),
        include_columns=list(meaning.names),
        null_values=[""],
        strings_can_be_null=True,
    )
    with pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(block_size=_BLOCK),
        parse_options=pacsv.ParseOptions(delimiter=meaning.sign),
        convert_options=convert,
    ) as opened:
        for batch in opened:
            yield pa.Table.from_batches([batch])
