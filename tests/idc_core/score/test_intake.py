"""Uploaded zips: what is good is taken, what is hostile is refused in a sentence and in bounds."""

import struct
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idc_core.io.refusal import Refusal
from idc_core.score.intake import read_zip


def png(level=120, shape=(50, 50)):
    done, coded = cv2.imencode(".png", np.full((*shape, 3), level, np.uint8))
    assert done
    return coded.tobytes()


def zipped(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


GOOD = [(f"8863/1/8863_idx5_x{1 + 50 * at}_y51_class1.png", png(at)) for at in range(3)]


def test_patches_come_with_place_and_label_as_their_names_say(tmp_path):
    found = read_zip(zipped(tmp_path / "a.zip", GOOD))
    assert found.patches.shape == (3, 50, 50, 3)
    levels = dict(zip(found.rows["x"], found.patches[:, 0, 0, 0].tolist(), strict=True))
    assert levels == {1: 0, 51: 1, 101: 2}
    assert found.rows["patient"].tolist() == ["8863"] * 3
    assert found.rows["label"].tolist() == [1, 1, 1]
    assert found.placed
    assert not found.skipped


def test_a_patch_of_another_name_is_taken_without_a_place_and_edges_are_padded(tmp_path):
    found = read_zip(zipped(tmp_path / "a.zip", [("some.png", png(9, (20, 50)))]))
    assert found.rows.iloc[0].tolist() == ["some.png", "50×20, padded with white", "", -1, -1, -1]
    assert (found.patches[0, 20:] == 255).all()
    assert not found.placed


def test_the_same_place_twice_is_no_map(tmp_path):
    twice = [("a/" + GOOD[0][0], png()), ("b/" + GOOD[0][0], png())]
    assert not read_zip(zipped(tmp_path / "a.zip", twice)).placed


HOSTILE = {
    "../../evil.png": png(),
    "/etc/evil.png": png(),
    "bomb.png": b"\0" * 5_000_000,
    "nested.zip": b"PK\3\4" + b"\0" * 40,
    "text.png": b"not a picture",
    "cut.png": png()[:-20],
    "large.png": png(1, (51, 50)),
}


def test_what_is_no_patch_is_listed_with_its_reason_and_the_rest_is_taken(tmp_path):
    found = read_zip(zipped(tmp_path / "a.zip", [*GOOD, *HOSTILE.items()]))
    assert len(found.rows) == 3
    assert {each.file for each in found.skipped} == set(HOSTILE)
    assert all(len(each.detail) > 10 for each in found.skipped)


def test_too_many_entries_are_refused_before_they_are_listed(tmp_path, monkeypatch):
    path = zipped(tmp_path / "many.zip", [(f"{at}.png", b"") for at in range(20_001)])
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *name: pytest.fail("an entry was made"))
    with pytest.raises(Refusal, match="at most 20,000 files"):
        read_zip(path)


@pytest.mark.parametrize(("entries", "length"), [(0xFFFF, 100), (3, 4_000_000_000)])
def test_a_table_of_contents_that_claims_to_be_huge_is_refused(tmp_path, entries, length):
    path = zipped(tmp_path / "lies.zip", GOOD)
    raw = bytearray(path.read_bytes())
    struct.pack_into("<HI", raw, raw.rfind(b"PK\5\6") + 10, entries, length)
    path.write_bytes(raw)
    with pytest.raises(Refusal, match="no readable zip"):
        read_zip(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", png(), b"PK\5\6" + b"\0" * 5])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(Refusal, match="expected a"):
        read_zip(tmp_path / "a.zip")


def test_an_empty_zip_and_one_without_patches_are_refused(tmp_path):
    for entries in ([], [("readme.txt", b"hello")]):
        with pytest.raises(Refusal, match="at least one patch"):
            read_zip(zipped(tmp_path / "a.zip", entries))


def test_an_entry_whose_bytes_were_changed_is_listed(tmp_path):
    path = zipped(tmp_path / "a.zip", GOOD, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[raw.find(b"IDAT") + 8] ^= 0xFF
    path.write_bytes(raw)
    found = read_zip(path)
    assert len(found.rows) == 2
    assert len(found.skipped) == 1


def test_an_encrypted_entry_is_listed(tmp_path):
    path = zipped(tmp_path / "a.zip", GOOD)
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.find(mark) + offset] |= 1
    path.write_bytes(raw)
    found = read_zip(path)
    assert len(found.rows) == 2
    assert len(found.skipped) == 1


def test_reading_tells_how_far_it_is(tmp_path):
    path, told = zipped(tmp_path / "a.zip", GOOD), []
    read_zip(path, lambda *step: told.append(step))
    assert told == [("read", 1, 3), ("read", 2, 3), ("read", 3, 3)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_zip_with_any_byte_changed_is_read_or_refused_never_worse(tmp_path, data):
    whole = zipped(tmp_path / "whole.zip", GOOD).read_bytes()
    raw = bytearray(whole)
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path: Path = tmp_path / "changed.zip"
    path.write_bytes(bytes(raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]))
    try:
        found = read_zip(path)
    except Refusal:
        return
    assert len(found.rows) + len(found.skipped) <= 3
