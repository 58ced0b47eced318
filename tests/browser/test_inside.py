"""Into the network and out again, in a real browser: explanations from the real process, a slide
scored while one waits, a quiz by keyboard, uploads that are refused with the server alive."""

import shutil
import urllib.request
import zipfile

import cv2
import numpy as np
import pytest

from idc_core.io.paths import REPOSITORY
from tests.browser.rest import at_rest, seen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATCH = "run=small&split=test&patient=10253&patch=x1151_y501&threshold=0.5"


@pytest.fixture(scope="module")
def root(copied, tmp_path_factory):
    """The small world with the demo's network, which has something inside."""
    folder = copied(tmp_path_factory.mktemp("inside"))
    for name in ("model.onnx", "model.keras"):
        shutil.copyfile(REPOSITORY / "models" / "demo" / name, folder / "models" / "small" / name)
    return folder


@pytest.fixture(scope="module")
def inside(root, serve, work):
    with serve(root) as address, work(root):
        yield address


def alive(address):
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
        return answer.status == 200


def test_an_explanation_is_given_up_asked_for_again_and_drawn_with_its_checks(inside, cleared_tab):
    page = cleared_tab
    page.goto(f"{inside}/network?tab=evidence&{PATCH}")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Compute the other maps").click()
    at_rest(page)
    page.wait_for_selector("text=Show curves")
    names = page.locator(".stBidiComponent h2").all_inner_texts()
    assert names == ["The patch", "Grad-CAM", "Layer-CAM", "Occlusion", "Integrated gradients"]
    assert page.locator("canvas[aria-label*='evidence for IDC']").count() == 4
    assert page.locator("canvas[aria-label*='evidence against IDC']").count() == 4
    assert page.locator("li:has-text('random orders')").count() == 4
    assert page.locator("li:has-text('randomised weights')").count() == 4
    page.locator("button:has-text('Show curves')").last.click()
    at_rest(page)
    page.wait_for_selector("text=Integrated gradients: does removing its evidence")
    assert "method=integrated" in page.url
    canvas = page.locator("canvas[aria-label*='Occlusion: evidence for']")
    canvas.hover(position={"x": 5, "y": 5})
    page.wait_for_selector("text=row 1, column 1:")


def test_the_way_from_a_channel_to_one_of_its_numbers_and_its_own_page(inside, cleared_tab):
    page = cleared_tab
    page.goto(f"{inside}/network?{PATCH}&layer=block1_sepconv1")
    at_rest(page)
    canvas = page.locator("canvas.tiles")
    canvas.click(position={"x": 20, "y": 20})
    page.wait_for_function("() => location.href.includes('channel=0')")
    at_rest(page)
    page.get_by_text("mean activation", exact=True).click()
    at_rest(page)
    assert "sort=activation" in page.url
    with page.expect_download() as saved:
        page.get_by_role("button", name="Network as SVG").click()
    drawn = saved.value.path().read_text()
    assert drawn.startswith("<svg xmlns")
    assert "multiply-adds" in drawn
    page.get_by_role("button", name="How one value of channel 0 is computed").click()
    page.wait_for_selector("text=channels in total")
    assert "tab=steps" in page.url
    assert "layer=block1_sepconv1" in page.url
    page.go_back()
    page.get_by_role("button", name="How one value of channel 0 is computed").wait_for()
    at_rest(page)
    assert "tab=" not in page.url, "one press of Back takes the link back"
    page.go_forward()
    page.get_by_role("button", name="All channels of this layer").click()
    at_rest(page)


def test_a_slide_is_scored_while_one_waits_and_a_square_is_explained(inside, cleared_tab, tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 25, (600, 800, 1))
    pixels = np.clip(np.array([150, 90, 190]) + noise, 0, 255).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "tissue.png"), pixels)
    page = cleared_tab
    page.goto(f"{inside}/score?tab=slide&run=small&threshold=0.5")
    at_rest(page)
    page.set_input_files("input[type=file]", tmp_path / "tissue.png")
    page.get_by_role("spinbutton", name="µm per pixel of the file").fill("4")
    page.keyboard.press("Enter")
    at_rest(page)
    page.get_by_role("button", name="Score the slide").click()
    page.wait_for_selector("text=of 192 squares with tissue predicted IDC")
    at_rest(page)
    page.get_by_role("button", name="Why?").first.click()
    page.wait_for_url("**/network?*tab=evidence*")
    page.wait_for_selector("text=an uploaded patch")


def test_a_quiz_is_answered_by_keyboard_alone(inside, cleared_tab):
    page = cleared_tab
    page.goto(f"{inside}/teaching?run=small&split=test&threshold=0.5")
    at_rest(page)
    for number in range(1, 4):
        page.get_by_role("button", name="No IDC").wait_for()
        seen(page)
        page.keyboard.press("1" if number % 2 else "2")
        page.wait_for_selector(f"text=/{number} patch(es)?: you/")
        page.get_by_role("button", name="Next").wait_for()
        page.keyboard.press("n")


def hostile(folder):
    """Files that want memory, or to be somewhere else."""
    many = folder / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(25_000):
            archive.writestr(f"{at}.png", b"")
    slip = folder / "slip.zip"
    with zipfile.ZipFile(slip, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.png", b"\x89PNG")
        archive.writestr("bomb.png", b"\0" * 30_000_000)
    return [(many, "at most 20,000 files"), (slip, "expected at least one patch")]


def test_hostile_zips_are_refused_and_the_server_lives(inside, cleared_tab, tmp_path):
    page = cleared_tab
    for file, said in hostile(tmp_path):
        page.goto(f"{inside}/score?run=small&threshold=0.5")
        at_rest(page)
        page.set_input_files("input[type=file]", file)
        page.wait_for_selector(f"text={said}")
        assert alive(inside)
    assert not list(tmp_path.parent.glob("evil.png"))


def test_five_hundred_megabytes_are_refused_before_they_are_kept(inside, cleared_tab, tmp_path):
    large = tmp_path / "large.svs"
    with large.open("wb") as file:
        file.truncate(500_000_000)
    page = cleared_tab
    page.goto(f"{inside}/score?tab=slide&run=small&threshold=0.5")
    at_rest(page)
    page.set_input_files("input[type=file]", large)
    page.wait_for_selector("text=/must be|exceeds|too large|limit/i")
    assert page.get_by_role("button", name="Score the slide").is_disabled()
    assert alive(inside)


def test_the_addresses_of_this_page_are_those_of_a_link(inside, cleared_tab):
    page = cleared_tab
    address = f"{inside}/network?tab=channels&{PATCH}&layer=block2_res1_relu2&channel=7"
    page.goto(address)
    at_rest(page)
    # The browser draws the field with its default first.
    page.wait_for_function("() => document.querySelector('input[type=number]')?.value === '7'")
    assert "channel=7" in page.url
