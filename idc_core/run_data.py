"""The patch store that holds the data of a run, whatever it is called."""

from idc_core.places import data_root
from idc_core.refusal import Refusal
from idc_core.runs import Run
from idc_core.store import PatchStore, open_store


def store_of(run: Run) -> PatchStore | None:
    """The store in `data/` with the fingerprint of the data the run was trained on, if any."""
    wanted = (run.info.get("data") or {}).get("fingerprint")
    root = data_root()
    if not wanted or not root.is_dir():
        return None
    for manifest in sorted(root.glob("*/manifest.json")):
        try:
            store = open_store(manifest.parent)
            if store.manifest.get("fingerprint") == wanted:
                return store
        except (Refusal, AttributeError):  # a damaged store is not the one
            continue
    return None


def needed_store(run: Run) -> PatchStore:
    """The same with its pixels; raises `Refusal` with the command that makes it."""
    found = store_of(run)
    if found is not None and found.has_pixels:
        return found
    name = str((run.info.get("data") or {}).get("name", "NAME"))
    make = "demo" if name == "demo" else f"prepare SOURCE --name {name}"
    raise Refusal(
        f"expected the pixels of “{name}”, the data of run {run.name}, in {data_root()}: they are "
        f"not there. Make them: python train_cli.py {make}."
    )
