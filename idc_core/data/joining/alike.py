"""What must agree in stores that are joined: how their patches were cut, and what labels mean."""

from collections.abc import Callable, Sequence
from itertools import combinations

from idc_core.data.stores.pixel_files import pixel_file_in
from idc_core.data.stores.store import PatchStore
from idc_core.io.refusal import Refusal
from idc_core.records.shards import FILE as SHARDS

_SAID: tuple[tuple[str, Callable[[PatchStore], str]], ...] = (
    ("patches of one size", lambda store: f"{store.raster.patch_px} px"),
    ("one step between patches", lambda store: f"{store.raster.stride_px} px"),
    ("one size of a pixel", lambda store: _um(store)),
    ("one positive class", lambda store: f"“{store.raster.positive}”"),
    ("one negative class", lambda store: f"“{store.raster.negative}”"),
    ("one compression", lambda store: store.raster.codec or "none"),
    ("one kind of pixel file", lambda store: pixel_file_in(store.path).name),
    (
        "patients' tissue in all, or in none",
        lambda store: "synthetic tissue" if store.manifest.is_synthetic else "patients' tissue",
    ),
)
"""What is expected, and what a store has."""


def refuse_unlike(stores: Sequence[PatchStore]) -> None:
    """Raise `Refusal` naming two stores that cannot be joined, and what each has."""
    if len(stores) < 2:
        raise Refusal(f"expected two stores or more to join: found {len(stores)}.")
    for store in stores:
        if (store.path / SHARDS).is_file():
            raise Refusal(
                f"expected stores with pixels of their own: {store.name} joins others. Name those."
            )
        if not store.has_pixels:
            raise Refusal(f"expected the pixels of {store.name} in {store.pixel_file}: none there.")
    for one, other in combinations(stores, 2):
        if one.path.resolve() == other.path.resolve():
            raise Refusal(f"expected each store once: {one.path} is named twice.")
        if one.path.name == other.path.name:
            raise Refusal(
                f"expected stores of different names, which tell their patches apart: {one.path} "
                f"and {other.path}. Rename one: python train_cli.py rename NEW --data STORE."
            )
        _refuse_pair(one, other)


def _refuse_pair(one: PatchStore, other: PatchStore) -> None:
    for expected, said in _SAID:
        if said(one) != said(other):
            raise Refusal(
                f"expected {expected}: {one.path.name} has {said(one)}, {other.path.name} has "
                f"{said(other)}. Prepare or cut one of them again as the other."
            )
    first, second = one.manifest.outlined, other.manifest.outlined
    for name in sorted(first.keys() & second.keys()):
        if first[name] != second[name]:
            raise Refusal(
                f"expected outlines of one meaning: “{name[:40]}” counts as {first[name]} in "
                f"{one.path.name}, as {second[name]} in {other.path.name}. Cut one of them again."
            )


def _um(store: PatchStore) -> str:
    um = store.raster.um_per_px
    return "none that is known" if um is None else f"{um:g} µm"
