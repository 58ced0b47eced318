"""When a page is at rest: what tests wait for, whatever the machine has to do beside.

A page rests when several looks on end found its script ended, every chart drawn and nothing changed
in the document. Looks are counted and no time is: where the browser is slow, so are the looks.
"""

import time

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MOST_S = 180.0
LOOKS, APART_MS = 5, 50
_REST = """([looks, apart, most]) => new Promise((done, failed) => {
  let changed = true, quiet = 0;
  const began = performance.now();
  const seen = new MutationObserver(() => { changed = true; });
  const options = {subtree: true, childList: true, attributes: true, characterData: true};
  const watch = (root) => {
    seen.observe(root, options);
    for (const each of root.querySelectorAll("*")) if (each.shadowRoot) watch(each.shadowRoot);
  };
  watch(document);
  const due = "[data-testid=stSkeleton], [data-testid=stPlotlyChart]:not(:has(.main-svg)), "
    + "[data-testid=stVegaLiteChart]:not(:has(svg, canvas))";
  const storing = () => [...document.querySelectorAll("*")]
    .some((each) => each.shadowRoot?.querySelector(".verdicts[data-pending=true]"));
  const look = () => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
    const drawn = document.querySelector(".idc-foot") && state === "notRunning"
      && !document.documentElement.dataset.threshold;
    quiet = changed || !drawn || document.querySelector(due) || storing() ? 0 : quiet + 1;
    changed = false;
    if (quiet >= looks) { seen.disconnect(); done(); }
    else if (performance.now() - began > most) { seen.disconnect(); failed(new Error(state)); }
    else setTimeout(look, apart);
  };
  look();
})"""
_STILL = """([looks, apart, most]) => new Promise((done, failed) => {
  const value = VALUE, began = performance.now();
  let before, same = 0;
  const look = () => {
    const now = JSON.stringify(value());
    same = now !== undefined && now === before ? same + 1 : 0;
    before = now;
    if (same >= looks) done(JSON.parse(now));
    else if (performance.now() - began > most) failed(new Error(`never still: ${now}`));
    else setTimeout(look, apart);
  };
  look();
})"""
_IDENTITY = """() => [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
  .filter(Boolean).map((root) => root.querySelector(".verdicts")).filter(Boolean)
  .map(({dataset}) => [dataset.identity, dataset.pending])"""
SEEN_LOOKS = 8
"""Together longer than the keys wait before they believe that a patch was seen (`REACTION_MS`)."""
_SLIDE = """() => { const found = [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
  .filter(Boolean).map((root) => root.querySelector("canvas.over")).filter(Boolean)
  .map((canvas) => [{...canvas.dataset}, canvas.getBoundingClientRect()]);
  return found.length && found.every(([told]) => told.side > 0) ? found : undefined; }"""


_GO = """(to) => {
  history.pushState({}, "", to);
  dispatchEvent(new PopStateEvent("popstate", {state: {}}));
}"""


class Session:
    """A tab that goes from page to page as Back and Forward do: only the first is loaded, which
    takes twice as long."""

    def __init__(self, page):
        self._page, self._socket = page, None
        page.on("websocket", self._connected)

    def _connected(self, socket):
        self._socket = socket

    def open(self, address):
        """Go there, and wait until the page is drawn to its end."""
        if self._socket is None:
            self._page.goto(address)
        else:
            most = 1000 * MOST_S
            with self._socket.expect_event("framereceived", _ends_a_script, timeout=most):
                self._page.evaluate(_GO, address)
        at_rest(self._page)


def _ends_a_script(frame):
    return ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"


def at_rest(page):
    """Wait until the page is drawn to its end, also if it leads to another page meanwhile."""
    _evaluated(page, _REST, LOOKS)


def seen(page):
    """Wait until the patch before the keys has stood there long enough to be judged."""
    still(page, _IDENTITY, SEEN_LOOKS)


def slide_at_rest(page):
    """Wait until the slide that is drawn moves no more."""
    still(page, _SLIDE)


def still(page, value, looks=LOOKS):
    """What a function says in the page, once it has said the same so many times on end."""
    return _evaluated(page, _STILL.replace("VALUE", value), looks)


def until(condition, seconds=MOST_S):
    """Wait for what happens outside the browser: a file, a stored verdict."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail("it did not happen in time")
        time.sleep(0.05)


def linger(page, milliseconds):
    """A reader's own pause, which is part of what is tested; never a wait for the page."""
    page.wait_for_timeout(milliseconds)


def _evaluated(page, script, looks):
    """A page that is left takes its answer along: it is asked again on the next."""
    until = time.monotonic() + MOST_S
    while True:
        try:
            return page.evaluate(script, [looks, APART_MS, 1000 * MOST_S])
        except Exception as error:
            if "navigat" not in str(error) and "destroyed" not in str(error):
                raise
            assert time.monotonic() < until, "the page goes from one address to the next"
            page.wait_for_load_state()
