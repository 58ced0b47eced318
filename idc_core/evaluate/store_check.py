"""Whether a store's pixels are those of its index, asked of a process of its own.

Hundreds of thousands of patches are digested for seconds, and Python runs one thread at a time: in
the server's process the pages would wait for it at every turn.

    python -m idc_core.evaluate.store_check STORE

prints the sentences of `seal_check.store_of` as a list of JSON.
"""

import json
import os
import sys
from pathlib import Path

from idc_core.data.stores.store import PatchStore, open_store
from idc_core.evaluate.seal_check import store_of
from idc_core.io import beside

FEW = 20_000
"""Patches that are digested sooner than a process begins."""

GENTLY = 10
"""By how much the process stands back behind those that somebody waits for."""


def checked(store: PatchStore) -> list[str]:
    """The sentences of `store_of`; of many patches by another process, which ends with this one."""
    if len(store.index) <= FEW:
        return store_of(store)
    child = beside.start([sys.executable, "-m", __name__, str(store.path.absolute())], reads=True)
    assert child.stdout is not None
    said = child.stdout.read()
    code = child.wait()
    beside.close(child)
    if code:  # no memory for a second process, or somebody ended it
        return store_of(store)
    found: list[str] = json.loads(said)
    return found


def main() -> None:
    """Check the store that is named, and print what was found."""
    beside.end_with_parent(beside.end_now)
    if hasattr(os, "nice"):
        os.nice(GENTLY)
    print(json.dumps(store_of(open_store(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()
