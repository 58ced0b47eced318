"""The gate of zips: what would fill memory or time is refused before it is read, by name."""

import bz2
import lzma
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from idc_core.data.folders.sources import open_source
from idc_core.io import archives
from idc_core.io.archives import Limits, open_zip, read, refused
from idc_core.io.refusal import Refusal
from idc_core.score.intake import read_zip

SMALL = Limits(entries=100, entry_bytes=10_000, total_bytes=50_000, ratio=200)


def zipped(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def local(name, data, method, size, crc):
    fixed = struct.pack(
        "<4s5H3I2H", b"PK\3\4", 20, 0, method, 0, 0, crc, len(data), size, len(name), 0
    )
    return fixed + name + data


def listed(name, data, method, size, crc, offset=0):
    fixed = struct.pack(
        "<4s6H3I5H2I",
        b"PK\1\2",
        20,
        20,
        0,
        method,
        0,
        0,
        crc,
        len(data),
        size,
        len(name),
        0,
        0,
        0,
        0,
        0,
        offset,
    )
    return fixed + name


def ended(body, table, entries, zip64=False):
    """A zip of these bytes; with `zip64` its end is told in the second record."""
    told = min(entries, 0xFFFF)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, told, told, len(table), len(body), 0)
    if not zip64:
        return body + table + end
    second = struct.pack(
        "<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, len(table), len(body)
    )
    where = struct.pack("<4sIQI", b"PK\6\7", 0, len(body) + len(table), 1)
    hidden = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + table + second + where + hidden


def one_entry(data, method, size, crc=0, name=b"a.png"):
    return ended(local(name, data, method, size, crc), listed(name, data, method, size, crc), 1)


@pytest.mark.parametrize(
    ("number", "method", "packed"),
    [(12, "bzip2", bz2.compress(bytes(10**7))), (14, "LZMA", lzma.compress(bytes(10**7)))],
)
def test_what_unpacks_without_a_limit_is_refused_by_name_and_never_unpacked(
    tmp_path, number, method, packed, monkeypatch
):
    """905 bytes of bzip2 unpack to gigabytes: `zipfile` has no limit for them."""
    path = tmp_path / "a.zip"
    path.write_bytes(one_entry(packed, number, 7_500))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *a, **b: pytest.fail("it was unpacked"))
    with open_source(path) as source:
        assert source.names == []
        assert (
            source.skipped[0].detail == f"packed with {method}: only stored and deflate are taken"
        )
    with pytest.raises(Refusal, match=f"packed with {method}"):
        read_zip(path)


@pytest.mark.parametrize("zip64", [False, True])
def test_a_table_of_too_many_entries_is_refused_before_an_entry_is_made(
    tmp_path, monkeypatch, zip64
):
    one = listed(b"a", b"", 0, 0, 0)
    path = tmp_path / "many.zip"
    path.write_bytes(ended(b"", one * 500, 500, zip64))
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *name: pytest.fail("an entry was made"))
    with pytest.raises(Refusal, match=r"100 files: many\.zip has 500"), open_zip(path, SMALL):
        pass


def test_a_table_that_is_too_long_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "long.zip"
    path.write_bytes(ended(b"", bytes(30_000_000), 3, zip64=True))
    tracemalloc.start()
    with pytest.raises(Refusal, match="at most 100 files"), open_zip(path, SMALL):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_table_that_says_too_few_entries_is_counted(tmp_path):
    path = tmp_path / "lies.zip"
    path.write_bytes(ended(b"", listed(b"a", b"", 0, 0, 0) * 500, 1))
    with pytest.raises(Refusal, match="has 500"), open_zip(path, SMALL):
        pass


@pytest.mark.parametrize("said", [7_500, 4_000])
def test_an_entry_that_says_it_is_small_unpacks_no_further_and_is_damaged(tmp_path, said):
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = bomb.compress(bytes(50_000_000)) + bomb.flush()
    path = tmp_path / "a.zip"
    path.write_bytes(one_entry(packed, 8, said, zlib.crc32(bytes(50_000_000))))
    with open_zip(path, SMALL) as opened:
        assert refused(opened.infolist()[0], SMALL) is None
        tracemalloc.start()
        with pytest.raises(OSError, match="damaged"):
            read(opened, "a.png", 10_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1_000_000


def test_the_sum_of_all_entries_has_a_limit(tmp_path):
    path = zipped(tmp_path / "a.zip", [(f"{at}", bytes(9_000)) for at in range(6)])
    said = r"at most 50,000 unpacked bytes: a\.zip has 54,000"
    with pytest.raises(Refusal, match=said), open_zip(path, SMALL):
        pass


def test_entries_over_one_another_are_refused(tmp_path):
    """One packed kilobyte, named a hundred times, would be unpacked a hundred times."""
    data = zlib.compress(bytes(9_000), 9)[2:-4]
    body, table = local(b"a", data, 8, 400, 0), listed(b"a", data, 8, 400, 0)
    (tmp_path / "a.zip").write_bytes(ended(body, table * 100, 100))
    with pytest.raises(Refusal, match="over one another"), open_zip(tmp_path / "a.zip", SMALL):
        pass


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [(b"#!/bin/sh\n", b"", "10 other bytes lie before"), (b"", b"junk", "other bytes follow")],
)
def test_what_lies_before_or_after_a_zip_is_refused(tmp_path, before, after, found):
    path = zipped(tmp_path / "a.zip", [("a", b"x")])
    path.write_bytes(before + path.read_bytes() + after)
    with pytest.raises(Refusal, match=found), open_zip(path, SMALL):
        pass


def test_a_zip_with_a_comment_is_taken(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"x")
        archive.comment = b"made by hand"
    with open_zip(path, SMALL) as opened:
        assert read(opened, "a", 9) == b"x"


def test_names_of_a_thousand_letters_are_listed_and_cut(tmp_path):
    with open_source(zipped(tmp_path / "a.zip", [("a" * 5_000, b"x")])) as source:
        assert source.skipped[0].reason == "unsafe_name"
        assert len(source.skipped[0].file) == archives.MOST_NAME


def test_a_zip_in_a_zip_is_no_patch(tmp_path):
    inner = zipped(tmp_path / "inner.zip", [("a.png", b"x")]).read_bytes()
    with pytest.raises(Refusal, match="found something else"):
        read_zip(zipped(tmp_path / "a.zip", [("inner.zip", inner)]))


@pytest.mark.parametrize("version", [64, 255])
def test_a_version_that_no_one_has_is_a_sentence(tmp_path, version):
    path = zipped(tmp_path / "a.zip", [("a", b"x")])
    raw = bytearray(path.read_bytes())
    raw[raw.find(b"PK\1\2") + 6] = version
    path.write_bytes(raw)
    with pytest.raises(Refusal, match="no readable zip"), open_source(path):
        pass
