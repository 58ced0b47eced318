"""A training that another process runs, followed and stopped from the page; then the finder; and
one that the page itself starts, stops and continues."""

import os
import shutil
import subprocess
import sys

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.io.progress import is_training
from idc_core.runs.run import open_run
from idc_core.train.history.rates import FILE
from tests.browser.rest import at_rest, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_MS = 300_000


@pytest.fixture(scope="module")
def root(copied, tmp_path_factory):
    return copied(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def address(root, serve):
    with serve(root) as found:
        yield found


@pytest.fixture(scope="module")
def working_off(root, work):
    with work(root):
        yield


@pytest.fixture(scope="module")
def training(root):
    """A process that trains for longer than anybody waits."""
    words = [
        "train",
        "--run",
        "live",
        "--data",
        "tiny",
        "--epochs",
        "5000",
        "--batch-size",
        "16",
        "--stop-patience",
        "0",
    ]
    places = {"IDC_MODELS": str(root / "models"), "IDC_DATA": str(root / "data")}
    process = subprocess.Popen(
        [sys.executable, str(REPOSITORY / "train_cli.py"), *words],
        env=os.environ | places,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait()


def test_a_training_is_followed_epoch_by_epoch_and_stopped_cleanly(
    root, address, cleared_tab, training
):
    run = root / "models" / "live"
    page = cleared_tab
    page.goto(f"{address}/training?run=small")
    page.wait_for_selector("text=best in epoch")
    until(lambda: training.poll() is not None or (run / "history.csv").is_file())
    page.goto(f"{address}/training?run=live")
    page.wait_for_selector("text=is being trained")
    first = int(page.get_by_text("best in epoch").inner_text().split(": ")[1].split()[0])
    page.wait_for_function(
        "first => { const said = document.body.innerText.match(/live: (\\d+) epochs/);"
        " return said && Number(said[1]) > first; }",
        arg=first,
        timeout=90_000,
    )
    page.get_by_role("button", name="Stop training").click()
    page.wait_for_selector("text=was stopped; nothing is lost", timeout=90_000)
    assert training.wait(30) in (130, 143)
    assert not is_training(run)
    assert open_run(run).status == "interrupted"
    assert (run / "checkpoint").is_dir()


@pytest.mark.long  # TensorFlow is woken twice, and stands back for all else
def test_a_training_is_started_stopped_and_continued_from_the_page(
    root, address, working_off, cleared_tab
):
    run, page = root / "models" / "mine", cleared_tab
    page.goto(f"{address}/training?run=small")
    page.wait_for_selector("text=best in epoch")
    page.get_by_role("button", name="Train a network").click()
    page.get_by_role("spinbutton", name="Epochs, at most").fill("5000")
    page.get_by_role("textbox", name="Name of the run").fill("mine")
    page.get_by_role("button", name="Start training").click()  # at once, as who is in a hurry
    page.wait_for_selector("text=Training mine")
    page.locator("[class*=st-key-train_open] button").click(timeout=MOST_MS)
    page.wait_for_selector("text=is being trained", timeout=MOST_MS)
    until(lambda: (run / "history.csv").is_file())
    page.get_by_role("button", name="Stop training").click(timeout=MOST_MS)
    page.get_by_role("button", name="Continue training").click(timeout=MOST_MS)
    page.wait_for_selector("text=is being trained", timeout=MOST_MS)
    assert (open_run(run).info.config["epochs"], open_run(run).info.data_name) == (5000, "tiny")
    until(lambda: "resume" in [each.kind for each in open_run(run).events()])
    page.get_by_role("button", name="Stop training").click(timeout=MOST_MS)
    page.get_by_role("button", name="Continue training").wait_for(timeout=MOST_MS)
    assert not is_training(run)
    assert open_run(run).status == "interrupted"
    epochs = open_run(run).history()["epoch"].tolist()
    assert epochs == [*range(1, len(epochs) + 1)]


@pytest.mark.long
def test_the_finder_is_given_up_asked_for_again_and_suggests_a_rate(
    root, address, working_off, cleared_tab
):
    """On the run of the test above, which goes on where it was."""
    run = root / "models" / "live"
    before = (run / "history.csv").read_bytes()
    page = cleared_tab
    page.goto(f"{address}/training?run=live&more=rate")
    page.get_by_role("button", name="Run the finder").click()
    page.wait_for_selector("text=trying rates")
    page.get_by_role("button", name="Cancel").click()
    again = page.get_by_role("button", name="Run the finder")
    again.wait_for()
    at_rest(page)
    assert not (run / FILE).exists()
    again.click()
    page.wait_for_selector("text=/Try a rate around|The curve is flat/", timeout=180_000)
    assert (run / FILE).is_file()
    assert (run / "history.csv").read_bytes() == before


def test_a_ticked_row_lays_its_curves_over_and_a_second_click_takes_them_away(
    root, address, cleared_tab
):
    shutil.copytree(root / "models" / "small", root / "models" / "another")
    page = cleared_tab
    page.goto(f"{address}/training?run=small&metrics=auc")
    page.wait_for_selector("text=Only settings in which")
    for asked in ("with=another", None):
        at_rest(page)
        table = page.locator("[data-testid=stDataFrame]").first
        table.scroll_into_view_if_needed()
        at_rest(page)
        table.click(position={"x": 12, "y": 35 + 17})  # “another” is the first of the names
        page.wait_for_function(
            "asked => asked ? location.search.includes(asked) : !location.search.includes('with=')",
            arg=asked,
        )
