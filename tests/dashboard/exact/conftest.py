"""The world that can be reckoned by hand, and its pages.

The arithmetic stands beside each figure of the tests; counts are those of the tables in
`exact_world.py`.
"""

import pytest

from tests import exact_world


@pytest.fixture(scope="session")
def exact_root(tmp_path_factory):
    return exact_world.make_world(tmp_path_factory.mktemp("exact"))


@pytest.fixture
def opened(exact_root, settle, app):
    """Opens a page of that world on test, at a threshold; a test may press its buttons."""
    settle(exact_root)
    return lambda view, threshold, **query: _open(app, view, threshold, query)


@pytest.fixture(scope="module")
def page_at(exact_root, app):
    """The same page again at the same address, for tests that only read it."""
    known = {}

    def at(view, threshold=0.5, **query):
        address = (view, threshold, *sorted(query.items()))
        if address not in known:
            known[address] = _open(app, view, threshold, query)
        return known[address]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_MODELS", str(exact_root / "models"))
        patch.setenv("IDC_DATA", str(exact_root / "data"))
        yield at


def _open(app, view, threshold, query):
    said = {"run": exact_world.RUN, "split": "test", "threshold": str(threshold), **query}
    page = app(**said).open(view, **said)
    assert not page.failed, page.text
    return page
