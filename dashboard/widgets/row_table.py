"""A table whose rows are clicked: the browser names a row by its number alone.

So a table of other rows has another key. A click on a row that a filter or a new threshold is about
to replace then opens nothing, rather than the row that takes its place.
"""

import json
from collections.abc import Iterable
from hashlib import sha256


def key(name: str, rows: Iterable[object]) -> str:
    """The key of the table `name` while it holds these rows, told by their names in order."""
    named = json.dumps([str(row) for row in rows]).encode()
    return f"{name}_{sha256(named).hexdigest()[:12]}"
