"""What does not fit is said on every page, and looks at the same patients elsewhere are counted."""

import shutil

import numpy as np
import pytest

from dashboard.cache import runs
from dashboard.frame import seal_cache
from dashboard.widgets import few_patients
from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.runs import ledger, seal
from idc_core.runs.run import open_run


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """The machine may be busy: the page waits for its answer."""
    monkeypatch.setattr(seal_cache, "WAIT", 30)


def test_a_sealed_run_that_fits_says_nothing(own_run, app):
    seal.write(own_run)
    page = app(run="small", split="test").open("operating-point/threshold")
    few = f'<div class="idc-warn">{few_patients.in_words(3)}</div>'
    assert few in page.html
    assert 'class="idc-warn"' not in page.html.replace(few, "")
    assert not page.failed


@pytest.mark.parametrize("view", ["overview", "patients"])
def test_inverted_scores_are_said_on_every_page(own_run, app, view):
    seal.write(own_run)
    app(run="small").open("overview")
    file = own_run / "predictions.parquet"
    table = read_parquet(file)
    write_parquet(file, table.assign(score=1 - table["score"]))
    page = app(run="small").open(view)
    assert "The scores (predictions.parquet) changed since" in page.html
    assert not page.failed


def test_a_removed_newest_line_of_the_ledger_is_said_on_the_next_rerun(own_run, app):
    opened = open_run(own_run)
    seal.write(own_run)
    ledger.lock(opened, opened.predictions(), rule="youden", name="n", reason="r")
    page = app(run="small").open("operating-point/threshold")
    assert "line is gone" not in page.html
    file = own_run / ledger.LEDGER
    file.write_text(file.read_text().splitlines()[0] + "\n")
    page.open("operating-point/threshold")
    assert "1 line is gone" in page.html


def test_changed_pixels_are_said_when_they_are_known(own_world, app):
    file = own_world / "data" / "tiny" / "patches.npy"
    pixels = np.load(file)
    pixels[7] = 0
    np.save(file, pixels)
    run = runs.run("small")
    seal_cache._pixels(run).result(60)
    assert "1 patch of the store has other pixels" in app(run="small").open("patients").html


def test_looks_of_another_run_at_the_same_patients_are_counted(own_run, app):
    shutil.copytree(own_run, own_run.with_name("copy"))
    for threshold in (0.1, 0.2, 0.3):
        ledger.look(open_run(own_run.with_name("copy")), threshold)
    ledger.look(open_run(own_run), 0.4)
    page = app(run="small", split="test", threshold="0.4").open("data")
    said = "4 looks at test, 3 of them in other runs that share 100 % of these patients."
    assert said in page.html
    assert "4 looks at test" in page.threshold["state"]
    assert said not in app(run="small", split="validation").open("data").html


def test_where_nothing_can_be_judged_no_looks_are_counted(own_run, app):
    other = own_run.with_name("other")
    shutil.copytree(own_run, other)
    ledger.look(open_run(own_run), 0.4)
    assert "in other runs" in app(run="other", split="test", threshold="0.4").open("patients").html
    file = other / "predictions.parquet"
    write_parquet(file, read_parquet(file).assign(label=np.int8(-1)))
    info = read_json(other / "run.json")
    write_json(other / "run.json", info | {"labels": False})
    page = app(run="other", split="test", threshold="0.4").open("patients")
    assert not page.failed
    assert "in other runs" not in page.html
