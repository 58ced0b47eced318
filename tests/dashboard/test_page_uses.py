"""What a page says it takes of the thread is what it takes."""

import re

import pytest

from dashboard import page_uses
from dashboard.components.thread_bar import ignored
from dashboard.thread import Thread
from idc_core.places import REPOSITORY

VIEWS = sorted(file.stem for file in (REPOSITORY / "dashboard" / "views").glob("[a-z]*.py"))


def test_every_page_says_what_it_takes():
    assert set(page_uses.PAGES) == set(VIEWS)
    assert page_uses.of("") == page_uses.PAGES["overview"]


@pytest.mark.parametrize(
    ("parts", "chosen", "said"),
    [
        (("run", "split", "threshold"), Thread("r"), ""),
        (("run", "split", "threshold"), Thread("r", patient="9036", patch="x1_y1"),
         "The patient and patch in the bar do not change this page."),
        (("run", "split"), Thread("r"), "The threshold in the bar does not change this page."),
        (("run",), Thread("r", patient="9036"),
         "The split, threshold and patient in the bar do not change this page."),
    ],
)  # fmt: skip
def test_the_bar_says_what_a_page_ignores(parts, chosen, said):
    assert ignored(page_uses.Uses(parts), chosen) == said


SAID = "in the bar do"
ALONE = [name for name, uses in page_uses.PAGES.items() if "patient" not in uses.parts]


@pytest.mark.parametrize("view", ALONE)
def test_a_patient_changes_no_figure_of_a_page_that_says_it_ignores_it(full_run, app, view):
    page = app(threshold="0.5").open(view)
    before = shown(page)
    page.at.query_params["patient"] = "10253"
    page.at.run()
    assert not page.failed
    assert shown(page) == before
    assert any(SAID in each.value and "patient" in each.value for each in page.at.caption)


def shown(page):
    """All that is said and drawn below the bar."""
    said = [re.sub("Scored in .*", "", each.value) for each in page.at.markdown]
    charts = [each.proto.spec for each in page.at.get("vega_lite_chart")]
    return said, charts, [each.value.to_csv() for each in page.at.dataframe]
