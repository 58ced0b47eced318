"""A slide that was asked for is there after the server was killed, whoever looks for it."""

import cv2
import numpy as np
import pytest

from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_slide_survives_a_kill_of_the_server(copied, serve, work, tab, tmp_path):
    root = copied(tmp_path)
    pixels = np.random.default_rng(0).normal([150, 90, 190], 25, (600, 800, 3))
    cv2.imwrite(str(tmp_path / "tissue.png"), np.clip(pixels, 0, 255).astype(np.uint8))
    page = tab()
    with serve(root, end="kill") as address:
        page.goto(f"{address}/score?tab=slide&run=small&threshold=0.5")
        at_rest(page)
        page.set_input_files("input[type=file]", tmp_path / "tissue.png")
        page.get_by_role("spinbutton", name="µm per pixel of the file").fill("4")
        page.keyboard.press("Enter")
        at_rest(page)
        page.get_by_role("button", name="Score the slide").click()
        page.get_by_text("No worker is running, so this waits").wait_for()
    with serve(root) as address, work(root):
        page.goto(f"{address}/score?tab=slide&run=small&threshold=0.5")
        page.get_by_text("of 192 squares with tissue predicted IDC").wait_for()
        assert page.get_by_text("No worker is running").count() == 0
