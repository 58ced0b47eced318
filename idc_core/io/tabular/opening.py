"""The one door: a path in, a table out, by what the file is and not by what it is called."""

from dataclasses import replace
from pathlib import Path

from idc_core.io.refusal import Refusal
from idc_core.io.tabular import columnar, values
from idc_core.io.tabular.content import content_of
from idc_core.io.tabular.records import looks_like_json, read_json
from idc_core.io.tabular.table import Table
from idc_core.io.tabular.text import read_text

_SAID = {
    values.DECIMAL_COMMA: "Numbers in {} have a decimal comma.",
    values.PERCENT: "Numbers in {} are percentages, read as shares: 93 % is 0.93.",
    values.BRACKETS: "Numbers in {} stand in brackets.",
}


def open_table(path: Path, *, has_header: bool | None = None) -> Table:
    """Read the table in `path`: CSV and its relatives, Parquet, Feather, JSON, a spreadsheet; as it
    is, packed with gzip, or alone in a zip.

    `has_header` says whether the first row names the columns, None lets it be judged. Raises
    `Refusal` with the true cause for what is no table, is too large, or cannot be read.
    """
    content, is_spreadsheet = content_of(path)
    if is_spreadsheet:
        from idc_core.io.tabular.excel import read_excel

        table = read_excel(content, path, has_header=has_header)
    elif content.startswith((columnar.PARQUET, columnar.FEATHER, columnar.STREAM)):
        table = columnar.read_columnar(content, path)
    elif looks_like_json(content[:4096]):
        table = read_json(content, path)
    else:
        table = read_text(content, path, has_header=has_header)
    if not table.columns:
        raise Refusal(f"expected a table in {path}: it has no column.")
    return replace(table, notes=(*table.notes, *_forms(table)))


def _forms(table: Table) -> list[str]:
    """How numbers are written, where it is not the usual way."""
    columns: dict[str, list[str]] = {}
    for name, texts in table.samples().items():
        for form in values.forms(texts):
            columns.setdefault(form, []).append(f"“{name}”")
    return [
        said.format(" and ".join(columns[form])) for form, said in _SAID.items() if form in columns
    ]
