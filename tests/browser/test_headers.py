"""Every page under its own policy: nothing is violated, and strangers get nothing."""

import base64
import os
import socket

import pytest

from dashboard import pages
from tests.browser.rest import Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [view.key for view in pages.VIEWS]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`), true);
"""
HOSTILE = "![x](e.png)[a](javascript:b):red[r]$x$`c`<img src=x onerror=a()> www.evil.org"


FOREIGN = """
[...document.querySelectorAll("a[href], img[src]")].map((each) => each.href || each.src).filter(
  (each) => /^(?!data:|blob:)/.test(each)
    && (!each.startsWith(location.origin) || new URL(each).pathname.endsWith("e.png")))
"""
"""What Markdown and HTML of other people's texts would make."""


def test_every_page_opens_without_a_violation_of_its_policy(serve, hostile, tab):
    """On a run whose every text is Markdown and HTML: none of it becomes a picture or a link."""
    with serve(hostile) as address:
        _open_all(address, tab())


def _open_all(address, page):
    page.add_init_script(WATCH)
    session = Session(page)
    said, foreign, seen = [], [], set()
    page.on(
        "console", lambda told: said.append(told.text) if "Content Security" in told.text else 0
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
            else foreign.append(asked.url)
        ),
    )
    for name in PAGES:
        asked = {"run": "small", "split": "test", "threshold": "0.5", "patient": HOSTILE}
        session.open(address + pages.view(name).address(**asked))
        for kind in ("stVegaLiteChart", "stPlotlyChart", "stDataFrame", "stBidiComponent"):
            if page.evaluate(f"document.querySelector('.{kind}, [data-testid={kind}]') !== null"):
                seen.add(kind)
        violated = page.evaluate("window.violations")
        assert not violated, (name, violated)
        made = page.evaluate(FOREIGN)
        assert not made, (name, made)
        assert "Started without" not in page.inner_text("body"), name
    assert {"stVegaLiteChart", "stPlotlyChart", "stDataFrame"} <= seen
    assert not said
    assert not foreign


def answer(address, *lines, then="close"):
    """The status line and all that follows, of a request written by hand."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall("\r\n".join((*lines, f"Connection: {then}", "", "")).encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
            if b"101 Switching" in part:
                break
    return b"".join(parts).decode("latin-1")


UPGRADE = (
    "GET /_stcore/stream HTTP/1.1",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
)


@pytest.mark.parametrize("path", ["/", "/threshold", "/_stcore/health", "/static/none.js"])
def test_a_foreign_host_or_origin_gets_nothing(address, path):
    own = address.removeprefix("http://")
    asked = f"GET {path} HTTP/1.1"
    assert " 403 " in answer(address, asked, "Host: evil.example").split("\r\n")[0]
    foreign = answer(address, asked, f"Host: {own}", "Origin: http://evil.example")
    assert " 403 " in foreign.split("\r\n")[0]
    assert "script" not in foreign
    assert " 403 " not in answer(address, asked, f"Host: {own}").split("\r\n")[0]


def test_a_foreign_origin_opens_no_session_and_uploads_nothing(address):
    own = address.removeprefix("http://")

    def opened(host, origin):
        upgrade = (UPGRADE[0], f"Host: {host}", f"Origin: {origin}", *UPGRADE[1:])
        return answer(address, *upgrade, then="Upgrade").split("\r\n")[0]

    assert " 403 " in opened(own, "http://evil.example")
    assert " 403 " in opened(own, "null")
    assert " 403 " in opened("evil.example", "http://evil.example")
    assert " 101 " in opened(own, address)
    put = ("PUT /_stcore/upload_file/one/two HTTP/1.1", f"Host: {own}", "Content-Length: 0")
    assert " 403 " in answer(address, *put, "Origin: http://evil.example").split("\r\n")[0]


def test_every_answer_carries_the_headers(address):
    own = address.removeprefix("http://")
    for path in ("/", "/threshold", "/_stcore/health", "/static/none.js", "/first.js"):
        said = answer(address, f"GET {path} HTTP/1.1", f"Host: {own}").lower()
        for header in (
            "content-security-policy: default-src 'self'; script-src 'self' 'sha256-",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "frame-ancestors 'none'",
        ):
            assert header in said, (path, header)
        assert "unsafe-eval" not in said
