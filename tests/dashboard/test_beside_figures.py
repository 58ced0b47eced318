"""What has to stand beside a figure on every page: how well its interval holds, on how many
patients, at which prevalence."""

import re

import pytest

from idc_core.metrics import coverage
from idc_core.metrics.coverage_reached import PATIENTS, REACHED

TILE = re.compile(
    r'class="name">([^<]+)</div><div class="value">(.*?)</div><div class="n">([^<]*)<', re.DOTALL
)
SAID = "interval holds about 87 % with so few patients"
PAGES = ("overview", "operating-point/threshold", "calibration", "operating-point/clinic")

SENTENCES = {
    "operating-point/threshold": (
        r"dashed: chance\. Band: [^.·]*",
        r"predicting IDC everywhere\. Band: [^.·]*",
        r"patches with the highest scores [^·]*",
    ),
    "calibration": (
        r"the intercept is [^(]*\(",
        r"taking the recalibration as given\. In the large: ",
    ),
    "operating-point/clinic": (
        r"net benefit is then [^(]*\(",
        r"difference from treating all is [^(]*\(",
        r"most slides with cancer have many without\. Sensitivity: ",
    ),
}


def all_reach(monkeypatch, share):
    monkeypatch.setattr(coverage, "REACHED", {name: (share,) * len(PATIENTS) for name in REACHED})


def tiles(page):
    return [
        (name, re.sub(r"<[^>]+>", "", value), of) for name, value, of in TILE.findall(page.html)
    ]


@pytest.mark.parametrize("view", PAGES)
def test_every_tile_with_an_interval_says_how_well_it_holds(full_run, app, monkeypatch, view):
    all_reach(monkeypatch, 87)
    with_interval = [each for each in tiles(app().open(view)) if "[" in each[1]]
    assert len(with_interval) >= 4
    assert [name for name, _, of in with_interval if SAID not in of] == []


@pytest.mark.parametrize("view", PAGES)
def test_below_80_no_tile_has_an_interval_and_each_says_why(full_run, app, monkeypatch, view):
    all_reach(monkeypatch, 79)
    found = tiles(app().open(view))
    assert [name for name, value, _ in found if "[" in value] == []
    assert sum("would hold in 79 % of sets only" in of for _, _, of in found) >= 4


@pytest.mark.parametrize("view", SENTENCES)
def test_figures_in_sentences_say_it_too(full_run, app, monkeypatch, view):
    all_reach(monkeypatch, 87)
    text = app().open(view).text
    assert [each for each in SENTENCES[view] if not re.search(f"{each}(· )?{SAID}", text)] == []


def test_what_holds_says_nothing(full_run, app, monkeypatch):
    all_reach(monkeypatch, 93)
    for view in PAGES:
        assert "holds about" not in app().open(view).html


@pytest.mark.parametrize("view", [*PAGES, "failures/subgroups", "labels"])
def test_below_twenty_patients_the_page_warns_once(full_run, app, view):
    page = app().open(view)
    assert page.html.count("below 20, every interval here is unreliable.") == 1


def test_the_prevalence_stands_beside_what_moves_with_it_and_nowhere_else(full_run, app):
    found = {name: of for name, _, of in tiles(app().open("operating-point/threshold"))}
    shares = {name for name, of in found.items() if re.search(r"prevalence \d+ %", of)}
    assert shares == {"Precision", "F1"}
    overview = {name.split(" at ")[0]: of for name, _, of in tiles(app().open("overview"))}
    assert [name for name, of in overview.items() if "prevalence" in of] == ["F1"]
