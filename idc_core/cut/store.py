"""The folders of slides that were cut, put together to a patch store."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.cut.one_slide import OVER, PICTURE, ROWS
from idc_core.cut.settings import Settings
from idc_core.data.originals import remember
from idc_core.data.places import SLIDE
from idc_core.data.slides import occupancies, whole_among
from idc_core.data.split.match import by_patient
from idc_core.data.split.recorded import recorded
from idc_core.data.split.splits import ByPatient, GivenSplit, audit, splits_of
from idc_core.data.stores.coded import joined, joined_raw
from idc_core.data.stores.store import (
    KEPT_SLIDES,
    MEASURED,
    SLIDES,
    PatchStore,
    columns_of,
    fingerprint_of,
    open_store,
)
from idc_core.data.stores.writer import replacing
from idc_core.io import record
from idc_core.io.files import read_parquet, write_parquet, write_text
from idc_core.io.paths import mark_of, shown
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_csv
from idc_core.records.cut_slides import Done, Refused
from idc_core.records.manifest import Manifest, Split


@dataclass(frozen=True, slots=True)
class Part:
    """A slide that was cut, and the folder that it lies in."""

    done: Done
    folder: Path


def put_together(
    parts: Sequence[Part],
    refused: Sequence[Refused],
    settings: Settings,
    store: Path,
    source: Path,
    rule: ByPatient | GivenSplit | None,
    *,
    by_site: bool = False,
    synthetic: bool | None = None,
) -> PatchStore:
    """Make the store `store` of the slides that were cut, and open it.

    `by_site`: patients of one site stay in one split. `rule`: None puts all into the test split, as
    of slides that are scored, which nobody learns from. `synthetic`: a program drew the slides.
    Raises `Refusal`, and leaves an existing store as it was, where no square has a label.
    """
    tables = [read_parquet(part.folder / ROWS) for part in parts]
    if not sum(map(len, tables)):
        if settings.unlabelled:
            raise Refusal(
                f"expected tissue in {source}: there is none on {len(parts):,} slides. Are they "
                "stained?"
            )
        raise Refusal(
            f"expected squares with a label in {source}: there is none on {len(parts):,} slides. "
            "See what was seen of each with --dry; is the table of classes right, and are slides "
            "annotated exhaustively (--exhaustive)?"
        )
    rows = pd.concat(
        [table.assign(part=at, row=np.arange(len(table))) for at, table in enumerate(tables)],
        ignore_index=True,
    ).sort_values(["patient", SLIDE, "y", "x"], kind="stable", ignore_index=True)
    order = rows[["part", "row"]].to_numpy(np.int64)
    folders = [part.folder for part in parts]
    sites = {part.done.patient: part.done.site for part in parts}
    with replacing(store) as made:
        if settings.is_raw:
            joined_raw(folders, order, made, settings.raster.patch_px)
        else:
            joined(folders, order, made)
        if isinstance(rule, GivenSplit):
            rule = by_patient(rule, rows)
        splits = (
            dict.fromkeys(rows["patient"].unique().tolist(), "test")
            if rule is None
            else splits_of(rows, rule, _of_one_site(sites) if by_site else ())
        )
        rows["split"] = rows["patient"].map(splits).astype("str")
        index = rows[[*columns_of(rows), *MEASURED]]
        write_parquet(made / "index.parquet", index)
        write_parquet(made / SLIDES, _table([part.done for part in parts], refused))
        _keep(folders, made)
        write_text(
            made / "rejects.csv",
            safe_csv(
                ("file", "reason", "detail"),
                [(each.file, "slide not cut", each.why) for each in refused],
            ),
        )
        write_text(
            made / "duplicates.csv",
            safe_csv(("digest", "blank", "file", "patient", "label", "split"), []),
        )
        manifest = _manifest(index, parts, refused, settings, store, source)
        split = Split(kind="all test") if rule is None else recorded(rule, list(splits))
        manifest = record.replace(manifest, split=split, synthetic=synthetic)
        record.write(made / "manifest.json", manifest)
    remember(source, store)
    return open_store(store)


def _keep(folders: Sequence[Path], made: Path) -> None:
    """A picture of each slide and what lies over it, called by its row in the table of slides."""
    (made / KEPT_SLIDES).mkdir()
    for number, folder in enumerate(folders):
        for file in (folder / PICTURE, folder / OVER):
            if file.is_file():  # a slide that was cut by an earlier version has none
                shutil.copy(file, made / KEPT_SLIDES / f"{number}{file.suffix}")


def _of_one_site(sites: dict[str, str]) -> list[list[str]]:
    """Patients of each site that is named."""
    found: dict[str, list[str]] = {}
    for patient, site in sites.items():
        if site:
            found.setdefault(site, []).append(patient)
    return list(found.values())


def _table(done: Sequence[Done], refused: Sequence[Refused]) -> pd.DataFrame:
    """A row per slide, also of those that were refused (`state`, `why`)."""
    rows = [
        {
            name: "; ".join(map(str, value)) if isinstance(value, list) else value
            for name, value in record.fields(each).items()
            if name not in ("mark", "classes", "left_out")
        }
        | {"left_out": sum(each.left_out.values()), "state": "done", "why": ""}
        for each in done
    ]
    rows += [
        {"slide": each.slide, "file": each.file, "state": "refused", "why": each.why}
        for each in refused
    ]
    return pd.DataFrame(rows)


def _manifest(
    index: pd.DataFrame,
    parts: Sequence[Part],
    refused: Sequence[Refused],
    settings: Settings,
    store: Path,
    source: Path,
) -> Manifest:
    checked, measured = audit(index), occupancies(index, settings.raster.stride_px)
    side = settings.raster.patch_px
    # Where not all is outlined, the squares that are there are a sample of the tissue.
    whole = {
        patient: settings.unlabelled
        or all(each.done.exhaustive for each in parts if each.done.patient == patient)
        for patient in measured
    }
    return Manifest(
        name=store.name,
        source=shown(source),
        source_mark=mark_of(str(source.resolve())),
        made=now(),
        fingerprint=fingerprint_of(index, settings.raster),
        raster=settings.kept,
        outlined={name: role for part in parts for name, role in part.done.classes.items()},
        files=len(parts) + len(refused),
        patches=dict(checked.patches),
        patients=dict(checked.patients),
        positives=dict(checked.positives),
        edge_patches=int(((index["width"] < side) | (index["height"] < side)).sum()),
        rejected={"slide not cut": len(refused)} if refused else {},
        identical_patches=int(index["digest"].duplicated(keep=False).sum()),
        whole_patients=whole_among(measured, whole),
        occupancy={who: round(value, 4) for who, value in measured.items()},
    )
