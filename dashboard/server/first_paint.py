"""What the browser must know before it draws anything, so that nothing it has drawn moves.

Streamlit sends the rules of `style` with the page's other elements, when half of them are drawn,
and fetches what draws a table, a chart or a button when the first of them comes. Served by
`dashboard.serve`, the page brings the rules itself, keeps the sidebar's room, and names the
scripts to be fetched at once.
"""

import re
from pathlib import Path

from dashboard.frame import style

NEEDED = (
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
"""Scripts of Streamlit's that draw what pages are made of, by their names without a digest."""
WARM = "warm.js"
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
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n'
        for name in _asked_for(static)
    )
    # After Streamlit's own script: that one is to ask for the page's contents first.
    head = f'{links}<script type="module" src="./{WARM}"></script>\n'.encode()
    rules = (style.CSS + _ROOM).encode()
    # At the end of the body: Streamlit writes its own rules into the head while the page runs, and
    # of two rules as good as each other the later one holds.
    page = index.replace(b"</head>", head + b"</head>", 1)
    return page.replace(b"</body>", rules + b"</body>", 1)


def warm(static: Path) -> bytes:
    """A script that runs the needed ones while the page's contents are on their way.

    What is first run when the first table or button has come leaves a line in its place until then,
    and moves all that is below.
    """
    return "".join(f'import("./static/js/{name}");\n' for name in _needed(static)).encode()


def _needed(static: Path) -> list[str]:
    scripts = sorted((static / "static" / "js").glob("*.js"))
    found = {file.name.split(".")[0]: file.name for file in scripts}
    return [found[name] for name in NEEDED if name in found]


def _asked_for(static: Path) -> list[str]:
    """The needed scripts and those that they ask for in turn: found only when one is there, these
    would be another way to the server each."""
    folder, known = static / "static" / "js", dict[str, None]()
    waiting = _needed(static)
    while waiting:
        name = waiting.pop(0)
        if name not in known and (folder / name).exists():
            known[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return list(known)
