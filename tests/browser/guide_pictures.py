"""Make the pictures of docs/guide.md again: `python -m tests.browser.guide_pictures [PAGE …]`.

One a page, of the demo, and one of the demo of slides, as a reader sees it at 1280 × 800. Needs
Chromium; works on a copy, so that no look at test is written into the repository.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from dashboard import pages
from idc_core.demo.build import ensure_demo
from idc_core.demo.slide_store import ensure_slides
from tests.browser.conftest import CHROMIUM, REPOSITORY, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

WITH_WINDOWS = CHROMIUM[1:]
"""A browser without any sets text a little wider than readers see it."""
FOLDER = REPOSITORY / "docs" / "screenshots" / "guide"
WIDE, QUALITY = 1000, 72
_PATCH = {"patient": "demo-13", "patch": "x651_y401"}
SHOWN: dict[str, dict[str, str]] = {
    "patients": _PATCH,
    "compare": {"run": "reference", "other": "reference-cancernet"},
    "network": _PATCH,
    "similar": _PATCH,
    "robustness": _PATCH,
}
SLIDES = "demo-slides"
_SLIDE = {"run": SLIDES, "patient": "demo-s6", "slide": "demo-s6a", "patch": "x1857_y449"}
"""What the address of a page says beside the run; the first tab of a page that has several."""
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
BUSY = '[data-testid="stSpinner"], [data-testid="stSkeleton"]'


def main(asked: list[str]) -> None:
    """Take the pictures of the pages asked for, or of all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        root = _copy(Path(made))
        with serving(root) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, WITH_WINDOWS))),
                args=["--no-sandbox", "--disable-gpu"],
            )
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            for page in pages.PAGES:
                if not asked or page.key in asked:
                    _open(tab, address, page, SHOWN.get(page.key, {}))
                    _take(tab, page.key)
            if not asked or SLIDES in asked:
                _open(tab, address, pages.view("patients").page, _SLIDE)
                _near(tab)
                _take(tab, SLIDES)
            browser.close()


def _copy(root: Path) -> Path:
    runs = ("demo", SLIDES, "reference-cancernet", "reference")
    for name in (*(f"models/{run}" for run in runs), "data/demo"):
        shutil.copytree(REPOSITORY / name, root / name)
    ensure_demo(root / "data" / "demo")
    ensure_slides(root / "data", None)
    return root


def _open(tab: "Tab", address: str, page: pages.Page, chosen: dict[str, str]) -> None:
    shown = {"run": "demo", "split": "test", **chosen}
    tab.goto(address + pages.opened(page).address(**shown))
    tab.wait_for_selector(".idc-foot", state="attached", timeout=90_000)
    tab.wait_for_function(
        "([settled, busy]) => document.querySelector(settled) && !document.querySelector(busy)",
        arg=[SETTLED, BUSY],
        timeout=90_000,
    )
    tab.wait_for_timeout(2500)  # charts and slides are drawn after the page is


def _near(tab: "Tab") -> None:
    """The slide as near as nuclei are seen, with the squares that the network gets wrong."""
    tab.get_by_text("errors only", exact=True).first.click()
    for does in ("patch", "farther", "farther"):
        tab.wait_for_timeout(1500)  # it moves there
        tab.locator(f'[data-does="{does}"]').first.click()
    tab.locator('[data-testid="stMain"]').evaluate("main => main.scrollTo(0, 300)")
    tab.wait_for_timeout(2500)  # tiles of the new place


def _take(tab: "Tab", name: str) -> None:
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    picture = picture.resize((WIDE, round(picture.height * WIDE / picture.width)))
    picture.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)
    print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
