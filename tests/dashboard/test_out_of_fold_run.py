"""A run that judges a recipe opens on every page as one split, and says what it judges."""

import re
import shutil

import pytest

from dashboard import pages
from idc_core.data.shown_splits import OUT_OF_FOLD, UNTOUCHED
from idc_core.io.files import read_json_lines
from tests.folds_world import make_folds

NETWORK = {"network", "robustness", "score", "similar"}


@pytest.fixture(scope="module")
def folds_world(copied, tmp_path_factory):
    root = copied(tmp_path_factory.mktemp("folds"))
    make_folds(root)
    return root


@pytest.fixture
def folds(folds_world, settle):
    for left in (folds_world / "models").rglob("looks.jsonl"):
        left.unlink()
    return settle(folds_world)


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.key)
def test_every_page_opens_and_says_that_it_judges_the_recipe(folds, app, view):
    opened = app(run="small-folds").open(view.key)
    assert not opened.failed
    assert opened.query["split"] == OUT_OF_FOLD
    assert "this judges the recipe of small, not one network" in opened.text
    asks = "asks one network, and this run judges a recipe" in opened.text
    assert asks == (view.page.key in NETWORK)
    assert "holds no patch" not in opened.text
    chooses = bool([each for each in opened.at.segmented_control if each.key == "population"])
    assert chooses == ("split" in view.takes and not asks), "a control that changes nothing"


def figure(page, title):
    """The value of a figure of the overview, without its interval."""
    found = re.search(rf'name">{title}[^<]*</div><div class="value">([0-9.]+)', page.html)
    return found and found[1]


def test_the_overview_shows_all_patients_then_those_on_whom_nothing_was_chosen(folds, app):
    page = app(run="small-folds").open("overview")
    assert "198 out-of-fold patches · 7 patients" in page.text
    assert figure(page, "Sensitivity") == "0.96"  # 95 of 99
    assert "ROC-AUC within folds, where no network is compared with another" in page.text
    choice = page.at.segmented_control(key="population")
    assert choice.options == ["All 7 patients", "5 on whom nothing was chosen"]
    choice.set_value(UNTOUCHED).run()
    assert page.query["split"] == UNTOUCHED
    assert "138 untouched-out-of-fold patches · 5 patients" in page.text
    assert figure(page, "Sensitivity") == "0.94"  # 65 of 69


def test_the_threshold_is_the_one_at_which_every_fold_stands_at_its_own(folds, app):
    page = app(run="small-folds").open("operating-point/threshold")
    assert "operating point, locked" in page.threshold["state"]
    assert "every fold stands at its own threshold (0.3 to 0.9 of its raw score" in page.text


def test_its_figures_are_looks_at_the_test_patients_of_the_data(folds, app):
    page = app(run="small-folds").open("overview")
    assert len(read_json_lines(folds / "models" / "small-folds" / "looks.jsonl")) == 1
    assert "1 look at test" in page.threshold["state"]
    other = app(run="small").open("overview")
    assert "1 look at test, 1 of them in other runs that share 100 % of these" in other.text


def test_going_to_another_run_and_back_changes_the_split(folds, app):
    page = app(run="small-folds").open("overview")
    page.at.selectbox(key="bar_run").set_value("small").run()
    assert page.query["split"] == "test"
    page.at.selectbox(key="bar_run").set_value("small-folds").run()
    assert page.query["split"] == OUT_OF_FOLD
    assert page.at.selectbox(key="bar_split").options == ["Out of fold"]


def test_probabilities_are_judged_on_raw_scores(folds, app):
    page = app(run="small-folds").open("calibration")
    table = page.at.dataframe
    assert not page.failed
    assert table is not None
    from dashboard.cache import predictions, runs

    raw = predictions.scores(runs.run("small-folds"), OUT_OF_FOLD, raw=True)
    shown = predictions.scores(runs.run("small-folds"), OUT_OF_FOLD)
    assert set(raw.rows["score"]) == {0.6, 0.2, 0.9, 0.7, 0.3, 0.1}
    assert set(shown.rows["score"]) != set(raw.rows["score"])


def test_two_recipes_are_compared_patch_by_patch(folds, app):
    shutil.copytree(folds / "models" / "small-folds", folds / "models" / "other-folds")
    try:
        page = app(run="small-folds").open("compare")
        assert not page.failed
        assert page.at.selectbox(key="compare_other").value == "other-folds"
        assert "198 patches of 7 patients scored by both" in page.text
        assert "training patients of" not in page.text
    finally:
        shutil.rmtree(folds / "models" / "other-folds")


def test_a_run_of_folds_and_another_say_what_can_be_compared(folds, app):
    shutil.copytree(folds / "models" / "small", folds / "models" / "other")
    try:
        said = app(run="small-folds", other="other").open("compare").text.replace("\\", "")
        assert "small-folds is judged out of fold, and other is not" in said
        assert "python train_cli.py train --run other --folds 3" in said
        said = app(run="small", split="test", other="small-folds").open("compare").text
        assert "small-folds is judged out of fold, and small is not" in said.replace("\\", "")
    finally:
        shutil.rmtree(folds / "models" / "other")
