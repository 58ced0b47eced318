"""`manifest.json` of a patch store: what it was made of, and how its patches are split.

| format | since | what changed |
|---|---|---|
| 1 | 0.1 | patches of 50 px, IDC and no IDC; `pixel_size_um` |
| 2 | 0.10 | `raster` says how the patches were cut and what the classes are called |
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from idc_core.io import record
from idc_core.io.digits import counted
from idc_core.io.files import read_json
from idc_core.io.names import needed_store, store_names
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster, with_raster

FILE = "manifest.json"


class Group(Record, frozen=True, kw_only=True):
    """One class, split, patient or kind of prediction: how many of its `total` were left out."""

    name: str
    lost: int
    total: int


class Loss(Record, frozen=True, kw_only=True):
    """What was left out of a set or a table, as it was judged (`data/left_out.py`)."""

    of: str | None = None
    """What is counted: "files" or "rows"."""
    total: int | None = None
    left_out: int | None = None
    reasons: dict[str, int] = {}
    classes: list[Group] = []
    sides: list[Group] = []
    calls: list[Group] = []
    patients: list[Group] = []
    """Only patients that lost something."""
    sentences: list[str] = []
    accepted: list[str] = []
    """The questions that were asked and answered with `--accept-loss`."""


class Split(Record, frozen=True, kw_only=True):
    """Where the splits come from."""

    kind: str | None = None
    """"by patient", "given", "folders", "all test" of a scored slide, or "as they are" in the
    stores that were joined."""
    fractions: list[float] | None = None
    """Shares of train, validation and test, of a split by patient; so `seed`."""
    seed: int | None = None
    source: str | None = None
    """Of a given split: the file's name; so the three below."""
    patients_not_named: int | None = None
    named_but_absent: int | None = None
    notes: list[str] = []
    folders_say: list[str] = []
    """Splits that the folders' names say, where another split was asked for."""


class Manifest(Record, frozen=True, kw_only=True):
    """What a store says of itself. Stores that were made before a field was have none of it."""

    newest: ClassVar[int] = 2
    older: ClassVar[Mapping[int, record.Step]] = {1: with_raster}
    summed: ClassVar[bool] = True

    name: str
    source: str | None = None
    """Name of the folder or archive; of the oldest stores its whole path."""
    source_mark: str | None = None
    """Digest of the source's place on the machine that packed it; none of the demo."""
    made: str | None = None
    """When, UTC; none of the demo, which is the same whenever it is made."""
    fingerprint: str
    """`store.fingerprint_of`: SHA-256 over every patch's place, label, pixels and split."""
    split: Split | None = None
    set_aside_augmented_copies: int | None = None
    """Patches in no split, as their originals are in another."""
    set_aside_for_shared_pixels: int | None = None
    """Patches in no split, as their pixels are in another."""
    files: int | None = None
    """Files found, those that were not taken too."""
    patches: dict[str, int] | None = None
    """By split, as `patients` and `positives` (patches with IDC)."""
    patients: dict[str, int] | None = None
    positives: dict[str, int] | None = None
    edge_patches: int | None = None
    """Patches smaller than the raster's, padded with white."""
    converted: dict[str, int] = {}
    """Files by what they were turned into RGB from."""
    bytes_after_end: int | None = None
    """Files with other bytes after the end of the picture."""
    rejected: dict[str, int] | None = None
    """Files that were not taken, by reason."""
    identical_patches: int | None = None
    """Patches whose pixels another one has too."""
    augmented_copies: int | None = None
    """Patients that are augmented copies of others, by name."""
    blank_digests: list[str] = []
    """Digests of pixels that hold no tissue, which many patients may share."""
    left_out: Loss | None = None
    whole_patients: list[str]
    """Patients whose tissue can be put back together."""
    whole_said: dict[str, bool] = {}
    """Patients that were said to be whole or not, against the measure."""
    occupancy: dict[str, float] = {}
    """By patient, 0 to 1: the share of its rectangle that is filled."""
    set: list[str] = []
    """What is odd about the patches as a set, in sentences."""
    raster: Raster = USUAL
    outlined: dict[str, str] = {}
    """Of a store that was cut: what each class of the outlines counts as: positive, negative, roi,
    exclude or ignore."""
    renamed: list[dict[str, str]] = []
    """`at` (UTC), `by` and `from`: every other name that it had, oldest first."""
    synthetic: bool | None = None
    """Whether a program made the tissue; then it is no patient's."""

    @property
    def is_synthetic(self) -> bool:
        """The same, of older stores of the demo too, which say it in `source` alone."""
        return bool(self.synthetic) or (self.source or "").startswith("drawn by idc_core.demo")


def read_manifest(store: Path) -> Manifest:
    """The manifest in a store's folder; raises `Refusal` where there is none or it is damaged."""
    return record.read(Manifest, needed_store(store) / FILE, _again(store))


def learns_from(manifest: Manifest, epochs: int) -> str:
    """Of what a training learns, and what chooses among its epochs, in words.

    >>> split = {"train": 1200, "validation": 1}
    >>> held = {"name": "a", "fingerprint": "", "whole_patients": [], "patches": split}
    >>> learns_from(Manifest(**held, patients={"train": 9, "validation": 1}), 3)
    '1,200 patches of 9 patients; 1 patch of 1 other chooses the best of at most 3 epochs'
    """
    patches, patients = manifest.patches or {}, manifest.patients or {}
    chooses, others = patches.get("validation", 0), patients.get("validation", 0)
    return (
        f"{counted(patches.get('train', 0), 'patch', 'patches')} of "
        f"{counted(patients.get('train', 0), 'patient')}; "
        f"{counted(chooses, 'patch', 'patches')} of {counted(others, 'other')} "
        f"{'chooses' if chooses == 1 else 'choose'} the best of at most {counted(epochs, 'epoch')}"
    )


def fingerprint_in(store: Path) -> str | None:
    """Which data a folder says to hold, be the rest of its manifest whole or not; None where it
    says nothing."""
    try:
        content = read_json(store / FILE)
    except Refusal:
        return None
    said = content.get("fingerprint") if isinstance(content, dict) else None
    return said if isinstance(said, str) else None


def stores_with(fingerprint: str | None, root: Path) -> list[Path]:
    """Folders of the stores in `root` whose manifest has this fingerprint."""
    folders = [root / name for name in store_names(root)] if fingerprint else []
    return [each for each in folders if fingerprint_in(each) == fingerprint]


def refuse_taken(store: Path, *, overwrite: bool) -> None:
    """Raise `Refusal` where a store of this name is there already, unless it may be replaced."""
    if overwrite or not (store / FILE).is_file():
        return
    before = read_manifest(store)
    raise Refusal(
        f"expected {store} to be free: a patch store made from {before.source} on "
        f"{str(before.made)[:10]} is there. Choose another name, or say that it may be "
        "replaced: --overwrite."
    )


def refuse_uncounted(manifest: Manifest, store: Path) -> None:
    """Raise `Refusal` where a store does not say how many files it was made of."""
    if None in (manifest.files, manifest.edge_patches, manifest.rejected):
        raise Refusal(
            f"expected the counts of files in {store / FILE}: some are missing. {_again(store)}"
        )


def _again(store: Path) -> str:
    return (
        "Prepare the store again: python train_cli.py prepare SOURCE --name "
        f"{store.name} --overwrite."
    )
