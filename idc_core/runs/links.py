"""Which runs need another run or a store: what to look at before one is moved or renamed.

A run needs its store for pixels and to be resumed, and finds it by the fingerprint of the data, so
that the store's name is its own affair. One that learns from a teacher names the teacher's folder.
"""

from pathlib import Path

from idc_core.data.stores.pixel_files import has_pixels
from idc_core.io.lock import is_held
from idc_core.io.names import run_names, store_names
from idc_core.io.paths import models_root
from idc_core.io.progress import is_training
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import fingerprint_in, stores_with
from idc_core.records.run_info import info_if_whole, runs_with
from idc_core.records.shards import shards_if_whole


def is_at_work(folder: Path) -> bool:
    """Is the run being trained, or written by an import?"""
    return is_training(folder) or is_held(folder.parent / f".{folder.name}.lock")


def refuse_at_work(folder: Path, what: str) -> None:
    """Raise `Refusal` where the run is being trained or written; `what`: "rename"."""
    if is_training(folder):
        raise Refusal(
            f"expected {folder.name} to be at rest: it is being trained. Stop it first, then "
            f"{what}."
        )
    if is_at_work(folder):
        raise Refusal(
            f"expected {folder.name} to be at rest: it is being written. Wait for that, then "
            f"{what}."
        )


def learners(teacher: Path) -> list[Path]:
    """Runs in the same folder that are, or were, distilled from its network."""
    root = teacher.parent
    return [
        root / name
        for name in run_names(root)
        if name != teacher.name and _teacher_of(root / name) == teacher.name
    ]


def unfinished(folders: list[Path]) -> list[Path]:
    """Those that may still be gone on with."""
    return [
        folder
        for folder in folders
        if (info := info_if_whole(folder)) is not None
        and info.status in ("training", "interrupted")
    ]


def runs_on(store: Path) -> list[Path]:
    """Runs in `models/` on the data of a store."""
    fingerprint = fingerprint_in(store)
    return runs_with(fingerprint, models_root())


def needing(store: Path) -> list[Path]:
    """Runs that would be without their pixels if the store went: none where another holds them."""
    fingerprint = fingerprint_in(store)
    others = [each for each in stores_with(fingerprint, store.parent) if each != store]
    held = any(map(has_pixels, others))
    return [] if held else runs_on(store)


def joining(store: Path) -> list[Path]:
    """Stores beside it that join it, and would be without its pixels if it went."""
    root, fingerprint = store.parent, fingerprint_in(store)
    others = [each for each in stores_with(fingerprint, root) if each != store]
    if fingerprint is None or any(map(has_pixels, others)):
        return []
    return [
        root / name
        for name in store_names(root)
        if any(shard.fingerprint == fingerprint for shard in shards_if_whole(root / name))
    ]


def _teacher_of(folder: Path) -> str | None:
    """Name of the folder beside the run that its teacher lies in."""
    info = info_if_whole(folder)
    known = info.teacher if info is not None else None
    first, between, _ = str(known.file if known is not None else "").partition("/")
    return first if between and first not in ("", "..") else None
