"""What OpenSlide refuses is read piece by piece; other than 8-bit colours get a sentence."""

import numpy as np
import pytest
import tifffile

from idc_core.io.refusal import Refusal
from idc_core.wsi import source, tiff_source
from idc_core.wsi.reading import open_image
from idc_core.wsi.source import Unreadable
from idc_core.wsi.tiff_source import TiffSource
from tests.slides import draw, tissue

PIXELS = tissue(300)[:260]
TILED = {"tile": (64, 64), "photometric": "rgb"}


def ome(path, levels=3, **how):
    """An OME-TIFF as QuPath and Bio-Formats write it: the pyramid in SubIFDs."""
    um = {"axes": "YXS", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(PIXELS, subifds=levels - 1, metadata=um, **TILED | how)
        for level in range(1, levels):
            step = 2**level
            file.write(PIXELS[::step, ::step], subfiletype=1, **TILED | how)
    return path


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
@pytest.mark.parametrize("predictor", [False, True])
def test_an_ome_tiff_is_read_to_the_byte(tmp_path, compression, predictor):
    how = {"compression": compression, "predictor": predictor and compression is not None}
    with open_image(ome(tmp_path / "a.ome.tif", **how)) as image:
        assert isinstance(image._source, TiffSource)
        assert image.frame.level_sizes == ((300, 260), (150, 130), (75, 65))
        assert (image.frame.um_x, image.frame.um_from) == (0.5, "file")
        found = image.read(30, 50, (200, 190), (200, 190))
    assert np.array_equal(found, PIXELS[50:240, 30:230])


def test_jpeg_tiles_have_the_colours_that_were_drawn(tmp_path):
    path = ome(tmp_path / "a.ome.tif", compression="jpeg", compressionargs={"level": 95})
    with open_image(path) as image:
        found = image.read(0, 0, (300, 260), (300, 260))
    assert np.abs(found.astype(int) - PIXELS).mean() < 5


def test_planes_that_lie_apart_are_put_together(tmp_path):
    path = tmp_path / "planes.ome.tif"
    how = {"planarconfig": "separate", "compression": "zlib", "metadata": {"axes": "CYX"}}
    tifffile.imwrite(path, np.moveaxis(PIXELS, 2, 0), ome=True, **TILED | how)
    with open_image(path, 0.5) as image:
        assert isinstance(image._source, TiffSource)
        assert np.array_equal(image.read(0, 0, (300, 260), (300, 260)), PIXELS)


def test_strips_of_a_picture_too_large_for_pillow_are_read_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_PICTURE_PX", 50_000)
    path = tmp_path / "strips.tif"
    tifffile.imwrite(path, PIXELS, photometric="rgb", rowsperstrip=16)
    with open_image(path, 0.5) as image:
        assert isinstance(image._source, TiffSource)
        assert np.array_equal(image.read(10, 30, (90, 50), (90, 50)), PIXELS[30:80, 10:100])


def test_a_coarse_look_reads_the_coarse_level(tmp_path):
    decoded = []
    with open_image(ome(tmp_path / "a.ome.tif")) as image:
        whole = image._source._decode
        image._source._decode = lambda page, index: decoded.append(index) or whole(page, index)
        found = image.read(0, 0, (300, 260), (75, 65))
    assert len(decoded) == 2 * 2
    assert np.array_equal(found, PIXELS[::4, ::4])


def test_memory_is_bounded_by_what_may_be_held(tmp_path, monkeypatch):
    monkeypatch.setattr(tiff_source, "HELD_BYTES", 3 * 64 * 64 * 3)
    with open_image(ome(tmp_path / "a.ome.tif")) as image:
        found = image.read(0, 0, (300, 260), (300, 260))
        assert len(image._source._held) == 3
    assert np.array_equal(found, PIXELS)


def test_tiles_that_the_file_leaves_out_are_glass(tmp_path):
    path = draw(tmp_path / "sparse.tif", PIXELS, levels=1)
    with tifffile.TiffFile(path, mode="r+b") as file:
        page = file.pages[0]
        counts = list(page.databytecounts)
        counts[0] = 0
        page.tags[325].overwrite(counts)
    opened = TiffSource(path, "sparse.tif")
    found = opened.read(0, 0, 128, 64, 1.0)
    opened.close()
    assert (found[:, :64] == 255).all()
    assert np.array_equal(found[:, 64:], PIXELS[:64, 64:128])


def test_a_damaged_tile_is_refused_twice_in_the_same_words(tmp_path):
    path = ome(tmp_path / "a.ome.tif", compression="zlib")
    with tifffile.TiffFile(path) as file:
        start = file.pages[0].dataoffsets[1]
    content = bytearray(path.read_bytes())
    content[start : start + 60] = b"\xff" * 60
    path.write_bytes(content)
    with open_image(path) as image:
        for _ in range(2):
            with pytest.raises(Refusal) as refused:
                image.read(64, 0, (64, 64), (64, 64))
            assert str(refused.value) == (
                "expected a whole slide in a.ome.tif: it cannot be read at 64, 0 (a damaged tile). "
                "Copy or export it again."
            )
        assert np.array_equal(image.read(128, 0, (64, 64), (64, 64)), PIXELS[:64, 128:192])


@pytest.mark.parametrize("compression", [None, "zlib", "jpeg"])
def test_a_file_that_ends_within_a_tile_is_refused_there(tmp_path, compression):
    """A JPEG without its end is decoded too, in grey."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS, compression=compression, metadata=None, **TILED)
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        last = page.dataoffsets[-1] + page.databytecounts[-1] - 40
    path.write_bytes(path.read_bytes()[:last])
    opened = TiffSource(path, "a.tif")
    assert opened.read(0, 0, 64, 64, 1.0).shape == (64, 64, 3)
    with pytest.raises(Refusal, match="it cannot be read at 280, 250"):
        opened.read(280, 250, 20, 10, 1.0)
    opened.close()


def test_a_label_of_another_shape_is_no_level(tmp_path):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.full((100, 60, 3), 255, np.uint8), subfiletype=1, **TILED)
        file.write(PIXELS, **TILED)
        file.write(PIXELS[::2, ::2], subfiletype=1, **TILED)
    with open_image(path, 0.5) as image:
        assert isinstance(image._source, TiffSource)
        assert image.frame.level_sizes == ((300, 260), (150, 130))
        assert "number 2 with 300 × 260 pixels" in image.note


@pytest.mark.parametrize("tiled", [True, False])
@pytest.mark.parametrize("is_ome", [True, False])
@pytest.mark.parametrize(
    ("pixels", "photometric", "said"),
    [
        (np.zeros((3, 96, 96), np.uint8), "minisblack", "3 grey pictures of one size"),
        (np.zeros((4, 96, 96), np.uint16), "minisblack", "has 16, as fluorescence"),
        (np.zeros((96, 96, 3), np.uint16), "rgb", "has 16, as fluorescence"),
        (np.zeros((96, 96), np.float32), "minisblack", "has 32, as fluorescence"),
    ],
)
def test_fluorescence_and_deep_colours_get_a_sentence(
    tmp_path, pixels, photometric, said, is_ome, tiled
):
    path = tmp_path / "cells.tif"
    how = {"tile": (32, 32)} if tiled else {}
    tifffile.imwrite(path, pixels, photometric=photometric, ome=is_ome, **how)
    with pytest.raises(Refusal, match=said) as refused:
        open_image(path, 0.5)
    assert "cells.tif" in str(refused.value)
    assert "Export it as 8-bit RGB." in str(refused.value)


def test_an_unknown_compression_is_told_by_every_reader(tmp_path):
    path = draw(tmp_path / "a.tif", PIXELS, levels=1)
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags[259].overwrite(52479)
    with pytest.raises(Refusal) as refused:
        open_image(path, 0.5)
    for reader in ("OpenSlide: ", "tifffile: compressed in a way", "Pillow: "):
        assert reader in str(refused.value)


def test_what_is_no_tiff_is_not_for_it(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"II*\0" + b"\xff" * 40)
    with pytest.raises(Unreadable):
        TiffSource(tmp_path / "a.tif", "a.tif")


def test_a_real_ome_tiff_of_planes_in_lzw_is_read(real_root):
    with open_image(real_root / "annotations" / "slides" / "cells.ome.tif") as image:
        assert isinstance(image._source, TiffSource)
        assert (image.size, image.um_per_px) == ((93, 131), 0.25)
        assert image.read(0, 0, (93, 131), (93, 131)).mean() == pytest.approx(213.6, abs=0.1)
