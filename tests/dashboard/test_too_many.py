"""A run with too many predictions for memory says on its pages what a small one of them says."""

import re

import pytest

from idc_core.evaluate.evaluation import write_evaluation
from idc_core.many.judge import judge
from idc_core.runs import score_parts
from idc_core.runs.run import open_run
from tests.idc_core.many.worlds import drawn, run_of

BURDEN = "Patient's share of IDC"


@pytest.fixture
def both(settle, monkeypatch, tmp_path):
    """The same predictions twice: `small`, and `large` once the limit is `lowered`."""
    settle(tmp_path)
    for name in ("small", "large"):
        run_of(tmp_path / "models" / name, drawn(12, digits=None))
    write_evaluation(open_run(tmp_path / "models" / "small"))

    def lowered():
        monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)
        judge(open_run(tmp_path / "models" / "large"))

    return lowered


def test_every_figure_is_the_same(both, app):
    tabs = ("overview", "operating-point/threshold", "operating-point/clinic", "calibration")
    small = [app(run="small").open(tab) for tab in tabs]
    said = [(each.html, each.live, len(each.charts())) for each in small]
    both()
    for tab, (html, live, charts) in zip(tabs, said, strict=True):
        page = app(run="large").open(tab)
        assert not page.failed
        assert (page.live, len(page.charts())) == (live, charts), tab
        assert _figures(page.html) == _figures(html) != [], tab


def _figures(html):
    """The lines that hold a figure."""
    return [line for line in html.splitlines() if "idc-number" in line]


def test_subgroups_that_patients_form_are_the_same(both, app):
    small = _burden(app(run="small").open("failures/subgroups"))
    by_auc = _burden(app(run="small").open("failures/subgroups", metric="roc_auc"))
    both()
    page = app(run="large").open("failures/subgroups")
    assert not page.failed
    assert "Not shown: attributes that differ within a patient" in page.text
    assert page.at.dataframe[0].value["attribute"].unique().tolist() == [BURDEN]
    assert _burden(page).equals(small)
    compared = app(run="large").open("failures/subgroups", metric="roc_auc")
    assert _burden(compared).equals(by_auc)
    assert not by_auc.equals(small)


def _burden(page):
    table = page.at.dataframe[0].value
    return table[table["attribute"] == BURDEN].reset_index(drop=True)


def test_patients_are_listed_with_their_counts_and_one_is_told(both, app):
    listed = app(run="small").open("patients").listed("worklist")
    both()
    page = app(run="large").open("patients")
    assert not page.failed
    table = page.listed("worklist_counted")
    columns = ["patient", "patches", "fn", "fp", "sensitivity", "specificity", "auc"]
    assert table[columns].equals(listed[columns])
    worst = table.iloc[0]
    one = app(run="large", patient=worst["patient"]).open("patients")
    assert f"{worst['fn']} missed" in one.text
    assert "import-predictions FILE --run NAME --where patient=" in one.text


def test_the_bar_offers_splits_and_patients(both, app):
    both()
    page = app(run="large", split="validation").open("overview")
    assert not page.failed
    assert page.at.selectbox(key="bar_patient").options[1:] == ["P-1", "P03", "P07"]


@pytest.mark.parametrize("page", ["failures/areas", "labels"])
def test_pages_that_need_every_patch_say_so_in_a_sentence(page, both, app):
    both()
    opened = app(run="large").open(page)
    assert not opened.failed
    assert re.search(
        r"at most 100 predictions .*Overview, Operating point, Calibration, Subgroups and Patients",
        opened.text,
    )


def test_a_run_that_was_not_judged_names_the_command(both, app, monkeypatch):
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)
    opened = app(run="large").open("operating-point")
    assert not opened.failed
    assert "python train_cli.py evaluate --run large" in opened.text


def test_the_report_as_one_file_is_not_offered(both, app):
    offered = app(run="small").open("overview")
    assert any(each.proto.label == "Report (HTML)" for each in offered.at.get("download_button"))
    both()
    page = app(run="large").open("overview")
    assert not any(each.proto.label == "Report (HTML)" for each in page.at.get("download_button"))
    assert "large/report.json" in page.text
