"""Hold every page's words, figures and links, and compare two such records.

    python -m tests.browser.page_texts keep FOLDER [--world DIR] [--server-root DIR]
    python -m tests.browser.page_texts compare BEFORE AFTER

For work that moves code and must change nothing that is seen. Pages are known by their address
alone, so that one script holds the pages of any state of the code (`--server-root`: a checkout).
"""

import argparse
import difflib
import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.browser import sent_messages

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = (
    "overview",
    "training",
    "operating-point/threshold",
    "calibration",
    "operating-point/clinic",
    "failures/subgroups",
    "compare",
    "patients",
    "labels",
    "readers",
    "failures/burden",
    "failures/areas",
    "similar",
    "network/maps",
    "network/evidence",
    "network/channels",
    "network/steps",
    "network/pair",
    "score/patches",
    "robustness",
    "score/slide",
    "teaching",
    "data",
)
RUNS, SPLITS = ("demo", "reference"), ("test", "validation")
LINKS = "# links"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""What a page offers for download says when it was made."""
QUIET, MOST_S = 6, 300.0
"""A page is at rest when so many looks, a quarter of a second apart, found nothing new: looks and
not seconds, since on a busy machine one look takes seconds. One that never rests is an error."""
SHORT = 40
"""Lines of one page's differences that are shown."""
SEEN = """() => {
  const found = [];
  const said = (mark, text) => {
    const plain = (text ?? "").replace(/\\s+/g, " ").trim();
    if (plain) found.push(mark + plain);
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return said("", node.data);
    if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.nodeName)) return;
    for (const name of ["aria-label", "title", "placeholder", "alt", "href"])
      said(name + "=", node.getAttribute?.(name));
    if (["INPUT", "TEXTAREA"].includes(node.nodeName)) said("value=", node.value);
    for (const each of node.shadowRoot?.childNodes ?? []) walk(each);
    for (const each of node.childNodes) walk(each);
  };
  walk(document.body);
  const due = `[data-test-script-state=running], [data-testid=stSkeleton],
    [data-testid=stPlotlyChart]:not(:has(.main-svg)),
    [data-testid=stVegaLiteChart]:not(:has(svg, canvas))`;
  return [found, document.querySelector(due) !== null];
}"""
"""Text and attributes in the document's order, what is folded away and shadow roots included; and
in the same moment whether a script runs, a part is loaded or a chart is not yet drawn."""


class Shown(NamedTuple):
    """One page of one side of one run."""

    run: str
    split: str
    page: str

    @property
    def file(self) -> str:
        """The name of its record."""
        return f"{self.run}.{self.split}.{self.page}.txt"


class Record(NamedTuple):
    """A record's two parts, which are compared apart: links may be written otherwise."""

    texts: list[str]
    links: list[str]


def keep(folder: Path, world: Path, server_root: Path, shown: Iterable[Shown]) -> None:
    """Write one file for each page, of a server over a copy of the world."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with serving(world, server_root) as (address, named), sync_playwright() as started:
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))))
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(MOST_S * 1000)
        context.add_init_script("localStorage.clear(); sessionStorage.clear()")
        for each in shown:
            texts, links = _opened(context, address, each)
            text = "\n".join(["# texts", *map(named, texts), LINKS, *links])
            (folder / each.file).write_text(text + "\n", encoding="utf-8")
        browser.close()


@contextmanager
def serving(world: Path, server_root: Path) -> Iterator[tuple[str, Callable[[str], str]]]:
    """A server over a copy of `world`, as looking at a page writes; its address, and what takes
    this machine and this moment out of a text."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        copy = Path(folder)
        for name in ("models", "data"):
            shutil.copytree(world / name, copy / name)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        places = {
            "IDC_MODELS": str(copy / "models"),
            "IDC_DATA": str(copy / "data"),
            "IDC_REVIEWS": str(copy / "data" / "reviews.sqlite"),
        }
        command = [sys.executable, "-m", "dashboard.serve", "--port", str(port)]
        with (copy / "server.log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=server_root, env=os.environ | places, stdout=log, stderr=log
            )
            address = f"http://127.0.0.1:{port}"
            own = re.compile("|".join(map(re.escape, (folder, str(server_root), address))))
            began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

            def named(text: str) -> str:
                text = sent_messages.steady(own.sub("…", text))
                return MOMENT.sub(lambda at: "now" if at[0] >= began else at[0], text)

            try:
                _wait_for(f"{address}/_stcore/health", server)
                yield address, named
            finally:
                server.terminate()
                with suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=10)
                server.kill()
                server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not answer")


