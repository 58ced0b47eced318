"""All that we take from inside Streamlit: what it does not document and may change at any release.

Nothing else of the dashboard imports from Streamlit's packages. tests/dashboard/state/
test_streamlit_inside.py asks the installed Streamlit for each of these, so that a new release fails
there and not in a reader's browser.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from itsdangerous import BadData, URLSafeTimedSerializer
from streamlit import file_util, runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.caching.cache_metrics import CACHE_LOOKUPS_FAMILY
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.stats import (
    ACTIVE_SESSIONS_FAMILY,
    CacheStat,
    CounterStat,
    GaugeStat,
    Stat,
)
from streamlit.web.server.server_util import get_cookie_secret

UPLOAD = "/_stcore/upload_file/"
"""The part of an address by which uploads are told from all else."""
USER_COOKIE = "_streamlit_user"
"""What `st.login` leaves in the browser: who signed in, signed by this server."""
LOGOUT, CALLBACK = "/auth/logout", "/oauth2callback"
"""Where `st.logout` leads, and where a provider sends people back to."""
FIRST_SCRIPT = b'<script type="module"'
"""Where Streamlit's page asks for its own script; what stands before it runs before it."""
SCRIPTS = (
    "Html",
    "Selectbox",
    "Slider",
    "ImageList",
    "Button",
    "ButtonGroup",
    "DownloadButton",
    "BidiComponent",
    "NumberInput",
    "TextInput",
    "Checkbox",
    "PageLink",
    "ArrowVegaLiteChart",
    "loadVegaEmbed",
    "embed",
    "vega-interpreter",
    "DataFrame",
    "Pagination",
    "FileUploader",
    "Radio",
    "Multiselect",
    "TextArea",
    "Spinner",
)
"""Scripts that draw what pages are made of, by their names without a digest."""


def is_served() -> bool:
    """Whether this process is a server; tests run pages without one."""
    return runtime.exists()


def keep(content: bytes, mimetype: str, name: str) -> str:
    """The address under which the server gives these bytes as long as a session names them."""
    return str(runtime.get_instance().media_file_mgr.add(content, mimetype, name))


def signed_in(cookies: Mapping[str, str]) -> tuple[dict[str, Any], float, str] | None:
    """What the provider said of who signed in, when that was (seconds since 1970), and what tells
    this sign-in from others; None without a cookie that this server signed.

    Streamlit takes it for 31 days; how long it holds is for the caller to judge.
    """
    secret, signed_at = get_cookie_secret(), list[float]()

    def whole(name: str) -> bytes | None:
        try:
            said, at = URLSafeTimedSerializer(secret, salt=name).loads(
                cookies.get(name, ""), return_timestamp=True
            )
        except BadData:
            return None
        signed_at.append(at.timestamp())
        return said.encode() if isinstance(said, str) else None

    content = get_cookie_with_chunks(whole, USER_COOKIE) if secret else None
    if content is None:
        return None
    said = json.loads(content)
    mark = hashlib.sha256(content + repr(signed_at).encode()).hexdigest()[:24]
    return (said, min(signed_at), mark) if said.get("is_logged_in") is True else None


def uploaded() -> int:
    """Bytes of the uploads that the server holds, of all sessions."""
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(
        stat.byte_length
        for family in stats.values()
        for stat in family
        if isinstance(stat, CacheStat)
    )


def sessions() -> int:
    """Browsers that are connected; 0 without a server."""
    found = (stat for stat in _stats(ACTIVE_SESSIONS_FAMILY) if isinstance(stat, GaugeStat))
    return sum(stat.value for stat in found)


def lookups(result: str) -> int:
    """How often caches had what was asked for ("hit") or had not ("miss"); 0 without a server."""
    found = (stat for stat in _stats(CACHE_LOOKUPS_FAMILY) if isinstance(stat, CounterStat))
    return sum(stat.value for stat in found if (stat.labels or {}).get("result") == result)


def _stats(family: str) -> Sequence[Stat]:
    if not runtime.exists():
        return ()
    return runtime.get_instance().stats_mgr.get_stats([family]).get(family, ())


def page() -> bytes:
    """The page that every address answers with."""
    return (_static() / "index.html").read_bytes()


def scripts() -> Path:
    """The folder of the scripts that the page asks for."""
    return _static() / "static" / "js"


def _static() -> Path:
    return Path(file_util.get_static_dir())


class Taking(Protocol):
    """What messages to a browser go through."""

    def take(self, message: Any) -> None:
        """One of them, in the server's thread."""


W = TypeVar("W", bound=Taking)


def on_the_wire(make: Callable[..., W], act: Callable[[W], None]) -> None:
    """Have all that the server sends this session's browser go through what `make` makes of how it
    is sent and of how something is done later, made once; then `act` on it, in the server's thread
    and after all that the page has sent until now. Without a server nothing happens."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return
    manager = getattr(runtime.get_instance(), "_session_mgr", None)  # not where a page is tested
    known = manager.get_active_session_info(context.session_id) if manager else None
    if known is None:
        return
    session: Any = known.session
    loop = session._event_loop

    def acting() -> None:
        wire = session.__dict__.get("idc_wire")
        if wire is None:
            wire = make(session._enqueue_forward_msg, loop.call_later)
            session.idc_wire, session._enqueue_forward_msg = wire, wire.take
        act(wire)

    loop.call_soon_threadsafe(acting)
