"""The world that can be reckoned by hand, and its pages.

The arithmetic stands beside each figure of the tests; counts are those of the tables in
`exact_world.py`.
"""

import shutil
from contextlib import contextmanager

import pytest

from idc_core.data.stores.store import open_store
from idc_core.interpret import robustness
from idc_core.interpret.channels.analyse import analyse
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer
from tests import exact_world


@pytest.fixture(scope="session")
def exact_root(tmp_path_factory):
    return exact_world.make_world(tmp_path_factory.mktemp("exact"))


@pytest.fixture(scope="session")
def analysed_root(exact_root, tmp_path_factory):
    """A copy in which channels and brighter patches were measured, and that has gradients: those
    of `quick_gradients.py`."""
    root = tmp_path_factory.mktemp("analysed")
    for name in ("data", "models"):
        shutil.copytree(exact_root / name, root / name)
    run, store = open_run(root / "models" / exact_world.RUN), open_store(root / "data" / "tiny")
    scorer = Scorer(run.path / "model.onnx")
    analyse(run, store, scorer, lambda doing, done, of: None)
    robustness.measure(run, store, scorer, "brightness", lambda doing, done, of: None)
    (run.path / "model.keras").touch()
    return root


@pytest.fixture(scope="session")
def sized_root(tmp_path_factory):
    """The same world, whose patches have 5 µm a pixel: 250 µm wide, 0.0625 mm² each."""
    return exact_world.make_world(tmp_path_factory.mktemp("sized"), um_per_px=5.0)


@pytest.fixture
def opened(exact_root, settle, app):
    """Opens a page of that world on test, at a threshold; a test may press its buttons."""
    settle(exact_root)
    return lambda view, threshold, **query: _open(app, view, threshold, query)


@pytest.fixture(scope="module")
def page_at(exact_root, app):
    """The same page again at the same address, for tests that only read it."""
    with _pages(exact_root, app) as at:
        yield at


@pytest.fixture(scope="module")
def analysed_at(analysed_root, app):
    """Such pages of the copy in which more was measured."""
    with _pages(analysed_root, app) as at:
        yield at


@pytest.fixture(scope="module")
def sized_at(sized_root, app):
    """Such pages of the world whose patches have a size."""
    with _pages(sized_root, app) as at:
        yield at


@contextmanager
def _pages(root, app):
    known = {}

    def at(view, threshold=0.5, **query):
        address = (view, threshold, *sorted(query.items()))
        if address not in known:
            known[address] = _open(app, view, threshold, query)
        return known[address]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_MODELS", str(root / "models"))
        patch.setenv("IDC_DATA", str(root / "data"))
        yield at


def _open(app, view, threshold, query):
    said = {"run": exact_world.RUN, "split": "test", "threshold": str(threshold), **query}
    page = app(**said).open(view, **said)
    assert not page.failed, page.text
    return page
