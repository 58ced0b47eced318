"""What a joined store says of itself: counts over all patches, and what its stores said."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from idc_core.data.joining.names import Names
from idc_core.data.slides import occupancies
from idc_core.data.split.divide import Divided
from idc_core.data.split.splits import audit
from idc_core.data.stores.store import PatchStore, fingerprint_of
from idc_core.io.provenance import now
from idc_core.io.record import replace
from idc_core.records.manifest import Manifest
from idc_core.records.raster import Raster


def manifest_of(
    name: str,
    stores: Sequence[PatchStore],
    names: Sequence[Names],
    index: pd.DataFrame,
    blank: Collection[str],
    divided: Divided,
) -> Manifest:
    """The manifest of the joined store `name`; `index` as it is written."""
    raster, checked = _raster(stores), audit(index, blank)
    said = [store.manifest for store in stores]
    each = list(zip(said, names, strict=True))
    side = raster.patch_px
    counted = all(one.files is not None and one.rejected is not None for one in said)
    return Manifest(
        name=name,
        source=", ".join(store.path.name for store in stores),
        made=now(),
        fingerprint=fingerprint_of(index, raster),
        split=divided.said,
        set_aside_augmented_copies=divided.copies,
        set_aside_for_shared_pixels=divided.shared,
        files=sum(one.files or 0 for one in said) if counted else None,
        patches=dict(checked.patches),
        patients=dict(checked.patients),
        positives=dict(checked.positives),
        edge_patches=int((index[["width", "height"]] < side).any(axis=1).sum()),
        converted=_summed(one.converted for one in said),
        bytes_after_end=sum(one.bytes_after_end or 0 for one in said),
        rejected=_summed(one.rejected or {} for one in said) if counted else None,
        identical_patches=int(index["digest"].duplicated(keep=False).sum()),
        augmented_copies=len(checked.copies),
        blank_digests=sorted(blank),
        whole_patients=_whole(each),
        whole_said={
            named.patients.get(who, who): whole
            for one, named in each
            for who, whole in one.whole_said.items()
        },
        occupancy={
            who: round(value, 4) for who, value in occupancies(index, raster.stride_px).items()
        },
        set=[
            f"{store.path.name}: {sentence}"
            for store in stores
            for sentence in (
                *store.manifest.set,
                *(store.manifest.left_out.sentences if store.manifest.left_out else ()),
            )
        ],
        raster=raster,
        outlined={name: role for one in said for name, role in one.outlined.items()},
        synthetic=said[0].synthetic,
    )


def _raster(stores: Sequence[PatchStore]) -> Raster:
    """That of all stores; where the size of a pixel comes from, if all say the same."""
    origins = {store.raster.um_from for store in stores}
    first = stores[0].raster
    return first if len(origins) == 1 else replace(first, um_from=None)


def _whole(stores: Iterable[tuple[Manifest, Names]]) -> list[str]:
    """Patients that are whole in every store that has patches of theirs."""
    whole: set[str] = set()
    sampled: set[str] = set()
    for manifest, names in stores:
        own = {names.patients[who] for who in manifest.whole_patients if who in names.patients}
        whole |= own
        sampled |= set(names.patients.values()) - own
    return sorted(whole - sampled)


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))
