"""A final fit opens on every page, and none judges it on patients it was fitted on."""

import pytest

from dashboard import pages
from idc_core.data.stores.store import open_store
from idc_core.score.score_store import score_store
from tests.folds_world import make_final, make_folds

INSTEAD = "See the run small-folds, in which no network saw the patient"
ASKING = {"network", "robustness", "score", "data"}
"""Pages that show the network, or the data, and no figure of how good it is."""


@pytest.fixture(scope="module")
def final_world(copied, tmp_path_factory):
    root = copied(tmp_path_factory.mktemp("final"))
    make_folds(root)
    final = make_final(root)
    score_store(final, open_store(root / "data" / "tiny"), "scored-again", root / "models")
    return root


@pytest.fixture
def final(final_world, settle):
    return settle(final_world)


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.key)
def test_every_page_that_would_judge_it_leads_to_the_folds(final, app, view):
    opened = app(run="small-final").open(view.key)
    assert not opened.failed
    assert (text(INSTEAD) in text(opened.text)) == (view.page.key not in ASKING)


@pytest.mark.parametrize(
    "view", [view for view in pages.VIEWS if view.page.needs == "labels"], ids=lambda view: view.key
)
def test_what_its_network_scored_of_them_is_not_judged_either(final, app, view):
    opened = app(run="scored-again").open(view.key)
    assert not opened.failed
    assert text(INSTEAD) in text(opened.text)


def test_one_click_leads_to_the_folds(final, app):
    page = app(run="small-final").open("overview")
    page.at.button(key="open_instead").click().run()
    assert (page.query["run"], page.query["split"]) == ("small-folds", "out-of-fold")


def test_compare_offers_it_to_nobody(final, app):
    page = app(run="small").open("compare")
    assert "small-final" not in page.at.selectbox(key="compare_other").options


def text(said):
    """Without the marks that keep Markdown from reading it."""
    return said.replace("\\", "")
