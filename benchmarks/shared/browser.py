"""A dashboard and a page with nothing but one slider, side by side in Chromium.

*Painted* is the second frame after the number changed. *Complete* is the last change of the
document (at the earliest, the painted number) before it kept still for 0.3 s with no script running
and no threshold moving. Both are counted from the event that began it, by the browser's own clock.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard import pages
from idc_core.io.paths import REPOSITORY

ONE_SLIDER = """
import streamlit as st

value = st.slider("Threshold", 0.0, 1.0, 0.5, 0.01)
st.html(f'<div class="idc-number">{value:.2f}</div>')
"""

# Watches the document from a key press or click on; tells when the number was painted and when the
# page was complete, in milliseconds.
WATCH = """
(kind) => new Promise((resolve, reject) => {
  const number = () => [...document.querySelectorAll('.idc-number')].map(e => e.textContent).join();
  const app = document.querySelector('[data-testid="stApp"]');
  const idle = () => app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"]')
    && !document.documentElement.dataset.threshold;
  const before = number();
  let began = null, painted = null, last = null;
  const watcher = new MutationObserver(() => {
    if (began === null) return;
    last = performance.now();
    if (painted === null && number() !== before) {
      painted = -1;
      requestAnimationFrame(() => requestAnimationFrame(() => { painted = performance.now(); }));
    }
  });
  watcher.observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
  const begin = () => { began = last = performance.now(); };
  document.addEventListener(kind, begin, { capture: true, once: true });
  const asking = setInterval(() => {
    if (began === null) return;
    const now = performance.now();
    const answered = kind !== 'keydown' || painted > 0;
    if (answered && idle() && now - last > 300 && last > began) {
      clearInterval(asking);
      watcher.disconnect();
      resolve({ painted: painted - began, complete: Math.max(last, painted ?? 0) - began });
    } else if (now - began > 20000) {
      clearInterval(asking);
      reject(new Error('the page did not come to rest in 20 s'));
    }
  }, 20);
})
"""


def chromium() -> str | None:
    """Where the browser is; None, with a word on the terminal, where there is none."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("not measured, needs chromium (Debian: apt-get install chromium)")
    return found


@contextmanager
def served(script: Path, places: dict[str, str]) -> Iterator[str]:
    """Serve a Streamlit script on a free port; the address, until the block is left."""
    with server(script, places) as (address, _):
        yield address


@contextmanager
def server(script: Path, places: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The same, with the number of the server's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
        "--browser.gatherUsageStats",
        "false",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | places, stdout=quiet, stderr=quiet
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"expected a server at {address} within 30 s: it did not answer.")


@contextmanager
def tabs(browser: str, *addresses: str, ready: str = ".idc-number") -> Iterator[list[Any]]:
    """A page of its own for each address, 1280×800, opened and at rest."""
    from playwright.sync_api import sync_playwright

    size: Any = {"width": 1280, "height": 800}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        pages = [opened.new_page(viewport=size) for _ in addresses]
        for page, address in zip(pages, addresses, strict=True):
            page.goto(address)
        for page in pages:
            page.wait_for_selector(ready, timeout=60_000, state="attached")
            page.wait_for_timeout(3_000)
        yield pages
        opened.close()


def press(page: Any) -> None:
    """A key on the only slider of a page."""
    page.get_by_test_id("stSlider").first.locator("input").press("ArrowRight")


def link(page: Any, asked: pages.Page) -> Any:
    """A page's entry in the navigation. By its whole title: the name of an icon is text as well."""
    title = page.get_by_text(asked.title, exact=True)
    return page.get_by_test_id("stSidebarNavLink").filter(has=title)


def after(page: Any, kind: str, act: Any) -> dict[str, float]:
    """What `WATCH` tells of a page after an action that starts with an event of this kind."""
    page.bring_to_front()
    page.evaluate(f"window.watched = ({WATCH})('{kind}'); null")
    act()
    found: dict[str, float] = page.evaluate("window.watched")
    return found
