"""What every answer of the server carries, and who gets none: hosts, origins, headers, uploads.

ASGI: `serve.py` puts it before everything that Streamlit answers.
"""

import base64
import hashlib
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dashboard.state.meter import METER
from dashboard.state.streamlit_inside import UPLOAD

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def policy(index: bytes) -> str:
    """The content security policy for a page like `index`, the HTML that Streamlit starts from.

    Scripts come from this server only, but for the page's own inline ones, known by their hashes,
    and `blob:`, as which Streamlit loads the scripts of components.
    """
    hashes = (
        base64.b64encode(hashlib.sha256(found.group(1)).digest()).decode()
        for found in _INLINE.finditer(index)
    )
    scripts = " ".join(["'self'", *(f"'sha256-{each}'" for each in hashes), "blob:"])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def own_names() -> frozenset[str]:
    """What this machine calls itself."""
    return frozenset({socket.gethostname().lower(), socket.getfqdn().lower()})


@dataclass(frozen=True, slots=True)
class Hosts:
    """Names under which this server may be asked for; `numbers`: any IP address as well.

    A page of a stranger that gets its own name to lead here (DNS rebinding) still says that name.
    An address in numbers cannot be led elsewhere.
    """

    names: frozenset[str] = LOOPBACK
    numbers: bool = False

    def allow(self, host: str | None) -> bool:
        """Whether a request's Host header names this server."""
        if not host:
            return False
        try:
            parts = urlsplit(f"//{host}")
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.netloc != host or "@" in host:
            return False
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.numbers


class Guard:
    """Answers nothing to a foreign Host or Origin; puts the headers on every answer."""

    def __init__(self, app: App, hosts: Hosts, policy: str) -> None:
        self._app, self._hosts = app, hosts
        self._headers = [
            (name.encode(), value.encode())
            for name, value in (
                ("content-security-policy", policy),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            )
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = self._refused(scope)
        if why:
            await refuse(scope, receive, send, 403, why)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in self._headers}
                kept = [each for each in message.get("headers", []) if each[0].lower() not in ours]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        await self._app(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> str:
        hosts = _headers(scope, b"host")
        if len(hosts) != 1 or not self._hosts.allow(hosts[0]):
            return "This server answers to its own names only; --host NAME gives it another."
        for origin in _headers(scope, b"origin"):
            if urlsplit(origin).netloc.lower() != hosts[0].lower():
                return "This server answers its own pages only."
        return ""


class UploadLimit:
    """Keeps what all sessions have uploaded, together, below `most` bytes.

    `held`: bytes that are held now. Says 411 to an upload that does not tell its size, and 413 to
    one that would be too much: before it is read.
    """

    def __init__(self, app: App, most: int, held: Callable[[], int]) -> None:
        self._app, self._most, self._held = app, most, held
        self._coming = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        uploads = scope["type"] == "http" and scope["method"] == "PUT" and UPLOAD in scope["path"]
        if not uploads:
            await self._app(scope, receive, send)
            return
        told = _headers(scope, b"content-length")
        if len(told) != 1 or not told[0].isdigit():
            await refuse(scope, receive, send, 411, "An upload must tell its size.")
            return
        size = int(told[0])
        if self._held() + self._coming + size > self._most:
            await refuse(scope, receive, send, 413, "Too much is uploaded now: try again later.")
            return
        self._coming += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming -= size


def _headers(scope: Scope, name: bytes) -> list[str]:
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for key, value in pairs if key.lower() == name]


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    """Answer with a sentence, and nothing else."""
    METER.refusals.labels("server").inc()
    if scope["type"] == "websocket":
        await receive()  # the request to connect; closed before it is accepted, it becomes a 403
        await send({"type": "websocket.close", "code": 1008})
        return
    body = why.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
