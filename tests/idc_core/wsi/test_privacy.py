"""A patient's name in a slide reaches neither what is kept of it nor any sentence about it."""

import logging

import openslide
import pytest
import tifffile

from idc_core.io.refusal import Refusal
from idc_core.wsi.frame import NAMED
from idc_core.wsi.openslide_source import OpenSlideSource
from idc_core.wsi.reading import open_image
from tests.slides import draw, draw_dicom, tissue

NAME = "DOE^JANE 4711"
PIXELS = tissue(200)


def svs(folder):
    """A tiled TIFF as Aperio writes it, with a thumbnail, a label and a macro picture."""
    said = f"Aperio Image Library v1\n200x200 (64x64)|AppMag = 40|MPP = 0.5|User = {NAME}"
    tiled = {"photometric": "rgb", "compression": "jpeg"}
    with tifffile.TiffWriter(folder / "a.svs") as file:
        file.write(PIXELS, tile=(64, 64), description=said, metadata=None, **tiled)
        file.write(PIXELS[::2, ::2], description="Aperio\nthumbnail", metadata=None, **tiled)
        for kind, subfile in (("label", 1), ("macro", 9)):
            text = f"Aperio\n{kind} 100x80 {NAME}"
            how = tiled | {"description": text, "subfiletype": subfile, "metadata": None}
            file.write(PIXELS[:80, :100], **how)
    return folder / "a.svs"


def plain(folder):
    return draw(folder / "a.tif", PIXELS, description=f"{NAME}\n", metadata=None, software=NAME)


def ome(folder):
    xml = {"axes": "YXS", "PhysicalSizeX": 0.5, "Description": NAME, "Name": NAME}
    how = {"metadata": xml, "photometric": "rgb", "software": NAME}
    tifffile.imwrite(folder / "a.ome.tif", PIXELS, ome=True, tile=(64, 64), **how)
    return folder / "a.ome.tif"


def dicom(folder):
    return draw_dicom(folder, PIXELS, name=NAME)[0]


@pytest.mark.parametrize("drawn", [svs, plain, ome, dicom])
def test_a_planted_name_is_in_nothing_that_is_kept_or_said(tmp_path, drawn, caplog):
    caplog.set_level(logging.INFO)
    path = drawn(tmp_path)
    whole = path.read_bytes()
    assert any(NAME.encode(code) in whole for code in ("utf-8", "utf-16-le"))
    said = []
    with open_image(path, 0.4) as image:
        said += [image.frame, image.note, vars(image._source)]
    for cut in range(0, len(whole), max(len(whole) // 30, 1)):
        path.write_bytes(whole[:cut] + b"\xff" * (len(whole) // 20) + whole[cut + 200 :])
        try:
            with open_image(path, 0.4) as image:
                said += [image.frame, image.note]
                image.read(0, 0, (200, 200), (200, 200))
        except Refusal as refused:
            said.append(str(refused))
    assert len(said) > 30
    for part in NAME.replace("^", " ").split():
        assert part not in "\n".join(map(repr, said)) + caplog.text


def test_a_description_in_letters_that_nobody_knows_is_not_logged(tmp_path, caplog):
    """tifffile would, with the description."""
    said = NAME.encode() + b"\x81\x8d"
    for name, how in (("a.tif", {"tile": (64, 64)}), ("strips.tif", {})):
        tifffile.imwrite(tmp_path / name, PIXELS, description=said, metadata=None, **how)
        with open_image(tmp_path / name, 0.5) as image:
            assert NAME.split("^")[0] not in repr(image.frame) + image.note + caplog.text


def test_the_name_would_be_found_where_it_is_asked_for(tmp_path):
    with openslide.OpenSlide(str(dicom(tmp_path))) as slide:
        assert slide.properties["dicom.PatientName"] == NAME
    with openslide.OpenSlide(str(svs(tmp_path))) as slide:
        assert NAME in slide.properties["aperio.User"]
        assert set(slide.associated_images) == {"thumbnail", "label", "macro"}


def test_label_and_macro_are_never_asked_for(tmp_path, monkeypatch):
    def asked(*_):
        raise AssertionError("an associated image was asked for")

    monkeypatch.setattr(openslide.OpenSlide, "associated_images", property(asked))
    for call in ("get_associated_image_names", "read_associated_image"):
        monkeypatch.setattr(openslide.lowlevel, call, asked)
    with open_image(svs(tmp_path)) as image:
        assert isinstance(image._source, OpenSlideSource)
        assert image.read(0, 0, (200, 200), (50, 50)).shape == (50, 50, 3)
        assert image.frame.level_sizes == ((200, 200),)


def test_of_a_slides_properties_only_the_named_are_asked_for(tmp_path, monkeypatch):
    asked, of = [], openslide.lowlevel.get_property_value

    def listed(_):
        raise AssertionError("all properties were listed")

    def value(slide, name):
        asked.append(name)
        return of(slide, name)

    monkeypatch.setattr(openslide.lowlevel, "get_property_names", listed)
    monkeypatch.setattr(openslide.lowlevel, "get_property_value", value)
    with open_image(dicom(tmp_path)):
        assert set(asked) == {*NAMED, "openslide.quickhash-1"}
    kinds = [name for name in asked if name.startswith(("dicom.", "aperio.", "hamamatsu."))]
    assert kinds == [
        "hamamatsu.XOffsetFromSlideCentre",
        "hamamatsu.YOffsetFromSlideCentre",
        "dicom.Manufacturer",
    ]
