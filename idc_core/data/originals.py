"""The slides that a store was cut from: where their files lie now, and how patches lie on them.

A store says of its source no more than a name, so that it can be given away. Which folder that was
is kept beside the stores, in `.slides.json` on the machine that cut; `IDC_SLIDES` names other
folders, where slides were moved to or lie on another machine.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from idc_core.data.stores.slide_frames import CutSlide
from idc_core.data.stores.store import KEPT_SLIDES
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import mark_of
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import read_manifest

FOLDERS = ".slides.json"
_SEEN: dict[tuple[Path, str], Path] = {}


def remember(source: Path, store: Path) -> None:
    """Keep where the slides of `store` lie: the folder, or the one file."""
    file = store.parent / FOLDERS
    place = str(source.resolve())
    write_json(file, _folders(file) | {mark_of(place): place})


def remember_as(others: Iterable[Path], store: Path) -> None:
    """Keep where the slides of `others` lie for `store`, which joins them."""
    file = store.parent / FOLDERS
    known = {
        mark: place
        for other in others
        if (mark := read_manifest(other).source_mark)
        and (place := _folders(other.parent / FOLDERS).get(mark))
    }
    if known.items() - _folders(file).items():
        write_json(file, _folders(file) | known)


def picture(store: Path, slide: CutSlide) -> Path | None:
    """The picture of the whole slide that was kept at cutting, if one was."""
    file = store / KEPT_SLIDES / f"{slide.number}.jpg"
    return file if file.is_file() else None


def laid_over(store: Path, slide: CutSlide) -> Path | None:
    """The outlines of the slide and its squares without a label, as JSON, if they were kept."""
    file = store / KEPT_SLIDES / f"{slide.number}.json"
    return file if file.is_file() else None


def original(store: Path, slide: CutSlide) -> Path:
    """The slide's own file, or folder of DICOM files; it is not opened.

    Raises `Refusal` where it is not on this machine.
    """
    mark = slide.source_mark or read_manifest(store).source_mark
    known = _folders(store.parent / FOLDERS).get(mark or "")
    named = [Path(each) for each in os.environ.get("IDC_SLIDES", "").split(os.pathsep) if each]
    for folder in ([Path(known)] if known else []) + named:
        if found := _found(folder, slide.file):
            return found
    raise Refusal(
        f"expected the slide {slide.name}: its file {slide.file} is not where it was cut from. "
        "Put it back, or say where it is: IDC_SLIDES=FOLDER."
    )


def _folders(file: Path) -> dict[str, str]:
    """By mark; none where the file is not there or is damaged: it is not worth a page."""
    try:
        known = read_json(file)
    except Refusal:
        return {}
    if not isinstance(known, dict):
        return {}
    return {mark: place for mark, place in known.items() if isinstance(place, str)}


def _found(folder: Path, name: str) -> Path | None:
    """`name` is what a table says: only a name, never a way out of the folder."""
    if name in ("", "..") or name != Path(name).name:
        return None
    if folder.name == name and folder.exists():
        return folder
    file = folder / name
    return file if file.exists() else _deep(folder, name)


def _deep(folder: Path, name: str) -> Path | None:
    """In a folder within; looked for once, as a tree of slides may be large."""
    known = _SEEN.get((folder, name))
    if known is None or not known.exists():
        known = next((each for each in folder.rglob("*") if each.name == name), None)
        if known is not None:
            _SEEN[folder, name] = known
    return known
