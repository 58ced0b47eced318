"""What is to be said of a patch store in words, on the command line and on the page Data."""

from collections.abc import Mapping

from idc_core.data.augmented import augmented_copies
from idc_core.data.folders.patch_files import LOSSY
from idc_core.data.split_names import USED_SPLITS
from idc_core.data.stores.store import PatchStore
from idc_core.records.manifest import Split


def told(store: PatchStore) -> list[str]:
    """The sentences for somebody who has just made a store, without its counts by split."""
    manifest = store.manifest
    return [
        *_split(store),
        *copies_told(store),
        *noted(store),
        *second_copy(manifest.rejected or {}),
        *(manifest.left_out.sentences if manifest.left_out else ()),
    ]


def copies_told(store: PatchStore) -> list[str]:
    """Patients that are augmented copies of others, by name."""
    found = augmented_copies(store.index)
    if not found:
        return []
    apart = store.manifest.set_aside_augmented_copies or 0
    named = ", ".join(f"{copy} of {original}" for copy, original in list(found.items())[:3])
    where = "They are in the same split as their originals."
    if apart:
        where = f"Set aside, as their originals are in another split: {apart:,} of their patches."
    more = ", …" * (len(found) > 3)
    said = "patient is an augmented copy" if len(found) == 1 else "patients are augmented copies"
    return [f"{len(found):,} {said} by name ({named}{more}). {where}"]


def noted(store: PatchStore) -> list[str]:
    """What is unusual about the files of a set; of their pixels `whole_set` tells."""
    lossy = store.manifest.converted.get(LOSSY, 0)
    after = store.manifest.bytes_after_end or 0
    return kinds_told(lossy, after, len(store.index))


def kinds_told(lossy: int, after: int, total: int) -> list[str]:
    """What is to be said of JPEGs, and of files with bytes after their end, among `total` patches.

    >>> kinds_told(0, 2, 9)
    ['2 files have other bytes after the end of the picture: left out.']
    """
    said = []
    if lossy:
        said.append(
            f"{lossy:,} of {total:,} patches are JPEG: compression that loses detail "
            "changed their pixels, and a network trained on PNG may score them otherwise."
        )
    if after:
        whose = "1 file has" if after == 1 else f"{after:,} files have"
        said.append(f"{whose} other bytes after the end of the picture: left out.")
    return said


def second_copy(rejected: Mapping[str, int], done: str = "taken") -> list[str]:
    """What the copies of other files are that were not taken; `done`: what was done with those.

    >>> second_copy({"nested_copy": 289, "browser_copy": 1})
    ["289 files are the archive's second copy of patches that were taken.", '1 file is a copy that \
a browser or system made of a patch that was taken.']
    """
    kinds = {
        "nested_copy": ("the archive's second copy of {}",) * 2,
        "browser_copy": (
            "a copy that a browser or system made of {}",
            "copies that a browser or system made of {}",
        ),
        "augmented_copy": (
            "an augmented copy, by a word after the class or its folder, of {}: rejects.csv says "
            "how to keep it",
            "augmented copies, by a word after the class or their folders, of {}: rejects.csv says "
            "how to keep them",
        ),
        "augmented_unplaced": (
            "named by augmentation, and not by the place that it shows, beside {}",
            "named by augmentation, and not by the places that they show, beside {}",
        ),
        "copy_differs": (
            "called a copy of {}, and differs from it",
            "called copies of {}, and differ from them",
        ),
    }
    said = []
    for reason, (one, many) in kinds.items():
        count = int(rejected.get(reason, 0))
        if count == 1:
            said.append(f"1 file is {one.format(f'a patch that was {done}')}.")
        elif count:
            said.append(f"{count:,} files are {many.format(f'patches that were {done}')}.")
    return said


def _split(store: PatchStore) -> list[str]:
    """Where the split comes from, how it was read, and a split of it that is not there."""
    split = store.manifest.split or Split()
    unused = split.folders_say
    notes = [f"Split: {note}" for note in split.notes]
    if unused:
        notes.append(
            f"A fresh or given split: what the folders say ({', '.join(unused)}) is not used."
        )
    if split.kind != "folders":
        return notes
    counts = store.manifest.patches or {}
    present = [split for split in USED_SPLITS if counts.get(split)]
    said = [f"Split: as the folders say ({', '.join(present)}); --fresh-split would make another."]
    missing = [split for split in USED_SPLITS if split not in present]
    if missing:
        said.append(
            f"No folder says {' or '.join(missing)}. Training needs train and validation: "
            "--fresh-split or --split FILE makes them."
        )
    return said
