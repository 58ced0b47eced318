"""Fixtures that every part of the suite shares. Data is made here; real patches are only read."""

import importlib.util
import os
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

from idc_core.io.paths import real_data

# Nobody's own server is written to by a test.
os.environ.pop("IDC_REVIEWS_URL", None)

# On a busy machine a slow example is no wrong one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

collect_ignore = ["forked.py"]
"""Looked through for doctests, it would import all that a fork may need into every process."""

LONG = {"slow": 10, "browser": 50}
"""How many quick tests one of these counts for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest first: with `--dist loadfile` they are dealt in this order."""
    weights = Counter[Path]()
    for item in items:
        weights[item.path] += sum(
            weight for mark, weight in LONG.items() if item.get_closest_marker(mark)
        )
    weights.update(item.path for item in items)
    items.sort(key=lambda item: -weights[item.path])


@pytest.fixture(scope="session", autouse=True)
def kept_by() -> Iterator[str]:
    """No test waits for the disk. Gives for what the file of reviews waits otherwise."""
    from idc_core.reviews import file
    from tests.disk import wait_for_no_disk

    before = file.SYNCHRONOUS
    with pytest.MonkeyPatch.context() as patch:
        wait_for_no_disk(patch)
        yield before


@pytest.fixture(scope="session")
def real_root() -> Path:
    """The folder of real patches and predictions; the test skips where a machine has none."""
    root = real_data()
    if not (root / "idc_index.csv").is_file():
        pytest.skip(f"no real patches in {root}: set IDC_REAL_DATA to a folder that holds idc/")
    return root


@pytest.fixture(scope="session")
def small_world() -> ModuleType:
    """`small_world.py`: makes a store and a finished run without a training."""
    return _loaded("small_world")


@pytest.fixture(scope="session")
def hostile(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the world in which every text that is not ours is Markdown and HTML."""
    root = copied(tmp_path_factory.mktemp("hostile"))
    made: Path = _loaded("hostile_world").make_hostile(root)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL server (`postgres_server.Server`); the test skips where none is
    installed."""
    module = _loaded("postgres_server")
    programs = module.programs()
    if programs is None:
        pytest.skip(module.MISSING)
    server = module.Server(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def new_url(postgres: Any) -> Iterator[Callable[[], str]]:
    """Gives the address of an empty place on the server, as `IDC_REVIEWS_URL` takes it."""
    yield postgres.schema
    from idc_core.io.postgres.pool import disconnect

    disconnect()


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port of this machine on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def _loaded(name: str) -> ModuleType:
    file = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, small_world: ModuleType) -> Iterator[Path]:
    """A folder with `data/tiny` and the finished run `models/small`; only read it (checked).

    What one test leaves here another would find, in an order that no one chose.
    """
    made: Path = small_world.make_world(tmp_path_factory.mktemp("world"))
    before = _files(made)
    yield made
    assert _files(made) == before, "a test wrote into the shared world: give it a copy"


@pytest.fixture(scope="session")
def copied(world: Path) -> Callable[[Path], Path]:
    """Copies its runs and stores into a folder, to be written to; gives the folder."""

    def to(folder: Path) -> Path:
        for name in ("models", "data"):
            shutil.copytree(world / name, folder / name)
        return folder

    return to


@pytest.fixture(scope="session")
def opened_world(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for pages, which write: looks at test, what they measured. Shared by them."""
    return copied(tmp_path_factory.mktemp("opened"))


def _files(root: Path) -> dict[str, bytes]:
    """Every file's content, but for locks, which say nothing."""
    files = (file for file in sorted(root.rglob("*")) if file.is_file())
    return {
        str(file.relative_to(root)): sha256(file.read_bytes()).digest()
        for file in files
        if not file.name.endswith("lock")
    }
