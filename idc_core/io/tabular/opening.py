"""The one door: a path in, a table out, by what the file is and not by what it is called."""

from dataclasses import replace
from pathlib import Path

from idc_core.io.refusal import Refusal
from idc_core.io.tabular import values
from idc_core.io.tabular.content import content_of
from idc_core.io.tabular.formats import Content, format_of
from idc_core.io.tabular.table import Table

_SAID = {
    values.DECIMAL_COMMA: "Numbers in {} have a decimal comma.",
    values.PERCENT: "Numbers in {} are percentages, read as shares: 93 % is 0.93.",
    values.BRACKETS: "Numbers in {} stand in brackets.",
}


def open_table(path: Path, *, has_header: bool | None = None) -> Table:
    """Read the table in `path`, of one of `formats.FORMATS`: as it is, packed with gzip, or alone
    in a zip.

    `has_header` says whether the first row names the columns, None lets it be judged. Raises
    `Refusal` with the true cause for what is no table, is too large, or cannot be read.
    """
    content = Content(*content_of(path))
    table = format_of(content).read(content.data, path, has_header)
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
