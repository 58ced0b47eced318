"""The real server and a real browser; tests skip with a sentence where there is no Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress

import pytest

from idc_core.evaluate.threshold_tables import keep
from idc_core.io.names import run_names
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run

SIZE = {"width": 1280, "height": 800}
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there. The one without windows needs a quarter less of a processor."""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serving(root, before=(), module="dashboard.serve", port=None, end="terminate", **environment):
    """A dashboard over `root/models` and `root/data`; gives its address. `before`: words that are
    put before its command; `module`: what serves it; `end`: how it is ended, of
    `Popen`; `environment`: more of it."""
    port = port or free_port()
    command = [*before, sys.executable, "-m", module, "--port", str(port)]
    places = _places(root)
    _make_tables(root / "models")
    log = (root / "server.log").open("w")
    server = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=os.environ | places | environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=bool(before),
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        getattr(server, end)()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if before:  # what watched the server has ended, and let go of it
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
        log.close()


def _places(root):
    return {
        "IDC_MODELS": str(root / "models"),
        "IDC_DATA": str(root / "data"),
        "IDC_REVIEWS": str(root / "data" / "reviews.sqlite"),
    }


@contextmanager
def working(root):
    """The worker of the same folder."""
    command = [sys.executable, "train_cli.py", "worker"]
    worker = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | _places(root))
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _make_tables(models):
    """As judging a run leaves them: no page is drawn again because its table has just been made."""
    for name in run_names(models):
        with suppress(Refusal, ValueError):  # of a damaged run, or one without labels
            keep(open_run(models / name))


def _wait_for(address, server):
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not answer within 180 s")


@pytest.fixture(scope="session")
def address(opened_world):
    """The dashboard over the shared finished run."""
    with serving(opened_world) as found:
        yield found


@pytest.fixture(scope="session")
def serve():
    """The same over another folder: a context manager that gives the address."""
    return serving


@pytest.fixture(scope="session")
def work():
    """A worker over the same folder as a server: a context manager."""
    return working


@pytest.fixture(scope="module")
def browser():
    """One headless Chromium for a file's tests.

    Playwright keeps an event loop running until it is stopped: one kept for the whole session
    would fail whatever calls `asyncio.run` after it in the same process.
    """
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on PATH: install it (Debian: apt install chromium-headless-shell)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


def _page(browser, **options):
    # What glides is painted sixty times a second.
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(90_000)
    return page


@pytest.fixture(scope="module")
def same_tab(browser):
    """One tab for a file's tests that load an address each, and leave nothing in the browser: it
    reads Streamlit's megabytes of JavaScript once."""
    page = _page(browser)
    yield page
    page.context.close()


@pytest.fixture
def cleared_tab(same_tab):
    """The same for tests that leave something: its size, its routes and what the browser keeps are
    those of a new one, but for a history. A new one would compile Streamlit's JavaScript again, two
    seconds of a processor."""
    same_tab.unroute_all()
    same_tab.set_viewport_size(SIZE)
    same_tab.mouse.move(0, 0)
    if same_tab.url.startswith("http"):
        same_tab.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    return same_tab


@pytest.fixture
def tab(browser):
    """Opens an empty browser of 1280×800, without a history of its own; `options` as of a browser's
    context."""
    pages = []

    def opened(**options):
        pages.append(_page(browser, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()
