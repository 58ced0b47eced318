"""From a folder or zip of patch files to a patch store, every file taken or rejected.

List → read the names (`layout`) → decode straight into the mapped store, in the order of the index
→ split → write beside the old store → swap. Only the names and one row per patch are held in
memory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from idc_core.data.folders.layout import Candidate, place_all, resolve_duplicates
from idc_core.data.folders.lost_files import NO_PATCHES, cure_of, judge_files
from idc_core.data.folders.sources import Reject, Source, open_source, same_bytes
from idc_core.data.packing import Packed, pack
from idc_core.data.slides import occupancies, whole_among
from idc_core.data.split.divide import divide
from idc_core.data.split.splits import ByPatient, FromFolders, SplitRule, audit
from idc_core.data.split_names import SPLITS, refuse_patients_in_two_splits
from idc_core.data.stores.store import INDEX_COLUMNS, PatchStore, fingerprint_of, open_store
from idc_core.data.stores.writer import replacing
from idc_core.data.twins import duplicates_csv
from idc_core.data.whole_set import all_too_large, set_sentences
from idc_core.io import record
from idc_core.io.files import write_parquet, write_text
from idc_core.io.paths import mark_of, shown
from idc_core.io.progress import TellStage
from idc_core.io.record import replace
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_cell, safe_csv
from idc_core.records.manifest import Manifest, read_manifest
from idc_core.records.raster import USUAL


def prepare(
    source: Path,
    store: Path,
    *,
    name: str | None = None,
    split: SplitRule | None = None,
    progress: TellStage | None = None,
    whole: Mapping[str, bool] | None = None,
    overwrite: bool = False,
    accept_loss: bool = False,
    threads: int | None = None,
) -> PatchStore:
    """Pack all patches of `source`, of the public set's form and raster, into the patch store
    `store`, and open it.

    `split`: by default what the source's folders say, if they are called train, validation and test
    in any way (`words.split_of`), else a fresh split by patient. `whole`: patient → whole or not,
    where the measure errs. `overwrite`: replace a store that was made from another source.
    `accept_loss`: go on though what cannot be taken falls on one class, split or patient. Raises
    `Refusal`, and leaves an existing store as it was, where nothing can be taken, too much is lost
    (`lost_files`) or a split puts a patient in two splits.
    """
    tell = progress or _say_nothing
    _refuse_another_store(source, store, overwrite)
    with open_source(source) as opened:
        tell("listing", 0, 0)
        listed, rejects = place_all(opened.names, source.resolve().stem)
        tell("listing", len(opened.names), len(opened.names))
        rule = _rule_for(listed, split)
        folders_say = {candidate.split for candidate in listed} - {None}
        folder_splits = _splits_of_folders(listed) if isinstance(rule, FromFolders) else {}
        candidates, twice = resolve_duplicates(
            listed, lambda one, other: same_bytes(opened, one, other)
        )
        del listed
        rejects = [*opened.skipped, *rejects, *twice]
        if not candidates:
            raise _nothing_to_take(source, rejects)
        with replacing(store) as part:
            packed = pack(opened, candidates, part, tell, threads)
            rejects = sorted(rejects + packed.rejects)
            if packed.index.empty:
                raise _nothing_to_take(source, rejects)
            tell("splitting", 0, 0)
            sided = divide(packed.index, packed.blank, rule, folder_splits)
            index = sided.index[list(INDEX_COLUMNS)]
            split_said = sided.said
            if folders_say and not isinstance(rule, FromFolders):
                unused = sorted(filter(None, folders_say), key=SPLITS.index)
                split_said = replace(split_said, folders_say=unused)
            loss = judge_files(index, sided.splits, rejects)
            loss.refuse(accepted=accept_loss)
            write_text(part / "rejects.csv", safe_csv(Reject._fields, rejects))
            write_text(part / "duplicates.csv", duplicates_csv(index, packed.blank))
            write_parquet(part / "index.parquet", index)
            measured = occupancies(index)
            manifest = Manifest(
                name=name or store.name,
                source=shown(source),
                source_mark=mark_of(str(source.resolve())),
                made=datetime.now(UTC).isoformat(timespec="seconds"),
                fingerprint=fingerprint_of(index),
                split=split_said,
                set_aside_augmented_copies=sided.copies,
                set_aside_for_shared_pixels=sided.shared,
                left_out=loss.judged.facts(),
                whole_patients=whole_among(measured, whole),
                whole_said={who: bool(said) for who, said in sorted((whole or {}).items())},
                occupancy={who: round(value, 4) for who, value in measured.items()},
                set=set_sentences(part, index),
            )
            record.write(part / "manifest.json", _counted(manifest, index, opened, packed, rejects))
    return open_store(store)


def _rule_for(candidates: list[Candidate], split: SplitRule | None) -> SplitRule:
    """The rule that was asked for, else the folders' split where they say one; raises `Refusal`
    where only some of them do."""
    if split is not None and not isinstance(split, FromFolders):
        return split
    outside = [each for each in candidates if each.split is None]
    sided = len(candidates) - len(outside)
    if split is not None and not sided:
        raise Refusal(
            "expected the folders training, validation and testing, to take the split from: "
            "found folders of patients. Leave the split out, or give a file."
        )
    if sided and outside:
        raise Refusal(
            f"expected all patches in folders of a split, or none: found {sided:,} in folders that "
            f"say train, validation or test, and {len(outside):,} in others, like "
            f"{safe_cell(outside[0].file)[:120]!r}. Rename the folder, name one tree alone, or "
            "split anew: --fresh-split."
        )
    return FromFolders() if sided else ByPatient()


def _splits_of_folders(candidates: Iterable[Candidate]) -> dict[str, str]:
    """Patient → split as the folders say, before any file is dropped; refuses a leak."""
    found: dict[str, set[str]] = {}
    for candidate in candidates:
        found.setdefault(candidate.name.patient, set()).add(candidate.split or "unused")
    leaks = {
        patient: sorted(splits - {"unused"}, key=SPLITS.index)
        for patient, splits in found.items()
        if len(splits - {"unused"}) > 1
    }
    refuse_patients_in_two_splits(
        leaks, "the split that the folders say", "Make a new split by patient: --fresh-split."
    )
    return {patient: min(splits, key=SPLITS.index) for patient, splits in found.items()}


def _counted(
    manifest: Manifest,
    index: pd.DataFrame,
    source: Source,
    packed: Packed,
    rejects: list[Reject],
) -> Manifest:
    checked = audit(index, packed.blank)
    twins = index["digest"].duplicated(keep=False)
    edge = (index[["width", "height"]] < USUAL.patch_px).any(axis=1)
    return replace(
        manifest,
        files=len(source.names) + len(source.skipped),
        patches=dict(checked.patches),
        patients=dict(checked.patients),
        positives=dict(checked.positives),
        edge_patches=int(edge.sum()),
        converted=dict(sorted(packed.converted.items())),
        bytes_after_end=packed.after_end,
        rejected=dict(sorted(Counter(reject.reason for reject in rejects).items())),
        identical_patches=int(twins.sum()),
        augmented_copies=len(checked.copies),
        blank_digests=sorted(packed.blank),
    )


def _refuse_another_store(source: Path, store: Path, overwrite: bool) -> None:
    here, there = store.resolve(), source.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise Refusal(
            f"expected the store outside of its source: {store} and {source} lie in one another. "
            "Keep the stores elsewhere: IDC_DATA names their folder."
        )
    if overwrite or not (store / "manifest.json").is_file():
        return
    before = read_manifest(store)
    made_from = before.source
    same = before.source_mark == mark_of(str(there))
    if not same and made_from != str(there):  # stores made before hold the whole path
        raise Refusal(
            f"expected {store} to be free, or made from {source}: it was made from {made_from}. "
            "Choose another name, or say that it may be replaced: --overwrite."
        )


def _nothing_to_take(source: Path, rejects: list[Reject]) -> Refusal:
    if not rejects:
        return Refusal(f"expected patches in {source}: there are no files.")
    whole = all_too_large([reject.detail for reject in rejects])
    if whole is not None:
        return Refusal(f"expected patches in {source}: {whole}")
    meant = [reject for reject in rejects if reject.reason not in NO_PATCHES] or rejects
    reason, count = Counter(reject.reason for reject in meant).most_common(1)[0]
    example = next(reject for reject in rejects if reject.reason == reason)
    return Refusal(
        f"expected patches like 10253_idx5_x1001_y1051_class0.png in {source}: none of "
        f"{len(rejects):,} files can be taken; {count:,} for the reason {reason!r}, like "
        f"{safe_cell(example.file)[:120]!r} ({safe_cell(example.detail)[:200]}).{cure_of(reason)}"
    )


def _say_nothing(_doing: str, _done: int, _total: int) -> None:
    pass
