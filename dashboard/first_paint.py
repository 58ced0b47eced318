"""What the browser must know before it draws anything, so that nothing it has drawn moves.

Streamlit sends the rules of `style` with the page's other elements, when half of them are drawn,
and fetches what draws a table, a chart or a button when the first of them comes. Served by
`dashboard.serve`, the page brings the rules itself, keeps the sidebar's room, and names the
scripts to be fetched at once.
"""

import re
from pathlib import Path

from dashboard import style

NEEDED = (
    "Html", "DownloadButton", "ArrowVegaLiteChart", "loadVegaEmbed", "embed", "vega-interpreter",
    "Slider", "DataFrame", "Selectbox", "ButtonGroup", "BaseButton", "Button", "FileUploader",
    "BidiComponent", "Checkbox", "TextInput", "NumberInput", "PageLink", "Pagination", "Spinner",
)  # fmt: skip
"""Scripts of Streamlit's that nearly every page asks for, by their names without a digest."""
_IMPORT = re.compile(r'(?:from|import)"\./([^"]+\.js)"')

_ROOM = f"""
<style>
@media (min-width: 768px) {{
  .stAppViewContainer:not(:has(.stSidebar)):not(:has([data-testid="stExpandSidebarButton"])) {{
    padding-left: {style.SIDEBAR_PX}px;}}
}}
</style>
"""


def in_page(index: bytes, static: Path) -> bytes:
    """Streamlit's page `index` with all that in it; `static`: the folder that it lies in."""
    head, rules = "".join(_preloads(static)).encode(), (style.CSS + _ROOM).encode()
    # At the end of the body: Streamlit writes its own rules into the head while the page runs, and
    # of two rules as good as each other the later one holds.
    page = index.replace(b"</head>", head + b"</head>", 1)
    return page.replace(b"</body>", rules + b"</body>", 1)


def _preloads(static: Path) -> list[str]:
    """A link to each script that is needed, and to those that it asks for in turn: found only when
    it is there, they would be another way to the server each."""
    folder = static / "static" / "js"
    found = {file.name.split(".")[0]: file.name for file in sorted(folder.glob("*.js"))}
    known: dict[str, None] = {}
    waiting = [found[name] for name in NEEDED if name in found]
    while waiting:
        name = waiting.pop(0)
        if name not in known and (folder / name).exists():
            known[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return [
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n' for name in known
    ]
