"""All that we take from inside Streamlit: what it does not document and may change at any release.

Nothing else of the dashboard imports from Streamlit's packages. tests/dashboard/state/
test_streamlit_inside.py asks the installed Streamlit for each of these, so that a new release fails
there and not in a reader's browser.
"""

from pathlib import Path

from streamlit import file_util, runtime
from streamlit.runtime.stats import CacheStat

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


def page() -> bytes:
    """The page that every address answers with."""
    return (_static() / "index.html").read_bytes()


def scripts() -> Path:
    """The folder of the scripts that the page asks for."""
    return _static() / "static" / "js"


def _static() -> Path:
    return Path(file_util.get_static_dir())
