"""A component's script and style as Streamlit takes them: texts, read from beside its Python.

A component's script has no address in the browser, so it can import nothing there. Here each
`import {…} from "./other.js"` is replaced by that file: checkers and tests see modules, the browser
one script.
"""

import re
from functools import cache
from pathlib import Path

_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
"""A comment that has its lines to itself: a component is sent anew with each of its answers."""
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+\.js)";\n', re.MULTILINE)


@cache
def script(file: Path) -> str:
    """The script with all that it imports before it, each file once, without comments.

    What two of them name at their top level must be named differently, and nothing is renamed on
    import: tests/web sees to both.
    """
    return "\n".join(_with_imports(file.resolve(), set()))


@cache
def style(file: Path) -> str:
    """The style as it stands in its file."""
    return file.read_text(encoding="utf-8")


def _with_imports(file: Path, known: set[Path]) -> list[str]:
    if file in known:
        return []
    known.add(file)
    text = file.read_text(encoding="utf-8")
    imported = [(file.parent / name).resolve() for name in _IMPORT.findall(text)]
    before = [part for each in imported for part in _with_imports(each, known)]
    return [*before, _COMMENT.sub("", _IMPORT.sub("", text))]
