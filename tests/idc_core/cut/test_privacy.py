"""What a slide says of its patient, in tags or on its label, stands in nothing that is written."""

import json

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile

from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.sheet import look_at
from idc_core.cut.store import put_together
from idc_core.data.split.splits import ByPatient
from idc_core.export.contact_sheet import contact_sheet
from idc_core.io.refusal import Refusal
from idc_core.records.cut_slides import Refused
from idc_core.wsi.openslide_source import OpenSlideSource
from tests.idc_core.cut.conftest import OUTLINES, settings_of, tissue_and_glass
from tests.slides import draw_dicom

NAME = "Zacharias Quellmaltz"
LABEL = (7, 200, 31)
"""The label's colour, which no tissue has."""


def draw_aperio(file):
    """A slide as Aperio's, which names the patient in its description, and has a label."""
    said = (
        f"Aperio Image Library v1.0\n128x96 |AppMag = 20|MPP = 0.5|Patient = {NAME}|User = {NAME}"
    )
    label = np.full((40, 40, 3), LABEL, np.uint8)
    with tifffile.TiffWriter(file) as tiff:
        how = {"photometric": "rgb", "compression": "lzw", "metadata": None}
        tiff.write(tissue_and_glass(), tile=(16, 16), description=said, **how)
        tiff.write(tissue_and_glass()[::4, ::4], description=said, rowsperstrip=8, **how)
        tiff.write(label, description=f"{said}\nlabel 40x40", rowsperstrip=8, subfiletype=1, **how)


@pytest.fixture
def named(place):
    """Slides that name their patient: Aperio's, TIFF, DICOM, and a TIFF that is cut off."""
    slides = place / "slides"
    draw_aperio(slides / "a.svs")
    (slides / "a.tif").unlink()
    draw_dicom(slides / "d", tissue_and_glass(), tile=16, name=NAME)
    for name in ("t", "x"):
        with tifffile.TiffWriter(slides / f"{name}.tif") as tiff:
            tiff.write(
                tissue_and_glass(),
                tile=(16, 16),
                photometric="rgb",
                compression="zlib",
                description=NAME,
                resolution=(20_000, 20_000),
                resolutionunit="CENTIMETER",
                extratags=[(315, 2, None, NAME, True), (33432, 2, None, NAME, True)],
            )
    whole = (slides / "x.tif").read_bytes()
    (slides / "x.tif").write_bytes(whole[: len(whole) // 2])
    outlines = [{**each, "properties": {**each["properties"], "name": NAME}} for each in OUTLINES]
    for name in "adtx":
        (place / "outlines" / f"{name}.geojson").write_text(json.dumps(outlines))
    return place


def test_no_output_holds_the_patients_name_or_the_label(named):
    files = [each for each in (named / "slides").rglob("*") if each.is_file()]
    assert all(NAME.encode() in each.read_bytes() for each in files if each.name != "x.tif")
    settings = settings_of(named)
    listed = jobs(named / "slides", named / "outlines")
    parts, refused = cut_all(listed, settings, named / "work", workers=1, tell=lambda *_: None)
    assert [part.done.slide for part in parts] == ["a", "d", "t"], refused
    assert [each.slide for each in refused] == ["x"]
    made = put_together(
        parts, refused, settings, named / "data" / "mine", named / "slides", ByPatient()
    )
    sheets, why = [], []
    for job in listed:
        try:
            sheets.append(look_at(job, settings))
        except Refusal as said:
            why.append(Refused(slide=job.slide, file=job.file.name, why=str(said)))
    (named / "data" / "sheet.html").write_text(contact_sheet("mine", settings, sheets, why))
    written = [
        each for part in ("work", "data") for each in (named / part).rglob("*") if each.is_file()
    ]
    assert {"index.parquet", "slides.parquet", "manifest.json", "rejects.csv", "sheet.html"} <= {
        each.name for each in written
    }
    for file in written:
        for part in (NAME, *NAME.split()):
            assert part.encode() not in file.read_bytes(), file
        if file.suffix == ".parquet":  # its texts may be packed
            table = pd.read_parquet(file).astype(str)
            assert not table.apply(lambda column: column.str.contains("Quellmaltz")).any(axis=None)
    pictures = [cv2.imdecode(np.frombuffer(each.picture, np.uint8), 1) for each in sheets]
    for pixels in (made.patches[:], *(each[None, ..., ::-1] for each in pictures)):
        assert not (pixels == np.array(LABEL)).all(axis=-1).any()


def test_the_slide_of_this_test_is_read_as_one_with_a_label(named):
    source = OpenSlideSource(named / "slides" / "a.svs", "a.svs")
    assert "label" in source._slide.associated_images
    source.close()
