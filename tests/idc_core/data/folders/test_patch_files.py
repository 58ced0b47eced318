"""A JPEG and a PNG with bytes after its end are taken and told of; damage is refused."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from idc_core.data.folders.patch_files import LOSSY, read_patch
from idc_core.data.images import ImageRefused


def drawn(height=50, width=50):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def saved(pixels, kind="JPEG", **how):
    file = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(file, kind, **how)
    return file.getvalue()


def reason_of(data):
    with pytest.raises(ImageRefused) as refused:
        read_patch(data)
    return refused.value.reason


def test_a_png_comes_as_it_is_stored():
    found = read_patch(saved(drawn(), "PNG"))
    assert np.array_equal(found.pixels, drawn())
    assert (found.converted, found.after_end) == (None, 0)


@pytest.mark.parametrize("junk", [b"\0", b"PK\x03\x04 and more", b"\x89PNG\r\n\x1a\n"])
def test_bytes_after_the_end_of_a_png_are_left_out_and_counted(junk):
    found = read_patch(saved(drawn(), "PNG") + junk)
    assert np.array_equal(found.pixels, drawn())
    assert found.after_end == len(junk)


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"quality": 30}, {"subsampling": 0}])
def test_a_jpeg_is_taken_and_called_lossy(how):
    data = saved(drawn(40, 50), **how)
    found = read_patch(data)
    assert (found.converted, found.after_end) == (LOSSY, 0)
    assert np.array_equal(found.pixels, cv2.imdecode(np.frombuffer(data, np.uint8), 1)[..., ::-1])
    assert found.pixels.shape == (40, 50, 3)


def test_a_grey_jpeg_has_three_equal_channels_and_bytes_after_its_end_are_counted():
    found = read_patch(saved(drawn()[..., 0]) + b"junk")
    assert np.array_equal(found.pixels, np.repeat(found.pixels[..., :1], 3, axis=2))
    assert found.after_end == 4


def test_a_rotation_tag_of_a_jpeg_is_ignored():
    tag = Image.Exif()
    tag[0x0112] = 6
    assert read_patch(saved(drawn(20, 50), exif=tag)).pixels.shape == (20, 50, 3)


def test_a_jpeg_cut_at_any_byte_is_refused():
    data = saved(drawn(9, 7))
    for end in range(3, len(data)):
        assert reason_of(data[:end]) in {"truncated", "damaged"}
    assert {reason_of(data[:-cut]) for cut in (1, 2, 9)} == {"truncated"}


def test_a_large_jpeg_is_refused_by_its_header(monkeypatch):
    data = saved(drawn(51, 50))
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    assert reason_of(data) == "too_large"


def test_a_jpeg_of_four_channels_is_refused():
    assert reason_of(saved(Image.fromarray(drawn()).convert("CMYK"))) == "wrong_mode"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_a_jpegs_mark_are_refused_with_a_reason(noise):
    assert reason_of(b"\xff\xd8\xff" + noise)
