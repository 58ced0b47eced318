"""What belongs to a backup: everything that nobody can make again, and what proves the rest."""

from collections.abc import Iterator
from pathlib import Path

from idc_core.runs.trash import TRASH
from idc_core.runs.writer import REPLACED

_COUNTED = (TRASH, REPLACED)
"""Hidden folders of `models/` whose looks at test still count."""
_PIXELS = frozenset({".npy", ".jpg", ".jpeg", ".png", ".webp", ".bin", ".tif", ".tiff"})


def run_folders(models: Path) -> list[Path]:
    """Every run, those that were replaced or deleted too, but none that is being written."""
    roots = [models, *(models / name for name in _COUNTED)]
    folders = [each for root in roots if root.is_dir() for each in sorted(root.iterdir())]
    return [
        each for each in folders if not each.name.startswith(".") and (each / "run.json").is_file()
    ]


def files_of_run(folder: Path) -> list[Path]:
    """All of a run but locks and what is being written."""
    return [file for file in _files(folder) if not _is_hidden(file.relative_to(folder))]


def store_folders(data: Path) -> list[Path]:
    """Every patch store."""
    if not data.is_dir():
        return []
    return [
        each
        for each in sorted(data.iterdir())
        if not each.name.startswith(".") and (each / "manifest.json").is_file()
    ]


def files_of_store(folder: Path, *, pixels: bool) -> list[Path]:
    """All of a store, or all but its pixels and pictures."""
    found = [file for file in _files(folder) if not _is_hidden(file.relative_to(folder))]
    return [file for file in found if pixels or file.suffix.lower() not in _PIXELS]


def loose_files(data: Path, reviews: Path | None) -> list[Path]:
    """Files that lie beside the stores, but for the reviews' own file, which is kept as rows."""
    if not data.is_dir():
        return []
    found = (file for file in sorted(data.iterdir()) if file.is_file() and not file.is_symlink())
    return [
        file
        for file in found
        if not _is_hidden(Path(file.name))
        and not file.name.endswith(("-wal", "-shm", "-journal"))
        and (reviews is None or file.resolve() != reviews.resolve())
    ]


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink())


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
