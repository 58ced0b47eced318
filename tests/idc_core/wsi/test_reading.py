"""A tissue image is read at any size by the first reader that can; what is none gets a sentence."""

import cv2
import numpy as np
import pytest
from PIL import Image

from idc_core.io.refusal import Refusal
from idc_core.wsi import reading, source
from idc_core.wsi.reading import open_image
from tests.slides import draw, shades, tissue


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    """7 × 5 squares of 200 pixels at 1 µm: patches of 50 pixels at 4 µm."""
    return draw(tmp_path_factory.mktemp("slide") / "drawn.tif", shades(7, 5, 200))


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_the_levels_of_the_file_make_no_difference(tmp_path, levels):
    rng = np.random.default_rng(0)
    smooth = cv2.resize(rng.integers(60, 200, (12, 12, 3)).astype(np.uint8), (800, 800))
    smooth[..., 1] //= 2
    path = draw(tmp_path / "a.tif", smooth, levels=levels)
    with open_image(path, 0.5) as image:
        found = image.read(0, 0, (800, 800), (100, 100))
    expected = cv2.resize(smooth, (100, 100), interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - expected).mean() < 3


def test_a_part_that_is_too_large_is_put_together_from_halves(slide, monkeypatch):
    with open_image(slide, 1.0) as image:
        whole = image.read(0, 0, (1400, 1000), (350, 250))
        monkeypatch.setattr(reading, "MOST_READ_PX", 5_000)
        parts = image.read(0, 0, (1400, 1000), (350, 250))
    assert parts.shape == whole.shape
    assert np.abs(parts.astype(int) - whole).mean() < 1.5


def test_a_resolution_of_a_printer_is_not_taken(tmp_path):
    picture = Image.fromarray(np.full((60, 60, 3), 120, np.uint8))
    picture.save(tmp_path / "print.tif", dpi=(300, 300))
    picture.save(tmp_path / "scan.tif", dpi=(25_400, 25_400))
    with open_image(tmp_path / "print.tif") as image:
        assert image.um_per_px is None
    with open_image(tmp_path / "scan.tif") as image:
        assert image.um_per_px == pytest.approx(1.0)
        assert image.note == ""
    with open_image(tmp_path / "scan.tif", 2.0) as image:
        assert image.um_per_px == 2.0
        assert "1 µm per pixel; 2, as given" in image.note


@pytest.mark.parametrize("um", [0.0, -1.0, 0.01, 1000.0])
def test_a_resolution_of_no_microscope_is_refused(slide, um):
    with pytest.raises(Refusal, match="µm per pixel"):
        open_image(slide, um)


def test_transparent_pixels_are_glass(tmp_path):
    layer = np.zeros((60, 60, 4), np.uint8)
    Image.fromarray(layer).save(tmp_path / "a.png")
    with open_image(tmp_path / "a.png", 4.0) as image:
        assert (image.read(0, 0, (60, 60), (60, 60)) == 255).all()


def bomb(path, side):
    """A picture of `side` × `side` white pixels in a few kilobytes."""
    Image.new("1", (side, side), 1).save(path)


def test_a_bomb_is_refused_by_its_header(tmp_path):
    bomb(tmp_path / "bomb.png", 12_000)
    assert (tmp_path / "bomb.png").stat().st_size < 100_000
    with pytest.raises(Refusal, match="pixels"):
        open_image(tmp_path / "bomb.png", 1.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"PK\3\4zip",
        b"II*\0" + b"\0" * 40,
        b"version https://git-lfs.github.com/spec/v1\n",
    ],
)
def test_what_is_no_image_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "a.svs").write_bytes(content)
    with pytest.raises(Refusal, match="expected a"):
        open_image(tmp_path / "a.svs", 1.0)


def test_a_picture_just_above_the_limit_is_refused_too(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_PICTURE_PX", 10_000)
    bomb(tmp_path / "large.png", 101)
    with pytest.raises(Refusal, match="tiled TIFF"):
        open_image(tmp_path / "large.png", 1.0)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.svs"):
        with pytest.raises(Refusal, match="no file"):
            open_image(path)


def test_sixteen_bits_are_refused_instead_of_cut_off(tmp_path):
    Image.fromarray(np.full((60, 60), 3000, np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(Refusal, match="8 bits"):
        open_image(tmp_path / "a.png", 1.0)


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    Image.fromarray(tissue(60)).save(tmp_path / "a.png")
    monkeypatch.setattr("pathlib.Path.open", denied)
    with pytest.raises(Refusal, match=r"a\.png cannot be opened \(Permission denied\)"):
        open_image(tmp_path / "a.png", 1.0)
