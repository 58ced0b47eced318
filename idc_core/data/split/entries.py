"""Who is meant by an entry of a split: a patient, or the file of a patch, in any folder."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from idc_core.data.patches import INDEX, MOST_SIGNS, composed, place, sign_of_none, without_index
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import ids

_FILE = re.compile(
    rf"(?:.*[/\\])?(?P<patient>[^/\\]+?)(?:{INDEX})?{place(most=7)}(?:[ ._(\-].*)?",
    re.IGNORECASE,
)
_IMAGE = re.compile(r".*\.(png|jpe?g|tiff?|bmp|webp)", re.IGNORECASE)


def is_file(entry: str) -> bool:
    """Whether this is the name of a patch's file, with or without folders and ending."""
    return _FILE.fullmatch(entry) is not None


def patients_of(entries: "Iterable[str | None]", path: Path) -> list[str | None]:
    """Patient of each entry, None where it is empty; `10253_idx5` and `10253.0` are patient 10253.

    Raises `Refusal` for the name of an image that is no patch's, and for signs that no name has.
    """
    texts = ids(pd.Series(list(entries), dtype="str"))
    known: dict[str, str] = {}
    found: list[str | None] = []
    for text in texts:
        if not isinstance(text, str) or not text:
            found.append(None)
            continue
        if text not in known:
            known[text] = _patient_of(text, path)
        found.append(known[text])
    return found


def _patient_of(entry: str, path: Path) -> str:
    if match := _FILE.fullmatch(entry):
        name = match["patient"]
    elif _IMAGE.fullmatch(entry):
        raise Refusal(
            f"expected a name like 10253_idx5_x1001_y1051_class0.png in {path}: found "
            f"{entry[-80:]!r}."
        )
    else:
        name = without_index(entry)
    name = composed(name)
    sign = sign_of_none(name)
    if sign is not None:
        raise Refusal(
            f"expected names of patients in {path}: {name[:60]!r} holds the sign {sign!r}, which "
            "is none of a name. Take it out."
        )
    if len(name) > MOST_SIGNS:
        raise Refusal(
            f"expected names of patients of at most {MOST_SIGNS} signs in {path}: found "
            f"{name[:60]!r}…"
        )
    return name


def file_in(entry: object) -> str | None:
    """What an entry of JSON names: itself, or the file in a record or a pair."""
    if isinstance(entry, bool):
        return None
    if isinstance(entry, str | int | float):
        return str(entry)
    inner: Iterable[object] = ()
    if isinstance(entry, Mapping):
        inner = entry.values()
    elif isinstance(entry, list):
        inner = entry
    texts = [value for value in inner if isinstance(value, str)]
    return next((text for text in texts if is_file(text)), texts[0] if len(texts) == 1 else None)
