"""What a page says it takes of the selection is what it takes."""

import ast
import re
from dataclasses import replace

import pytest

from dashboard import pages
from dashboard.frame.selection_bar import ignored
from dashboard.pages import View
from dashboard.state.selection import Selection
from idc_core.io.paths import REPOSITORY


def test_every_folder_of_views_has_one_record_and_every_record_its_script():
    folder = REPOSITORY / "dashboard" / "views"
    assert sorted(page.folder for page in (*pages.PAGES, *pages.WITHOUT_BAR)) == sorted(
        each.name for each in folder.iterdir() if (each / "page.py").is_file()
    )
    assert len({page.title for page in pages.PAGES}) == len(pages.PAGES) == 15
    assert pages.of("") is pages.PAGES[0] is pages.of("overview")


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.key)
def test_a_script_begins_with_the_question_of_its_page(page):
    script = (REPOSITORY / "dashboard" / page.file).read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(script)).startswith(page.question)


@pytest.mark.parametrize(
    ("parts", "chosen", "said"),
    [
        (("run", "split", "threshold"), Selection("r"), ""),
        (
            ("run", "split", "threshold"),
            Selection("r", patient="9036", patch="x1_y1"),
            "The patient and patch in the bar do not change this page.",
        ),
        (("run", "split"), Selection("r"), "The threshold in the bar does not change this page."),
        (
            ("run",),
            Selection("r", patient="9036"),
            "The split, threshold and patient in the bar do not change this page.",
        ),
    ],
)
def test_the_bar_says_what_a_page_ignores(parts, chosen, said):
    assert ignored(View(replace(pages.of(""), takes=parts)), chosen) == said


SAID = "in the bar do"
ALONE = [view.key for view in pages.VIEWS if "patient" not in view.takes]


@pytest.mark.parametrize("view", ALONE)
def test_a_patient_changes_no_figure_of_a_page_that_says_it_ignores_it(full_run, app, view):
    page = app(threshold="0.5").open("overview").open(view)  # it counts a look, a figure of some
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


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.key)
def test_without_a_network_only_a_page_that_needs_one_says_so(changed_world, app, view):
    changed_world("without network")
    opened = app().open(view.key)
    assert not opened.failed
    assert ("expected a network in" in opened.text) == (view.page.needs == "network")


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.key)
def test_without_labels_only_a_page_that_needs_them_says_so(changed_world, app, view):
    changed_world("without labels")
    opened = app().open(view.key)
    assert not opened.failed
    assert ("expected labels to judge" in opened.text) == (view.page.needs == "labels")


def test_a_view_says_at_most_once_that_patients_are_few(full_run, app):
    said = {}
    for view in pages.VIEWS:
        warned = re.findall(r"Only \d+ [a-z ]+: below \d+, every", app().open(view.key).html)
        said[view.key] = len(warned)
    assert max(said.values()) == 1
    assert said["failures/burden"] == said["operating-point/clinic"] == 1
    assert said["training"] == said["network/maps"] == 0
