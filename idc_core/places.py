"""Where things lie: patch stores, run folders, and the real patches where a machine has them."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def data_root() -> Path:
    """Folder of the patch stores: `IDC_DATA`, else `data/` of the repository."""
    return Path(os.environ.get("IDC_DATA", REPOSITORY / "data"))


def models_root() -> Path:
    """Folder of the runs: `IDC_MODELS`, else `models/` of the repository."""
    return Path(os.environ.get("IDC_MODELS", REPOSITORY / "models"))


def real_data() -> Path:
    """Folder of the real patches: `IDC_REAL_DATA`, else `shared/data` beside the repository."""
    return Path(os.environ.get("IDC_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


def store_path(name: str) -> Path:
    """A patch store by its name in `data/`, or by a path (anything with a separator)."""
    return _named_or_path(name, data_root())


def run_path(name: str) -> Path:
    """A run by its name in `models/`, or by a path (anything with a separator)."""
    return _named_or_path(name, models_root())


def _named_or_path(name: str, root: Path) -> Path:
    given = Path(name).expanduser()
    is_path = given.is_absolute() or len(given.parts) != 1 or name in {".", ".."}
    return given if is_path else root / given
