"""The user guide in the app: a section and a picture for every page, offline."""

import re

import pytest

from dashboard import pages
from dashboard.views.guide import document
from idc_core.facts.glossary import TERMS


def test_every_page_has_a_section_and_one_picture_that_is_there():
    found = document.sections()
    assert list(found) == [*(page.title for page in pages.PAGES), document.BRING]
    for page in pages.PAGES:
        pictures = re.findall(r"!\[(.+)\]\((.+)\)", found[page.title])
        assert [path for _, path in pictures] == [f"screenshots/guide/{page.key}.webp"]


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.key)
def test_a_section_opens_by_its_page_and_leads_there(full_run, app, page):
    opened = app().open("guide/pages", about=page.key)
    assert not opened.failed
    assert opened.title == "User guide"
    words = document.sections()[page.title].split("\n\n")[0]
    assert words in [each.value.split("\n\n")[0] for each in opened.at.markdown]
    assert f"Open {page.title}" in [each.proto.label for each in opened.at.get("page_link")]


def test_the_way_to_bring_ones_own_names_the_commands(full_run, app):
    said = app().open("guide/bring").text
    for command in ("prepare SOURCE", "train --data mine", "import-predictions", "import-model"):
        assert f"python train_cli.py {command}" in said


def test_the_glossary_has_every_term(full_run, app):
    said = app().open("guide/glossary").html
    assert said.count("<dt>") == len(TERMS)


def test_the_guide_shows_no_run_and_so_no_bar(full_run, app):
    opened = app().open("guide/pages")
    assert not [each for each in opened.at.selectbox if each.key == "bar_run"]
