"""Give a patch store another name: its folder's, and the one in its manifest.

Runs find a store by the fingerprint of its data, which does not hold the name.
"""

from pathlib import Path

from idc_core.io.files import read_json, sync_folder, write_json
from idc_core.io.names import needed_store
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.runs.notes import refuse_name
from idc_core.runs.trash import refuse_store_at_work


def rename_store(store: Path, name: str, *, by: str) -> Path:
    """Rename the folder, record who did it in the manifest, and return the new folder.

    Raises `Refusal` for a name that is no plain folder name or is taken, and while a run is trained
    on the store; nothing is changed then.
    """
    needed_store(store)
    refuse_name(name)
    refuse_store_at_work(store, "rename")
    target = store.with_name(name)
    if target.exists():
        raise Refusal(f"expected a name that is free: there is {target}. Choose another.")
    file = store / "manifest.json"
    before = read_json(file)
    if not isinstance(before, dict):
        raise Refusal(f"expected an object in {file}: found {str(before)[:60]!r}.")
    change = {"at": now(), "by": by, "from": store.name}
    write_json(file, before | {"name": name, "renamed": [*before.get("renamed", []), change]})
    try:
        with refused_by_system(f"rename {store}"):
            store.rename(target)
            sync_folder(target.parent)
    except Refusal:
        if file.exists():
            write_json(file, before)
        raise
    return target
