"""One slide cut into a folder of its own: its patches, a row for each, and what is known of it.

`slide.json` is written last: a folder without it was not finished, and is begun anew.
"""

import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label, counts
from idc_core.cut.jobs import Job
from idc_core.cut.laid_over import laid_over
from idc_core.cut.outlines import Outlined, alarms, outlined
from idc_core.cut.settings import Settings
from idc_core.data.images import digest, pad_patch
from idc_core.data.stores.codec import coded
from idc_core.data.stores.coded import CodedWriter
from idc_core.io import record
from idc_core.io.files import sha256_of, write_parquet, write_text, write_with
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Done
from idc_core.wsi.cutting import cut
from idc_core.wsi.reading import TissueImage, open_image
from idc_core.wsi.sections import sections
from idc_core.wsi.sharpness import sharpness
from idc_core.wsi.source import Pixels
from idc_core.wsi.tiles import as_jpeg
from idc_core.wsi.tiling import Plan, plan
from idc_core.wsi.tissue import Mask

FILE, ROWS = "slide.json", "rows.parquet"
PICTURE, OVER = "picture.jpg", "over.json"
PICTURE_PX = 2_048
"""Longer side: what is left to see of a slide whose file is gone."""

MOST_SQUARES = 2_000_000
"""Of one slide: 300,000 by 300,000 pixels in squares of 224."""


def cut_slide(job: Job, settings: Settings, folder: Path) -> Done:
    """Cut a slide into `folder`, or take what lies there from before if nothing has changed since.

    Raises `Refusal`, and leaves no half-made folder, where slide or outlines cannot be read, do not
    fit each other, or there are no outlines.
    """
    mark = mark_of(job, settings)
    before = record.read_if_whole(Done, folder / FILE)
    if before is not None and before.mark == mark:
        return before
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with open_image(job.file, job.um) as image:
            done = _cut(job, settings, image, folder, mark)
        record.write(folder / FILE, done)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return done


def mark_of(job: Job, settings: Settings) -> str:
    """Another where the slide's file, its outlines, its scale or the settings are others."""
    files = sorted(job.file.iterdir()) if job.file.is_dir() else [job.file]
    said = [str(job), settings.digest()]
    for file in files:
        if file.is_file():
            known = file.stat()
            said.append(f"{file.name} {known.st_size} {known.st_mtime_ns}")
    if job.annotations is not None:
        said.append(sha256_of(job.annotations))
    return sha256("\n".join(said).encode()).hexdigest()


def planned(job: Job, settings: Settings, image: TissueImage) -> tuple[Plan, Outlined]:
    """The grid of a slide, and its outlines over it; raises `Refusal`."""
    if job.annotations is None:
        raise Refusal(
            f"expected outlines for {job.file.name}: there are none of its name. Put a file called "
            f"{job.slide} into the folder of annotations, or name one in the table of slides."
        )
    laid = plan(
        image, settings.um, settings.raster.patch_px, rule=settings.tissue, most=MOST_SQUARES
    )
    return laid, outlined(job.annotations, image, laid, settings, exhaustive=job.exhaustive)


def seen(laid: Plan, found: Outlined) -> Mask:
    """Squares that count: with enough tissue, or outlined, whatever the rule says of them."""
    return np.asarray(laid.kept | (found.share > 0), np.bool_)


