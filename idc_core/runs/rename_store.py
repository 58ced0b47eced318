"""Give a patch store another name: its folder's, and the one in its manifest.

Runs find a store by the fingerprint of its data, which does not hold the name.
"""

from pathlib import Path

from idc_core.io import record
from idc_core.io.files import sync_folder
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.records.manifest import read_manifest
from idc_core.runs.notes import refuse_name
from idc_core.runs.trash import refuse_store_at_work


def rename_store(store: Path, name: str, *, by: str) -> Path:
    """Rename the folder, record who did it in the manifest, and return the new folder.

    Raises `Refusal` for a name that is no plain folder name or is taken, and while a run is trained
    on the store; nothing is changed then.
    """
    before = read_manifest(store)
    refuse_name(name)
    refuse_store_at_work(store, "rename")
    target = store.with_name(name)
    if target.exists():
        raise Refusal(f"expected a name that is free: there is {target}. Choose another.")
    file = store / "manifest.json"
    change = {"at": now(), "by": by, "from": store.name}
    record.write(file, record.replace(before, name=name, renamed=[*before.renamed, change]))
    try:
        with refused_by_system(f"rename {store}"):
            store.rename(target)
            sync_folder(target.parent)
    except Refusal:
        if file.exists():
            record.write(file, before)
        raise
    return target
