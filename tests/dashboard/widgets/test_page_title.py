"""The head of every page says when its pictures are of synthetic tissue, and only then."""

import pytest

from dashboard import pages
from dashboard.cache import runs
from dashboard.widgets import export, page_title
from idc_core.io.files import read_json, write_json
from idc_core.runs.data import is_synthetic

VIEWS = [view.key for view in pages.VIEWS]
PILL = 'class="idc-synthetic"'


@pytest.fixture
def synthetic_run(own_world):
    """The run's store says that a program made its tissue; the run, of 0.8, says nothing."""
    file = own_world / "data" / "tiny" / "manifest.json"
    write_json(file, read_json(file) | {"synthetic": True})
    return own_world


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_says_synthetic_tissue(synthetic_run, app, view):
    page = app().open(view)
    assert not page.failed
    assert PILL in page.html
    assert page_title.SYNTHETIC == "Synthetic tissue"


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_says_it_of_other_tissue(full_run, app, view):
    assert PILL not in app().open(view).html


def test_it_goes_by_what_run_or_store_say_and_not_by_a_name(synthetic_run):
    run = runs.run("small")
    assert is_synthetic(run)
    file = synthetic_run / "models" / "small" / "run.json"
    info = read_json(file)
    write_json(file, info | {"data": info["data"] | {"synthetic": False}})
    assert not is_synthetic(runs.run("small"))
    write_json(file, info | {"data": {"name": "demo", "fingerprint": "other"}})
    assert not is_synthetic(runs.run("small"))
    write_json(file, info | {"data": {"name": "mine", "synthetic": True}})
    assert is_synthetic(runs.run("small"))


def test_the_oldest_demo_says_it_in_its_source(own_world):
    file = own_world / "data" / "tiny" / "manifest.json"
    write_json(file, read_json(file) | {"source": "drawn by idc_core.demo, seed 20261"})
    assert is_synthetic(runs.run("small"))


def test_what_leaves_a_page_says_it_too(synthetic_run, app, monkeypatch):
    monkeypatch.setattr(export.selection, "current", lambda: export.selection.Selection("small"))
    known = export.facts(export.NO_COUNT)
    assert known.named()["tissue"] == "synthetic"
    assert known.line().startswith("small · synthetic tissue · ")


def test_of_other_tissue_nothing_is_said(full_run, monkeypatch):
    monkeypatch.setattr(export.selection, "current", lambda: export.selection.Selection("small"))
    known = export.facts(export.NO_COUNT)
    assert "tissue" not in known.said()
    assert "synthetic" not in known.line()


def test_a_question_names_the_class_as_the_run_does(tumour_run, app):
    said = app().open("failures/burden").html
    assert ">How much of each patient is tumour, by label and by model?</div>" in said