def summary(
    job: Job, image: TissueImage, laid: Plan, found: Outlined, *, mark: str, pieces: int
) -> Done:
    """What is known of a slide, its squares counted."""
    number = counts(found.labels[seen(laid, found)])
    known = image.frame
    assert job.annotations is not None
    assert known.um_x is not None
    assert known.um_y is not None
    return Done(
        slide=job.slide,
        patient=job.patient,
        site=job.site,
        mark=mark,
        file=job.file.name,
        width=image.size[0],
        height=image.size[1],
        um_x=known.um_x,
        um_y=known.um_y,
        um_from=known.um_from,
        origin_x=known.bounds_x or 0,
        origin_y=known.bounds_y or 0,
        scanner=known.scanner,
        annotation=job.annotations.name,
        annotation_sha256=sha256_of(job.annotations),
        tool=found.read.tool,
        exhaustive=job.exhaustive,
        sections=pieces,
        squares=laid.columns * laid.rows,
        tissue=int(seen(laid, found).sum()),
        positive=number[Label.POSITIVE],
        negative=number[Label.NEGATIVE],
        undecided=number[Label.UNDECIDED],
        unknown=number[Label.UNKNOWN],
        excluded=number[Label.EXCLUDED],
        regions=len(found.read.regions),
        holes=found.read.holes,
        repaired=found.read.repaired,
        conflicts=found.settled.conflicts,
        classes={name: role.value for name, role in found.roles.items()},
        left_out=dict(found.read.left_out),
        alarms=alarms(found, image, laid),
        notes=[*filter(None, [image.note]), *found.read.notes],
    )


def _cut(job: Job, settings: Settings, image: TissueImage, folder: Path, mark: str) -> Done:
    laid, found = planned(job, settings, image)
    section = sections(laid.look.tissue, laid.look_um, settings.gap_um)
    kept = seen(laid, found) & (found.labels >= 0)
    rows = []
    with CodedWriter(folder) as writer:
        for block in cut(image, laid, kept):
            each = zip(block.patches, block.places.tolist(), block.true_sizes.tolist(), strict=True)
            for (patch, place, (wide, high)), sharp in zip(each, sharpness(block), strict=True):
                content, pixels_mark = _kept(patch[:high, :wide], settings)
                writer.add(content)
                rows.append((*place, wide, high, pixels_mark, sharp))
    write_parquet(folder / ROWS, _table(job, settings, laid, found, section, rows))
    picture = as_jpeg(_picture(image))
    write_with(folder / PICTURE, lambda file: file.write(picture))
    write_text(folder / OVER, laid_over(found.shapes, found.labels, seen(laid, found)))
    pieces = int(section[kept].max(initial=0))
    return summary(job, image, laid, found, mark=mark, pieces=pieces)


def _picture(image: TissueImage) -> Pixels:
    """The whole slide, at most `PICTURE_PX` a side."""
    shrink = max(max(image.size) / PICTURE_PX, 1.0)
    wide, high = (max(round(length / shrink), 1) for length in image.size)
    return image.read(0, 0, image.size, (wide, high))


def _kept(true: Pixels, settings: Settings) -> tuple[bytes, str]:
    """The bytes that a patch is kept as, and their digest; of raw ones that of the true pixels."""
    if settings.is_raw:
        return pad_patch(true, settings.raster.patch_px).tobytes(), digest(true)
    content = coded(np.ascontiguousarray(true), settings.codec)
    return content, sha256(content).hexdigest()


def _table(
    job: Job,
    settings: Settings,
    laid: Plan,
    found: Outlined,
    section: np.ndarray,
    rows: list[tuple[object, ...]],
) -> pd.DataFrame:
    """A row per patch, in the order of cutting; `x`, `y` from 1 at the store's scale."""
    names = ["column", "row", "width", "height", "digest", "sharpness"]
    table = pd.DataFrame(rows, columns=names)
    at = tuple(table[name].to_numpy(np.int64) for name in ("row", "column"))
    step = settings.raster.stride_px
    return pd.DataFrame(
        {
            "patient": job.patient,
            "slide": job.slide,
            "x": (at[1] * step + 1).astype(np.int32),
            "y": (at[0] * step + 1).astype(np.int32),
            "label": found.labels[at].astype(np.int8),
            "width": table["width"].astype(np.int16),
            "height": table["height"].astype(np.int16),
            "file": job.file.name,
            "digest": table["digest"].astype("str"),
            "section": section[at].astype(np.int16),
            "share": found.shares[Role.POSITIVE][at].astype(np.float32),
            "tissue": laid.tissue[at].astype(np.float32),
            "pen": laid.pen[at].astype(np.float32),
            "sharpness": table["sharpness"].astype(np.float32),
        }
    ).astype({"patient": "str", "slide": "str", "file": "str"})
