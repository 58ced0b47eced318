"""What the browser must know before it draws anything, so that nothing it has drawn moves.

Streamlit sends the rules of `style` with the page's other elements, when half of them are drawn,
and fetches what draws a table, a chart or a button when the first of them comes. Served by
`dashboard.serve`, the page brings the rules itself, keeps the sidebar's room, and names the
scripts to be fetched at once.
"""

from pathlib import Path

from dashboard import style

NEEDED = (
    "Html", "DownloadButton", "ArrowVegaLiteChart", "embed", "vega-interpreter", "Slider",
    "DataFrame", "Selectbox", "ButtonGroup", "BaseButton", "Button", "FileUploader",
)  # fmt: skip
"""Scripts of Streamlit's that nearly every page asks for, by their names without a digest."""

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
    found = {file.name.split(".")[0]: file.name for file in (static / "static" / "js").glob("*.js")}
    return [
        f'<link rel="modulepreload" crossorigin href="./static/js/{found[name]}">\n'
        for name in NEEDED
        if name in found
    ]
