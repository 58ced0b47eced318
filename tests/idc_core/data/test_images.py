"""One decoder for everything: it gives back what was stored, or refuses with a reason."""

import io
import struct
import warnings
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from idc_core.data.images import (
    ImageRefused,
    decode_patch,
    digest,
    is_blank,
    pad_patch,
    read_header,
)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(pixels, *, color_type=2, depth=8, extra=b"", size=None):
    """A PNG of `pixels` (h, w[, channels]), written by hand so that no library corrects it."""
    height, width = size or pixels.shape[:2]
    stored = pixels.astype(">u2") if depth == 16 else pixels
    rows = b"".join(b"\0" + row.tobytes() for row in stored)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    parts = (
        chunk(b"IHDR", header),
        extra,
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def reason_of(data):
    with pytest.raises(ImageRefused) as refused:
        decode_patch(data)
    assert str(refused.value).startswith("expected ")
    return refused.value.reason


@pytest.fixture
def rgb():
    return np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)


def test_an_rgb_patch_comes_back_as_it_was_stored(rgb):
    decoded = decode_patch(png(rgb))
    assert decoded.converted is None
    assert np.array_equal(decoded.pixels, rgb)


def test_a_file_cut_at_any_byte_is_refused():
    """Row 1: PIL alone accepts a file that lacks its last bytes."""
    data = png(np.random.default_rng(1).integers(0, 256, (9, 7, 3), dtype=np.uint8))
    for end in range(len(data)):
        assert reason_of(data[:end]) in {"truncated", "not_an_image"}
    assert reason_of(b"") == "not_an_image"


