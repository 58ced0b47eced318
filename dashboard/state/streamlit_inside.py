"""All that we take from inside Streamlit: what it does not document and may change at any release.

Nothing else of the dashboard imports from Streamlit's packages. tests/dashboard/state/
test_streamlit_inside.py asks the installed Streamlit for each of these, so that a new release fails
there and not in a reader's browser.
"""

from collections.abc import Sequence
from pathlib import Path

from streamlit import file_util, runtime
from streamlit.runtime.caching.cache_metrics import CACHE_LOOKUPS_FAMILY
from streamlit.runtime.stats import (
    ACTIVE_SESSIONS_FAMILY,
    CacheStat,
    CounterStat,
    GaugeStat,
    Stat,
)

UPLOAD = "/_stcore/upload_file/"
"""The part of an address by which uploads are told from all else."""
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
