"""The formats of tables: one record each, asked in this order what a file is.

A file is known by its first bytes, never by its name; endings only say which files of a folder may
be tables. Another format is one record, with a function from its bytes to a `Table`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from idc_core.io.tabular import columnar
from idc_core.io.tabular.records import looks_like_json, read_json
from idc_core.io.tabular.table import Table
from idc_core.io.tabular.text import read_text


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a table, unpacked; `spreadsheet`: whether they are a spreadsheet's, which is
    seen while unpacking, as most are zips themselves."""

    data: bytes
    spreadsheet: bool

    @property
    def head(self) -> bytes:
        """Enough of it to know it by."""
        return self.data[:4096]


@dataclass(frozen=True, slots=True)
class Format:
    """`known`: whether a content is of this format. `read`: the table in it; it gets the path for
    its sentences, and whether the first row names the columns (None: let it be judged)."""

    key: str
    endings: tuple[str, ...]
    known: Callable[[Content], bool]
    read: Callable[[bytes, Path, bool | None], Table]


def _spreadsheet(content: bytes, path: Path, has_header: bool | None) -> Table:
    from idc_core.io.tabular.excel import read_excel  # its reader need not be installed

    return read_excel(content, path, has_header=has_header)


FORMATS = (
    Format(
        "spreadsheet",
        (".xlsx", ".xls"),
        known=lambda content: content.spreadsheet,
        read=_spreadsheet,
    ),
    Format(
        "columnar",
        (".parquet", ".feather", ".arrow"),
        known=lambda content: content.head.startswith(
            (columnar.PARQUET, columnar.FEATHER, columnar.STREAM)
        ),
        read=lambda content, path, _: columnar.read_columnar(content, path),
    ),
    Format(
        "json",
        (".json", ".jsonl"),
        known=lambda content: looks_like_json(content.head),
        read=lambda content, path, _: read_json(content, path),
    ),
    # Last: any text may be a table.
    Format(
        "text",
        (".csv", ".tsv", ".txt"),
        known=lambda content: True,
        read=lambda content, path, has_header: read_text(content, path, has_header=has_header),
    ),
)

ENDINGS = tuple(ending for each in FORMATS for ending in each.endings)


def format_of(content: Content) -> Format:
    """What a content is, by its first bytes; text where it is nothing else."""
    return next(each for each in FORMATS if each.known(content))
