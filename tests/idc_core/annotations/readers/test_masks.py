from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from idc_core.annotations.areas import areas, by_class
from idc_core.annotations.opening import read
from idc_core.annotations.readers import masks
from idc_core.annotations.region import Frame, Picture
from idc_core.io.refusal import Refusal

LABELS = np.array([[0, 0, 1, 2], [0, 3, 1, 2], [3, 3, 0, 2]], np.uint8)


def stored(folder: Path, pixels: np.ndarray, mode: str | None = None, kind: str = "PNG") -> Path:
    picture = Image.fromarray(pixels)
    file = folder / "mask"
    (picture.convert(mode) if mode else picture).save(file, kind)
    return file


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_value_has_the_area_of_its_pixels(tmp_path: Path, dtype: type, kind: str) -> None:
    found = read(stored(tmp_path, LABELS.astype(dtype), kind=kind))
    assert areas(found) == {"1": 2, "2": 3, "3": 3}
    assert (found.frame, found.picture) == (Frame.PICTURE, Picture("mask", 4, 3))
    assert found.left_out == {"the background (value 0)": 1}


def test_values_can_be_named_also_the_background(tmp_path: Path) -> None:
    found = read(stored(tmp_path, LABELS), names={"0": "glass", "2": "tumour"})
    assert areas(found) == {"glass": 4, "1": 2, "tumour": 3, "3": 3}
    assert by_class(found)["tumour"].bounds == (3, 0, 4, 3)


def test_colours_are_classes_and_black_and_transparent_nothing(tmp_path: Path) -> None:
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[0, 0] = 255, 0, 0, 255
    pixels[0, 1] = 255, 0, 0, 0
    pixels[1, :2] = 0, 0, 255, 255
    assert areas(read(stored(tmp_path, pixels))) == {"#ff0000": 1, "#0000ff": 2}


def test_grey_in_three_channels_is_a_value(tmp_path: Path) -> None:
    found = read(stored(tmp_path, np.repeat(LABELS[..., None], 3, axis=2)))
    assert areas(found) == {"1": 2, "2": 3, "3": 3}


def test_the_numbers_of_a_palette_are_the_values(tmp_path: Path) -> None:
    picture = Image.fromarray(LABELS)
    picture.putpalette([200, 10, 10, 10, 200, 10, 10, 10, 200, 9, 9, 9])
    picture.save(tmp_path / "mask", "PNG")
    assert areas(read(tmp_path / "mask")) == {"1": 2, "2": 3, "3": 3}


def test_whole_numbers_stored_as_floats_are_labels_and_fractions_are_not(tmp_path: Path) -> None:
    file = tmp_path / "mask"
    tifffile.imwrite(file, LABELS.astype(np.float32))
    assert areas(read(file)) == {"1": 2, "2": 3, "3": 3}
    tifffile.imwrite(file, LABELS.astype(np.float32) / 3)
    with pytest.raises(Refusal, match="whole numbers from 0"):
        read(file)


def test_a_large_mask_is_read_at_the_finest_level_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mask"
    whole = np.kron(LABELS, np.ones((16, 16), np.uint8))
    with tifffile.TiffWriter(file) as writer:
        for step in (1, 2, 4):
            writer.write(whole[::step, ::step], tile=(16, 16))
    assert areas(read(file)) == {"1": 512, "2": 768, "3": 768}
    monkeypatch.setattr(masks, "MOST_PIXELS", 1000)
    found = read(file)
    assert (areas(found), found.picture.width) == ({"1": 128, "2": 192, "3": 192}, 32)
    assert found.notes == ("Level 1 of the mask was read, 32 × 24 px.",)
    monkeypatch.setattr(masks, "MOST_PIXELS", 10)
    with pytest.raises(Refusal, match="a pyramid with such a level"):
        read(file)


def test_photographs_and_single_objects_are_refused(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    with pytest.raises(Refusal, match="at most 256 labels"):
        read(stored(tmp_path, chance.integers(0, 255, (40, 40, 3), np.uint8)))
    with pytest.raises(Refusal, match="at most 256 labels"):
        read(stored(tmp_path, np.arange(400, dtype=np.uint16).reshape(20, 20)))
    blurred = tmp_path / "blurred"
    Image.fromarray(np.kron(LABELS, np.ones((8, 8), np.uint8))).save(
        blurred, "TIFF", compression="jpeg"
    )
    with pytest.raises(Refusal, match="packed as jpeg"):
        read(blurred)
