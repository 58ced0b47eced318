"""Who gets what the server hands out: pages ask `access.gate`, everything else is asked here.

ASGI: `serve.py` puts it behind the guard and before all that answers. An address that is not listed
as open needs somebody who is signed in, so that a new route is closed until somebody opens it.
"""

import ipaddress
from collections.abc import MutableMapping
from contextlib import suppress
from functools import partial
from http.cookies import SimpleCookie
from typing import Any

from anyio import to_thread
from starlette.requests import HTTPConnection

from dashboard.access import audit, gate, identity, passport, sessions, settings
from dashboard.access.acts import ACTS, Act
from dashboard.access.now import again
from dashboard.access.person import Here, Person
from dashboard.access.settings import Access, Proxy
from dashboard.server.guard import App, Receive, Scope, Send, is_loopback, refuse
from dashboard.server.health import ALIVE, COUNTS, READY
from dashboard.state.streamlit_inside import CALLBACK, LOGOUT, UPLOAD
from idc_core.io.refusal import Refusal

OPEN = ("/static/", "/component/", "/_stcore/bidi-components/", "/auth/", CALLBACK)
"""Streamlit's own scripts, which hold nothing of ours, and the way in."""
OPEN_ALONE = ("/_stcore/health", "/_stcore/host-config", "/favicon.png", ALIVE, READY)
FOR_THE_MACHINE = (COUNTS,)
"""Open to this machine alone: what counts there has no browser to sign in with."""
BACK = b"#back"
"""What `first.js` knows by that somebody comes from the provider."""
NOT_BY_PROXY = (
    "This server takes a name from its own proxy only, as one header: ask for it under the "
    "proxy's address."
)


class SignedIn:
    """Answers nobody but who may see what they ask for; tells pages who connects.

    `pages`: addresses of the empty page, which is drawn once somebody has signed in.
    """

    def __init__(self, app: App, pages: frozenset[str]) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        name = passport.HEADER.encode()
        scope["headers"] = [each for each in scope["headers"] if each[0].lower() != name]
        try:
            access = settings.current()
        except Refusal:  # the pages say it; nothing is handed out meanwhile
            access = None
            if not self._is_open(scope) and scope["type"] == "http":
                await refuse(scope, receive, send, 503, "The settings of sign-in cannot be read.")
                return
        if access is None:
            await self._app(scope, receive, send)
            return
        await self._checked(access, scope, receive, send)

    async def _checked(self, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope)
        if access.proxy is not None and _is_forged(access.proxy, asked):
            await refuse(scope, receive, send, 403, NOT_BY_PROXY)
            return
        person = _person(access, asked)
        if scope["type"] == "websocket":
            if person is not None:
                told = passport.HEADER.encode(), passport.write(person).encode()
                scope["headers"].append(told)
            await self._app(scope, receive, send)
            return
        here = again(Here(person))
        act = _act(scope)
        why = "" if self._is_open(scope) else gate.refusal(here, act)
        if why:
            if here.role is not None:
                with suppress(Refusal):  # refused it is, written down or not
                    await to_thread.run_sync(partial(audit.write, here, act.key, "refused"))
            await refuse(scope, receive, send, 403 if here.role is not None else 401, why)
            return
        if scope["path"] == LOGOUT and person is not None:
            sessions.KNOWN.end(person)
            with suppress(Refusal):  # nobody stays signed in because it cannot be written down
                await to_thread.run_sync(audit.write, here, "sign_out")
        await self._app(scope, receive, _Watched(scope, receive, send, access, person))

    def _is_open(self, scope: Scope) -> bool:
        path, (peer, _) = scope["path"], scope.get("client") or ("", 0)
        if path in FOR_THE_MACHINE:
            return is_loopback(peer)
        return path in self._pages or path in OPEN_ALONE or path.startswith(OPEN)


class _Watched:
    """Sees who comes back from the provider, leads them to where they came from, and keeps cookies
    off connections that can be read."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, access: Access, before: Person | None
    ) -> None:
        self._scope, self._receive, self._send, self._access = scope, receive, send, access
        self._before = before
        self._returns = scope["path"] == CALLBACK
        self._refused = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        oidc = self._access.oidc
        if message["type"] == "http.response.start" and oidc is not None:
            after = self._came_back(message) if self._returns else None
            if after is not None and not await self._written(after):
                return
            headers = message.get("headers", [])
            if self._returns:
                headers = [_back(*each) for each in headers]
            if oidc.redirect_uri.startswith("https://"):
                headers = [_secure(*each) for each in headers]
            message["headers"] = headers
        if not self._refused:
            await self._send(message)

    async def _written(self, after: Person) -> bool:
        """Whether the sign-in is written down; otherwise nobody is signed in, and is told why."""
        try:
            await to_thread.run_sync(audit.write, again(Here(after)), "sign_in")
        except Refusal as broken:
            self._refused = True
            why = f"Nobody was signed in, as it cannot be written down. {broken}"
            await refuse(self._scope, self._receive, self._send, 503, why)
        return not self._refused

    def _came_back(self, message: MutableMapping[str, Any]) -> Person | None:
        """Who comes back from the provider; None for a try that failed."""
        oidc = self._access.oidc
        cookies = SimpleCookie()
        for name, value in message.get("headers", []):
            if name.lower() == b"set-cookie":
                cookies.load(value.decode("latin-1"))
        said = {name: each.value for name, each in cookies.items()}
        after = identity.by_cookie(self._access, oidc, said) if oidc else None
        if after is not None and self._before is not None:
            sessions.KNOWN.renew(self._before, after)
        return after


def _back(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A provider sends people to the front page: `first.js` leads them from there to the link by
    which they came, which the browser alone knows."""
    return (name, value + BACK) if name.lower() == b"location" else (name, value)


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A cookie goes over encrypted connections only where the server is reached by them."""
    is_ours = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return (name, value + b"; Secure") if is_ours else (name, value)


def _person(access: Access, asked: HTTPConnection) -> Person | None:
    if access.oidc is not None:
        return identity.by_cookie(access, access.oidc, asked.cookies)
    if access.proxy is not None and _is_proxy(access.proxy, asked):
        return identity.by_header(access, access.proxy, asked.headers)
    return None


def _is_forged(proxy: Proxy, asked: HTTPConnection) -> bool:
    """Whether somebody else names a person, or a person is named twice: one by the proxy, and one
    by whoever came through it."""
    named = asked.headers.getlist(proxy.header)
    return len(named) > 1 or bool(named and not _is_proxy(proxy, asked))


def _is_proxy(proxy: Proxy, asked: HTTPConnection) -> bool:
    try:
        peer = ipaddress.ip_address(asked.client.host if asked.client else "")
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in network for network in proxy.networks())


def _act(scope: Scope) -> Act:
    """What one must be allowed to do, to get an answer."""
    return ACTS["score" if UPLOAD in scope["path"] else "see"]
