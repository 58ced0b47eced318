"""Compressed patches answer like the array they hold; damage is a sentence."""

import numpy as np
import pytest

from idc_core.data.stores.codec import coded, through
from idc_core.data.stores.coded import CONTENT, ENDS, CodedPixels, CodedWriter, joined, joined_raw
from idc_core.io.refusal import Refusal

SIDE = 96
HELD = np.random.default_rng(5).integers(0, 256, (20, SIDE, SIDE, 3)).astype(np.uint8)
SMOOTH = np.full((SIDE, SIDE, 3), (180, 40, 120), np.uint8)


def kept(folder, patches, codec="png"):
    folder.mkdir(exist_ok=True)
    with CodedWriter(folder) as writer:
        for each in patches:
            writer.add(coded(each, codec))
    return folder


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(7),
        slice(None),
        slice(5, 9),
        slice(15, 99),
        slice(9, 5),
        slice(None, None, 7),
        slice(None, None, -1),
        [3, 1, 1, -20],
        [],
        np.arange(20) % 3 == 0,
        np.array([8, 9, 10, 2], np.int32),
    ],
)
def test_png_gives_every_byte_back_by_any_key(tmp_path, key):
    found = CodedPixels(kept(tmp_path / "a", HELD), SIDE)[key]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, HELD[key])


@pytest.mark.parametrize("key", [20, -21, [3, 20], [-21], [True]])
def test_a_row_that_is_not_there_is_an_index_error(tmp_path, key):
    with pytest.raises(IndexError):
        CodedPixels(kept(tmp_path / "a", HELD), SIDE)[key]


def test_a_patch_at_the_edge_is_padded_with_pure_white_after_jpeg(tmp_path):
    small = SMOOTH[:30, :50]
    (found,) = CodedPixels(kept(tmp_path / "a", [small], "jpeg"), SIDE)[:]
    assert (found[30:] == 255).all()
    assert (found[:, 50:] == 255).all()
    assert np.abs(found[:30, :50].astype(int) - small).max() <= 2


def test_jpeg_keeps_colour_and_takes_less_than_png(tmp_path):
    blurred = np.repeat(np.repeat(HELD[:1, ::8, ::8], 8, axis=1), 8, axis=2)[0]
    jpeg, png = coded(blurred, "jpeg"), coded(HELD[0], "png")
    assert len(jpeg) < len(png) / 2
    (back,) = through(blurred[np.newaxis], np.array([blurred.shape[:2]]), "jpeg")
    # Squares of 8 px are JPEG's own blocks, here of one colour each: no colour bleeds.
    assert np.abs(back.astype(int) - blurred).max() <= 6


def test_a_scored_patch_is_what_a_store_would_have_held(tmp_path):
    from_store = CodedPixels(kept(tmp_path / "a", HELD[:3], "jpeg"), SIDE)[:]
    whole = np.full((3, 2), SIDE)
    np.testing.assert_array_equal(through(HELD[:3], whole, "jpeg"), from_store)
    assert (from_store != HELD[:3]).any()
    assert through(HELD[:0], whole[:0], "jpeg").shape == (0, SIDE, SIDE, 3)


@pytest.mark.parametrize("codec", ["jpeg", "png", None])
def test_of_a_scored_patch_at_the_edge_the_padding_is_no_part(tmp_path, codec):
    true = HELD[0, :30, :50]
    (found,) = through(HELD[:1], np.array([[50, 30]]), codec)
    (expected,) = CodedPixels(kept(tmp_path / "a", [true], codec or "png"), SIDE)[:]
    np.testing.assert_array_equal(found, expected)
    assert (found[30:] == 255).all()
    np.testing.assert_array_equal(through(HELD[1:2], np.array([[SIDE] * 2]), None), HELD[1:2])


def test_parts_are_put_together_in_the_order_that_is_asked_for(tmp_path):
    parts = [
        kept(tmp_path / "a", HELD[:7]),
        kept(tmp_path / "b", []),
        kept(tmp_path / "c", HELD[7:]),
    ]
    whole = tmp_path / "whole"
    whole.mkdir()
    order = np.array([(0, 6), (0, 0), (2, 12), (2, 3)])
    joined(parts, order, whole)
    np.testing.assert_array_equal(np.asarray(CodedPixels(whole, SIDE)), HELD[[6, 0, 19, 10]])


def test_raw_patches_are_put_together_to_an_array(tmp_path):
    small = HELD[:, :50, :50]
    for name, rows in (("a", small[:2]), ("b", small[2:4])):
        (tmp_path / name).mkdir()
        with CodedWriter(tmp_path / name) as writer:
            for each in rows:
                writer.add(each.tobytes())
    order = np.array([(1, 1), (0, 0), (0, 1)])
    joined_raw([tmp_path / "a", tmp_path / "b"], order, tmp_path, 50)
    np.testing.assert_array_equal(np.load(tmp_path / "patches.npy"), small[[3, 0, 1]])


def test_a_store_without_patches_opens(tmp_path):
    found = CodedPixels(kept(tmp_path / "a", []), SIDE)
    assert found[:].shape == (0, SIDE, SIDE, 3)


@pytest.mark.parametrize("damage", ["short", "long", "ends", "order"])
def test_files_that_do_not_fit_are_said(tmp_path, damage):
    folder = kept(tmp_path / "a", HELD[:3])
    content = (folder / CONTENT).read_bytes()
    ends = np.load(folder / ENDS)
    if damage in ("short", "long"):
        (folder / CONTENT).write_bytes(content[:-1] if damage == "short" else content + b"0")
    else:
        np.save(folder / ENDS, ends[::-1] if damage == "order" else ends.astype(float))
    with pytest.raises(ValueError, match=r"it has|holds no increasing"):
        CodedPixels(folder, SIDE)


def test_a_file_that_is_written_over_under_it_is_a_sentence(tmp_path):
    folder = kept(tmp_path / "a", HELD[:3])
    opened = CodedPixels(folder, SIDE)
    content = (folder / CONTENT).read_bytes()
    (folder / CONTENT).write_bytes(b"0" * len(content))
    with pytest.raises(Refusal, match="written over since"):
        opened[0]
    (folder / CONTENT).write_bytes(b"")
    with pytest.raises(Refusal, match="written over since"):
        opened[2]


def test_what_stands_where_a_patch_should_is_named_as_damage(tmp_path):
    folder = kept(tmp_path / "a", HELD[:2])
    with pytest.raises(ValueError, match="expected RGB"):
        coded(HELD[0][..., :0], "jpeg")
    damaged = bytearray((folder / CONTENT).read_bytes())
    damaged[:100] = b"0" * 100
    (folder / CONTENT).write_bytes(damaged)
    opened = CodedPixels(folder, SIDE)
    with pytest.raises(Refusal, match=r"row 0 of .*patches\.coded: the file is damaged there"):
        opened[0]
    np.testing.assert_array_equal(opened[1], HELD[1])