def test_a_changed_byte_is_never_another_picture():
    """Row 2."""
    data = png(np.random.default_rng(2).integers(0, 256, (9, 7, 3), dtype=np.uint8))
    for place in range(len(data)):
        for bit in (1, 128):
            broken = bytearray(data)
            broken[place] ^= bit
            with pytest.raises(ImageRefused):
                decode_patch(bytes(broken))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(noise):
    assert reason_of(noise)
    assert reason_of(b"\x89PNG\r\n\x1a\n" + noise)


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_another_kind_of_image_is_known_by_its_content(rgb, kind):
    """Row 3: its file may be called .png all the same."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, kind)
    assert reason_of(file.getvalue()) == "not_an_image"


def test_text_is_not_an_image():
    assert reason_of(b"version https://git-lfs.github.com/spec/v1\n") == "not_an_image"


def test_opaque_rgba_loses_only_its_alpha(rgb):
    """Row 4."""
    rgba = np.dstack([rgb, np.full((50, 50), 255, np.uint8)])
    decoded = decode_patch(png(rgba, color_type=6))
    assert decoded.converted == "RGBA"
    assert np.array_equal(decoded.pixels, rgb)


def test_a_single_see_through_pixel_is_refused(rgb):
    alpha = np.full((50, 50), 255, np.uint8)
    alpha[3, 4] = 254
    assert reason_of(png(np.dstack([rgb, alpha]), color_type=6)) == "wrong_mode"
    assert reason_of(png(np.dstack([rgb[..., 0], alpha]), color_type=4)) == "wrong_mode"


def test_a_transparent_colour_is_refused_where_it_occurs(rgb):
    used = chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[0, 0])))
    assert reason_of(png(rgb, extra=used)) == "wrong_mode"
    grey = chunk(b"tRNS", struct.pack(">H", int(rgb[0, 0, 0])))
    assert reason_of(png(rgb[..., 0], color_type=0, extra=grey)) == "wrong_mode"


def test_grey_becomes_three_equal_channels(rgb):
    for color_type, pixels in ((0, rgb[..., 0]), (4, np.dstack([rgb[..., 0], rgb[..., 0] | 255]))):
        decoded = decode_patch(png(pixels, color_type=color_type))
        assert np.array_equal(decoded.pixels, np.repeat(rgb[..., :1], 3, axis=2))


def test_a_palette_gives_colours_and_not_their_numbers(rgb):
    image = Image.fromarray(rgb).quantize(40)
    file = io.BytesIO()
    image.save(file, "PNG")
    decoded = decode_patch(file.getvalue())
    assert decoded.converted.startswith("palette")
    assert np.array_equal(decoded.pixels, np.asarray(image.convert("RGB")))


def test_one_bit_becomes_black_and_white():
    bits = np.packbits(np.eye(8, dtype=np.uint8), axis=1)
    decoded = decode_patch(png(bits, color_type=0, depth=1, size=(8, 8)))
    assert np.array_equal(decoded.pixels[..., 1], np.eye(8, dtype=np.uint8) * 255)


@pytest.mark.parametrize(("color_type", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_16_bits_are_taken_only_where_8_say_the_same(color_type, channels):
    """Row 5: PIL alone turns such grey into white."""
    eight = np.random.default_rng(3).integers(0, 256, (6, 5, channels), dtype=np.uint16)
    if channels in (2, 4):
        eight[..., -1] = 255
    data = png(eight * 257, color_type=color_type, depth=16)
    colours = eight[..., :3] if channels > 2 else np.repeat(eight[..., :1], 3, axis=2)
    assert np.array_equal(decode_patch(data).pixels, colours)
    finer = eight * 257
    finer[2, 2, 0] ^= 1
    assert reason_of(png(finer, color_type=color_type, depth=16)) == "wrong_mode"


def test_a_rotation_tag_is_ignored(rgb):
    """Row 6: OpenCV alone would turn the patch."""
    tag = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = png(rgb[:20], extra=chunk(b"eXIf", tag))
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == (50, 20, 3)
    assert np.array_equal(decode_patch(data).pixels, rgb[:20])


def test_an_edge_patch_keeps_its_size_and_is_padded_with_white(rgb):
    """Row 7: never resized."""
    decoded = decode_patch(png(rgb[:2, :37])).pixels
    assert decoded.shape == (2, 37, 3)
    padded = pad_patch(decoded)
    assert padded.shape == (50, 50, 3)
    assert np.array_equal(padded[:2, :37], rgb[:2, :37])
    assert padded[2:].min() == padded[:, 37:].min() == 255


@pytest.mark.parametrize("size", [(51, 50), (50, 51), (20_000, 20_000), (2**31 - 1, 1)])
def test_a_larger_image_is_refused_by_its_header(size, monkeypatch):
    """Row 8: a bomb of 20,000×20,000 would take 2.8 GB."""
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    assert reason_of(png(np.zeros((1, 1, 3), np.uint8), size=size)) == "too_large"


def test_a_header_can_be_read_without_decoding(rgb):
    header = read_header(png(rgb[:7, :9])[:33])
    assert (header.width, header.height, header.bit_depth, header.color_type) == (9, 7, 8, 2)


def test_a_header_of_an_impossible_mode_is_damaged(rgb):
    assert reason_of(png(rgb, depth=4)) == "damaged"
    assert reason_of(png(rgb, color_type=5)) == "damaged"
    assert reason_of(png(rgb, size=(0, 50))) == "damaged"


def test_a_patch_with_too_few_rows_is_damaged(rgb):
    assert reason_of(png(rgb[:30], size=(50, 50))) == "damaged"


def test_bytes_after_the_end_are_refused(rgb):
    assert reason_of(png(rgb) + b"PK\x03\x04") == "damaged"


def test_an_animation_is_refused(rgb):
    control = chunk(b"acTL", struct.pack(">II", 1, 0))
    assert reason_of(png(rgb, extra=control)) == "wrong_mode"


def test_a_bloated_file_is_refused(rgb):
    assert reason_of(png(rgb, extra=chunk(b"teXt", bytes(1_000_001)))) == "too_large"


def test_equal_digests_mean_equal_pictures(rgb):
    assert digest(rgb) == digest(np.asfortranarray(rgb))
    assert digest(rgb[:20, :50]) != digest(rgb[:50, :20].reshape(20, 50, 3))
    changed = rgb.copy()
    changed[49, 49, 2] ^= 1
    assert digest(rgb) != digest(changed)


def test_a_tile_of_one_colour_is_blank_and_tissue_is_not(rgb):
    white = np.full((50, 50, 3), 255, np.uint8)
    white[10, 10] = 246
    assert is_blank(white)
    assert not is_blank(rgb)
    white[10, 10] = 200
    assert not is_blank(white)


def test_real_patches_are_read_as_pillow_reads_them(real_root):
    patient = real_root / "idc" / "8863"
    files = sorted(patient.glob("*/*.png"))[:200]
    assert files
    for file in files:
        with warnings.catch_warnings(), Image.open(file) as image:
            assert np.array_equal(decode_patch(file.read_bytes()).pixels, np.asarray(image))


def test_the_odd_files_are_told_apart(real_root):
    odd = real_root / "odd"
    assert reason_of((odd / "idc" / "800wm2.png").read_bytes()) == "not_an_image"
    assert reason_of((odd / "models" / "best_model.pth").read_bytes()) == "not_an_image"


def _chunk(kind, data):
    checked = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)


def _with(png, *chunks):
    return png[:33] + b"".join(chunks) + png[33:]


def test_texts_that_unpack_to_a_gigabyte_never_reach_the_decoder(monkeypatch):
    """917 kB of packed texts in a patch of 50×50 took the decoder 15 s."""
    pixels = np.arange(7500, dtype=np.uint8).reshape(50, 50, 3)
    plain = cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes()
    text = _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(7_000_000), 9))
    seen = []
    real = cv2.imdecode
    monkeypatch.setattr(
        cv2, "imdecode", lambda data, how: (seen.append(len(data)), real(data, how))[1]
    )
    found = decode_patch(_with(plain, *[text] * 100)).pixels
    assert seen == [len(plain)]
    assert (found == pixels).all()


def test_a_patch_of_thousands_of_parts_is_refused():
    plain = cv2.imencode(".png", np.zeros((50, 50, 3), np.uint8))[1].tobytes()
    with pytest.raises(ImageRefused, match="at most 1,000 parts"):
        decode_patch(_with(plain, *[_chunk(b"tEXt", b"k\0v")] * 1_000))
