"""Lists of a split, one file per split: which file is which, and whom it names."""

import re
from pathlib import Path

from idc_core.data.split.tables import entries_of
from idc_core.data.split_names import EITHER, SPLIT_WORDS
from idc_core.io.tabular import open_table
from idc_core.io.tabular.content import content_of
from idc_core.io.tabular.encoding import in_utf8
from idc_core.io.tabular.formats import ENDINGS

_KINDS = (*ENDINGS, ".lst", ".list")
_NOUNS = frozenset(
    (
        "patient",
        "patients",
        "patientid",
        "case",
        "cases",
        "caseid",
        "file",
        "files",
        "filename",
        "filenames",
        "filepath",
        "name",
        "names",
        "id",
        "ids",
        "image",
        "images",
        "path",
        "slide",
        "slides",
    )
)
_END = re.compile(r"(?:train|training|val|valid|validation|test|testing)$")


def split_in_name(file: Path) -> str | None:
    """The split that the name of a list says; None where it says none, or several."""
    found = _split_and_rest(file)
    return None if found is None else found[0]


def files_beside(file: Path) -> list[Path]:
    """The lists in the folder of one of them whose names differ from it by the split alone."""
    own = _split_and_rest(file)
    beside = (one for one in sorted(file.parent.iterdir()) if one.is_file())
    return [one for one in beside if own and (other := _split_and_rest(one)) and other[1] == own[1]]


def read_list(file: Path) -> list[str | None]:
    """The entries of one list: its lines, or the column of a table that names patients or files."""
    table = open_table(file)
    if len(table.columns) > 1:
        return entries_of(table)[0]
    content, is_spreadsheet = content_of(file)
    if is_spreadsheet:
        table = open_table(file, has_header=False)
        return [str(entry) for entry in table.read(table.columns)[table.columns[0]]]
    lines = [line.strip().strip("\"'") for line in in_utf8(content, file)[0].decode().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if lines and re.sub(r"[^a-z]", "", lines[0].lower()) in _NOUNS:
        lines = lines[1:]
    return [*lines]


def _split_and_rest(file: Path) -> tuple[str, str] | None:
    """The split, and the name with a star in its place."""
    name = file.name.lower().removesuffix(".gz")
    kind = next((kind for kind in _KINDS if name.endswith(kind)), None)
    if kind is None:
        return None
    stem = name.removesuffix(kind)
    words = [
        match
        for match in re.finditer(r"[^\W_]+", stem)
        if match[0] in SPLIT_WORDS or match[0] in EITHER
    ]
    if not words and (end := _END.search(stem)):
        words = [end]
    if len(words) != 1 or words[0][0] == "unused":
        return None
    start, end_ = words[0].span()
    split = SPLIT_WORDS.get(words[0][0], "validation")
    return split, f"{stem[:start]}*{stem[end_:]}{kind}"
