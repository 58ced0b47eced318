"""A table whose rows are clicked: the browser says which row by its number alone.

So a table of other rows is another table. A click on a row that a filter or a move is about to
replace then opens nothing, rather than what stands in its place next.
"""

import json
from collections.abc import Iterable
from hashlib import sha256


def key(name: str, rows: Iterable[object]) -> str:
    """The key of the table `name` while it holds these rows, told by their names in order."""
    named = json.dumps([str(row) for row in rows]).encode()
    return f"{name}_{sha256(named).hexdigest()[:12]}"
