"""Where things lie: patch stores, run folders, and the real patches where a machine has them."""

import hashlib
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def data_root() -> Path:
    """Folder of the patch stores: `IDC_DATA`, else `data/` of the repository."""
    return Path(os.environ.get("IDC_DATA", REPOSITORY / "data"))


def models_root() -> Path:
    """Folder of the runs: `IDC_MODELS`, else `models/` of the repository."""
    return Path(os.environ.get("IDC_MODELS", REPOSITORY / "models"))


def jobs_root() -> Path:
    """Folder of the queue of jobs and of what they found: `IDC_JOBS`, else `.jobs` in `data/`."""
    return Path(os.environ.get("IDC_JOBS", data_root() / ".jobs"))


def real_data() -> Path:
    """Folder of the real patches: `IDC_REAL_DATA`, else `shared/data` beside the repository."""
    return Path(os.environ.get("IDC_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


def store_path(name: str) -> Path:
    """A patch store by its name in `data/`, or by a path (anything with a separator)."""
    return _named_or_path(name, data_root())


def run_path(name: str) -> Path:
    """A run by its name in `models/`, or by a path (anything with a separator)."""
    return _named_or_path(name, models_root())


def shown(path: Path) -> str:
    """A path as it may leave this machine: relative to the repository, the stores or the runs,
    elsewhere only its name."""
    whole = path.expanduser().resolve()
    for root in (REPOSITORY, data_root().resolve(), models_root().resolve()):
        if whole.is_relative_to(root) and whole != root:
            return whole.relative_to(root).as_posix()
    return whole.name


def mark_of(place: str) -> str:
    """What tells one place from another of the same name without saying where it is."""
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def without_credentials(address: str) -> str:
    """An address or folder as it may be stored and printed: no user, password, query, or path of
    this machine.

    >>> without_credentials("https://me:p/w@d@host:5000/api?token=1")
    'https://host:5000/api'
    """
    scheme, between, rest = address.partition("://")
    if not between:
        return shown(Path(address))
    rest = rest.rpartition("@")[2].partition("?")[0].partition("#")[0]
    if scheme.startswith(("sqlite", "file")):
        return f"{scheme}:///{shown(Path(rest))}"
    return f"{scheme}://{rest}"


def _named_or_path(name: str, root: Path) -> Path:
    given = Path(name).expanduser()
    is_path = given.is_absolute() or len(given.parts) != 1 or name in {".", ".."}
    return given if is_path else root / given
