"""The patch store that holds the data of a run, whatever it is called."""

from idc_core.data.stores.store import PatchStore, stores
from idc_core.io import record
from idc_core.io.paths import data_root
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import FILE, Manifest, stores_with
from idc_core.runs.run import Run


def store_of(run: Run) -> PatchStore | None:
    """The store in `data/` with the fingerprint of the data the run was trained on, if any."""
    wanted = run.info.fingerprint
    if not wanted:
        return None
    return next((each for each in stores(data_root()) if each.fingerprint == wanted), None)


def needed_store(run: Run) -> PatchStore:
    """The same with its pixels; raises `Refusal` with the command that makes it."""
    found = store_of(run)
    if found is not None and found.has_pixels:
        return found
    name = run.info.data_name or "NAME"
    raise Refusal(
        f"expected the pixels of “{name}”, the data of run {run.name}, in {data_root()}: they are "
        f"not there. Make them: python train_cli.py {bringing(run)}."
    )


def bringing(run: Run) -> str:
    """The words of the command that brings the patches of a run.

    Slides that were scored without a store are cut and scored again, into a run that has one.
    """
    info = run.info
    origin = info.origin
    if origin is not None and origin.kind == "slide" and origin.file != info.data_name:
        return f"score SLIDES --run {info.scored_by} --as NAME"
    return making(info.data_name or "NAME")


def making(name: str) -> str:
    """The words of the command that makes the store of this name.

    >>> making("demo-slides"), making("mine")
    ('demo --slides', 'prepare SOURCE --name mine')
    """
    demos = {"demo": "demo", "demo-slides": "demo --slides"}
    return demos.get(name, f"prepare SOURCE --name {name}")


def is_synthetic(run: Run) -> bool:
    """Whether its patches are no patient's tissue but made by a program, as those of the demo.

    The run says so itself, or the store with its data does; a run of other data never is.
    """
    data = run.info.data
    if data is None:
        return False
    if data.synthetic is not None:
        return data.synthetic
    folders = stores_with(data.fingerprint, data_root())
    manifests = [record.read_if_whole(Manifest, folder / FILE) for folder in folders]
    return any(found is not None and found.is_synthetic for found in manifests)