def _opened(context: "BrowserContext", address: str, shown: Shown) -> Record:
    """The record of one page."""
    page, frames, open_requests = context.new_page(), list[bytes](), set["Request"]()

    def took(frame: bytes) -> None:
        frames.append(frame)

    page.on("websocket", lambda opened: opened.on("framereceived", took))
    page.on("request", lambda request: open_requests.add(request))
    page.on("requestfinished", lambda request: open_requests.discard(request))
    page.on("requestfailed", lambda request: open_requests.discard(request))
    page.goto(f"{address}/{shown.page}?run={shown.run}&split={shown.split}")
    page.wait_for_selector(".idc-foot", state="attached")
    until, quiet, seen, before = time.monotonic() + MOST_S, 0, list[str](), -1
    while quiet < QUIET:
        if time.monotonic() > until:
            sys.exit(f"{shown.file} did not come to rest within {MOST_S:.0f} s")
        page.wait_for_timeout(250)
        found, busy = page.evaluate(SEEN)
        same = found == seen and len(frames) == before
        quiet = quiet + 1 if same and not busy and not open_requests else 0
        seen, before = found, len(frames)
    page.close()
    cut = [sent_messages.without_queries(line) for line in seen]
    sent = sent_messages.lines(sent_messages.last_sent(frames))
    links = [query for _, queries in cut for query in queries]
    return Record([*(text for text, _ in cut), "# sent", *sent.texts], [*links, *sent.links])


def read(path: Path) -> Record:
    """A record as it was kept."""
    lines = path.read_text(encoding="utf-8").splitlines()
    at = lines.index(LINKS)
    return Record(lines[:at], lines[at:])


def compare(before: Path, after: Path) -> tuple[str, bool]:
    """What differs between two folders, page by page, with the counts; whether nothing does."""
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.txt")})
    said, equal = list[str](), Record([], [])
    for name in names:
        missing = [folder for folder in (before, after) if not (folder / name).exists()]
        if missing:
            said.append(f"{name} is missing in {missing[0]}")
            continue
        for part, old, new in zip(
            Record._fields, read(before / name), read(after / name), strict=True
        ):
            if old == new:
                getattr(equal, part).append(name)
            said.extend(_difference(f"{name} {part}", old, new))
    texts, links = len(equal.texts), len(equal.links)
    said.append(f"{len(names)} pages compared, texts equal in {texts}, links equal in {links}")
    return "\n".join(said), bool(names) and texts == links == len(names)


def _difference(name: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    found = list(difflib.unified_diff(old, new, name, name, "before", "after", n=0, lineterm=""))
    more = len(found) - SHORT
    return [*found[:SHORT], f"… {more} lines more"] if more > 0 else found


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where a comparison found a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    kept = commands.add_parser("keep", help="open every page and write what it says")
    kept.add_argument("folder", type=Path)
    kept.add_argument("--world", type=Path, help="the folder of models/ and data/")
    kept.add_argument("--server-root", type=Path, default=REPOSITORY, help="whose server to start")
    kept.add_argument("--pages", nargs="+", default=PAGES)
    compared = commands.add_parser("compare", help="say what differs between two records")
    compared.add_argument("before", type=Path)
    compared.add_argument("after", type=Path)
    asked = parser.parse_args(arguments)
    if asked.command == "compare":
        said, same = compare(asked.before, asked.after)
        print(said)
        return 0 if same else 1
    root = asked.server_root.resolve()
    shown = itertools.starmap(Shown, itertools.product(RUNS, SPLITS, asked.pages))
    keep(asked.folder, asked.world or root, root, shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
