"""A clinician-scientist asks for nine in ten and leaves with a threshold and its record."""

import re
import shutil

import pytest

from idc_core.io.files import read_parquet, write_parquet
from idc_core.runs import ledger
from idc_core.runs.run import open_run
from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(copied, serve, tmp_path_factory):
    """A dashboard over two runs on the same patches; its address and its folder."""
    root = copied(tmp_path_factory.mktemp("defend"))
    shutil.copytree(root / "models" / "small", root / "models" / "other")
    file = root / "models" / "other" / "predictions.parquet"
    table = read_parquet(file)
    write_parquet(file, table.assign(score=(table["score"] ** 3).astype("float32")))
    with serve(root) as address:
        yield address, root


def bar(page):
    return page.locator(".st-key-bar_threshold .words").inner_text()


def test_a_rule_is_asked_for_and_its_threshold_locked_with_a_reason(place, cleared_tab):
    address, root = place
    page = cleared_tab
    page.goto(f"{address}/operating-point?run=small&split=test&threshold=0.93")
    at_rest(page)
    assert "exploratory" in bar(page)
    page.get_by_role("button", name="Specificity ≥ 90 %").click()
    page.wait_for_function("() => !location.href.includes('threshold=0.93')")
    at_rest(page)
    asked = float(re.search(r"threshold=([\d.]+)", page.url)[1])

    page.get_by_role("button", name="Lock this threshold …").click()
    page.get_by_label("Reader name").fill("Ada")
    page.get_by_label("Reader name").press("Enter")
    at_rest(page)
    page.get_by_label("Name of the threshold").fill("for the ward")
    page.get_by_label("Name of the threshold").press("Tab")
    page.get_by_label(re.compile("Reason")).fill("agreed with the pathologists")
    page.get_by_label(re.compile("Reason")).press("Tab")
    at_rest(page)
    page.get_by_role("button", name=re.compile("Lock it")).click()
    page.get_by_text(re.compile("Locked 0")).first.wait_for()
    at_rest(page)
    assert "operating point, locked" in bar(page)

    run = open_run(root / "models" / "small")
    point = run.operating_point()
    assert (point.rule, point.name, point.by) == (
        "specificity>=0.9",
        "for the ward",
        "Ada",
    )
    assert point.threshold == pytest.approx(asked, abs=1e-5)
    assert ledger.check(run).intact
    assert run.report().threshold == point.threshold

    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Ledger").click()
    page.get_by_text(re.compile("none of them is missing")).wait_for()


def test_what_a_move_changes_is_shown_patch_by_patch(place, cleared_tab):
    page = cleared_tab
    page.goto(f"{place[0]}/operating-point?run=small&threshold=0.3&below=moves")
    at_rest(page)
    page.get_by_text(re.compile(r"patches in \d+ patients are reclassified")).wait_for()
    page.locator('[data-testid="stVegaLiteChart"][aria-label*="as a grid"]').first.wait_for()


def test_two_models_are_compared_and_what_one_breaks_is_opened(place, cleared_tab):
    page = cleared_tab
    page.goto(f"{place[0]}/compare?run=small&other=other&how=bar&threshold=0.4")
    at_rest(page)
    page.get_by_role("heading", name=re.compile(r"IDC, found by A only: \d+ patch")).wait_for()
    page.get_by_role("button", name="both wrong").first.click()
    page.wait_for_function("() => location.href.includes('pair=')")
    at_rest(page)
    page.get_by_role("heading", name=re.compile(r"IDC, missed by both: \d+ patch")).wait_for()


def test_a_map_of_scores_is_kept_and_the_bar_follows(place, cleared_tab):
    address, root = place
    page = cleared_tab
    page.goto(f"{address}/calibration?run=other")
    at_rest(page)
    page.get_by_role("radio", name=re.compile("platt")).or_(
        page.get_by_role("button", name="platt")
    ).first.click()
    at_rest(page)
    page.get_by_role("button", name=re.compile("Use platt")).click()
    page.get_by_text(re.compile("Every page now uses the platt recalibration")).wait_for()
    at_rest(page)
    assert "operating point, locked" in bar(page)
    assert open_run(root / "models" / "other").calibration_id().startswith("platt")
