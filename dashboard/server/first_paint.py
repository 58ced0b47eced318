"""What the browser must know before it draws anything, so that nothing it has drawn moves.

Streamlit sends the rules of `style` with the page's other elements, when half of them are drawn,
and fetches what draws a table, a chart or a button when the first of them comes. Served by
`dashboard.serve`, the page brings the rules itself, keeps the sidebar's room, and names the
scripts to be fetched at once.
"""

import re
from pathlib import Path

from dashboard.frame import style
from dashboard.pages import PRODUCT
from dashboard.state.streamlit_inside import SCRIPTS

WARM = "warm.js"
_IMPORT = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


def in_page(index: bytes, folder: Path) -> bytes:
    """Streamlit's page `index` with all that in it; `folder`: of its scripts."""
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n'
        for name in _asked_for(folder)
    )
    # After Streamlit's own script: that one is to ask for the page's contents first.
    head = f'{links}<script type="module" src="./{WARM}"></script>\n'.encode()
    rules = (style.CSS + style.COMING + style.ROOM).encode()
    # At the end of the body: Streamlit writes its own rules into the head while the page runs, and
    # of two rules as good as each other the later one holds.
    page = index.replace(b"<title>Streamlit</title>", f"<title>{PRODUCT}</title>".encode(), 1)
    page = page.replace(b"</head>", head + b"</head>", 1)
    return page.replace(b"</body>", rules + b"</body>", 1)


def warm(folder: Path) -> bytes:
    """A script that runs the needed ones while the page's contents are on their way.

    What is first run when the first table or button has come leaves a line in its place until then,
    and moves all that is below.
    """
    return "".join(f'import("./static/js/{name}");\n' for name in _needed(folder)).encode()


def _needed(folder: Path) -> list[str]:
    found = {file.name.split(".")[0]: file.name for file in sorted(folder.glob("*.js"))}
    return [found[name] for name in SCRIPTS if name in found]


def _asked_for(folder: Path) -> list[str]:
    """The needed scripts and those that they ask for in turn: found only when one is there, these
    would be another way to the server each."""
    known = dict[str, None]()
    waiting = _needed(folder)
    while waiting:
        name = waiting.pop(0)
        if name not in known and (folder / name).exists():
            known[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return list(known)
