"""The dashboard's server: `python -m dashboard.serve`; `dashboard.supervise` runs it with a worker.

Streamlit's server with what it lacks: only this machine's names are answered, every answer carries
a strict content security policy, and uploads are bounded in sum.
"""

import argparse
import asyncio
import importlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard import pages
from dashboard.access import passport, settings
from dashboard.access.settings import Access
from dashboard.server import first_paint, guard, health, logs
from dashboard.server.access import SignedIn
from dashboard.server.entry import COMMAND, ENTRY
from dashboard.server.slide_tiles import SlideTiles
from dashboard.state import slide_parts, streamlit_inside
from dashboard.state.reach import REACH
from idc_core.io import beside
from idc_core.io.refusal import Refusal

APP, FIRST = Path(__file__).with_name("app.py"), Path(__file__).parent / "server" / "first.js"
MOST_UPLOADED = 1_000_000_000
"""Bytes that the uploads of all sessions may have together."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; the exit code, 2 with a sentence where it cannot be started."""
    asked = _parser().parse_args(arguments)
    try:
        access = settings.current()
        _refuse_address(asked.address, opened=asked.open or access is not None)
        _refuse_taken(asked.address, asked.port)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    logs.begin(asked.log)
    beside.end_with_parent(lambda: signal.raise_signal(signal.SIGTERM))
    opened = not guard.is_loopback(asked.address)
    ENTRY.guarded, ENTRY.open_at = True, asked.address if opened and access is None else ""
    REACH.others = opened or bool(asked.host)  # another name is that of a proxy before us
    passport.ISSUED.here = True
    # Whoever connects must be who they are, whatever they say of an address before theirs.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    made = make(hosts_of(asked.address, asked.host), access)
    made.run(config={"server.port": asked.port, "server.address": asked.address})
    return 0


def hosts_of(address: str, more: Sequence[str] = ()) -> guard.Hosts:
    """Names that are answered when bound to `address`."""
    names = guard.LOOPBACK | {name.lower().strip("[]") for name in more}
    if guard.is_loopback(address):
        return guard.Hosts(names | {address.strip("[]")})
    return guard.Hosts(names | guard.own_names() | {address.lower()}, numbers=True)


def make(hosts: guard.Hosts, access: Access | None = None) -> st.App:
    """The application behind its guards."""
    index = streamlit_inside.page()
    policy, shown = guard.policy(index), _pages(index)
    return st.App(
        APP,
        secrets=_secrets(access),
        lifespan=_lifespan,
        routes=[*health.routes(), *SlideTiles(slide_parts.pool()).routes(), *shown],
        middleware=[
            Middleware(guard.Guard, hosts=hosts, policy=policy),
            Middleware(SignedIn, pages=frozenset(route.path for route in shown)),
            Middleware(guard.UploadLimit, most=MOST_UPLOADED, held=streamlit_inside.uploaded),
        ],
    )


def _secrets(access: Access | None) -> dict[str, Any] | None:
    """What `st.login` needs, as it would stand in Streamlit's own file."""
    if access is None or access.oidc is None:
        return None
    oidc = access.oidc
    told = {
        "redirect_uri": oidc.redirect_uri,
        "client_id": oidc.client_id,
        "server_metadata_url": oidc.metadata_url,
    }
    return {"auth": told | oidc.secrets()}


def _pages(index: bytes) -> list[Route]:
    """Every page's address answers with Streamlit's page, told to run `first.js` first, with what
    `first_paint` adds."""
    mark, scripts = streamlit_inside.FIRST_SCRIPT, streamlit_inside.scripts()
    page = index.replace(mark, b'<script src="./first.js"></script>' + mark, 1)
    page, warm = first_paint.in_page(page, scripts), first_paint.warm(scripts)
    fresh = {"cache-control": "no-cache"}

    async def answer(_request: Request) -> Response:
        return HTMLResponse(page, headers=fresh)

    async def first(_request: Request) -> Response:
        return Response(FIRST.read_bytes(), media_type="text/javascript", headers=fresh)

    async def warmed(_request: Request) -> Response:
        return Response(warm, media_type="text/javascript", headers=fresh)

    names = [
        "",
        *(page.key for page in (*pages.PAGES, *pages.WITHOUT_BAR)),
        *pages.MOVED,
        pages.TOUR,
    ]
    ours = [Route("/first.js", first), Route(f"/{first_paint.WARM}", warmed)]
    return [*ours, *(Route(f"/{name}", answer) for name in names)]


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what pages need before the first one waits for it; stop the work at the end."""
    for room in ("predictions", "slides", "sheets", "networks"):
        await asyncio.to_thread(importlib.import_module, f"dashboard.cache.{room}")
    yield
    slide_parts.pool().close()
    importlib.import_module("dashboard.state.jobs").jobs().close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description="Open the dashboard.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="127.0.0.1", help="where it listens")
    parser.add_argument(
        "--open", action="store_true", help="let other machines in, without a login: say it twice"
    )
    parser.add_argument(
        "--host", action="append", default=[], help="one more name it may be asked by; repeatable"
    )
    parser.add_argument(
        "--log", choices=logs.FORMS, default="text", help="a line of text or of JSON an event"
    )
    return parser


def _refuse_address(address: str, opened: bool) -> None:
    if not opened and not guard.is_loopback(address):
        raise Refusal(
            f"expected an address of this machine alone, like 127.0.0.1: {address} lets other "
            "machines in, and nobody has to sign in. Set up sign-in (docs/access.md), or add "
            "--open if everybody may read and change everything."
        )


def _refuse_taken(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address.strip("[]"), port))
        except (OSError, OverflowError) as broken:
            raise Refusal(
                f"expected a free port at {address}: {port} cannot be had ({broken}). Choose "
                "another with --port."
            ) from None


if __name__ == "__main__":
    sys.exit(main())
