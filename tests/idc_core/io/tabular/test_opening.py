"""Tables as they come: separators, marks of order, packed, Parquet, broken."""

import bz2
import gzip
import lzma
import zipfile

import pandas as pd
import pytest

from idc_core.importing.reading import opened
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import content


def columns_of(path):
    return opened(path).samples()


def read(path, names):
    return opened(path).read(names)


NAME = "08863_idx5_x1_y51_class1.png"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_any_usual_separator_is_read(tmp_path, separator, encoding):
    file = tmp_path / "t.csv"
    text = f"file{separator}score\n{NAME}{separator}0.25\n"
    file.write_text(text, encoding=encoding)
    assert columns_of(file) == {"file": [NAME], "score": ["0.25"]}
    assert read(file, ["score"])["score"].tolist() == ["0.25"]


def test_a_packed_table_is_read(tmp_path):
    file = tmp_path / "t.csv.gz"
    file.write_bytes(gzip.compress(f"file;score\n{NAME};0.25\n".encode()))
    assert list(columns_of(file)) == ["file", "score"]


def test_texts_stay_texts_and_empty_cells_are_missing(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("patient,label\n08863,NA\n,1\n")
    found = read(file, ["patient", "label"])
    assert found["patient"].tolist()[0] == "08863", "no zero is lost"
    assert found["label"].tolist()[0] == "NA"
    assert found["patient"].isna().tolist() == [False, True]


def test_parquet_is_known_by_its_content(tmp_path):
    file = tmp_path / "t.anything"
    pd.DataFrame({"file": [NAME], "score": [0.25]}).to_parquet(file)
    assert columns_of(file)["score"] == ["0.25"]
    assert read(file, ["score"])["score"].tolist() == [0.25]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"file,score\n", "has no row"),
        (b"PAR1 and nothing more", "cannot be read"),
        (b"\xff\xfef\x00,\x00\n", "cannot be read as UTF-16"),
        (b"file,score\n\x00\x01\x02,1\n", "it is no text"),
        (b'file,score\n"open,1\nb,2\nc,3\n', "one in row 1 is not closed"),
        (b'file,score\na,"open\nb,2\nc,3\n', "one in row 1 is not closed"),
    ],
)
def test_a_broken_table_is_one_sentence(tmp_path, content, said):
    file = tmp_path / "t.csv"
    file.write_bytes(content)
    with pytest.raises(Refusal, match=said):
        columns_of(file)


def test_a_missing_table_is_said(tmp_path):
    with pytest.raises(Refusal, match="there is no such file"):
        columns_of(tmp_path / "none.csv")


def _zipped(file, *entries, packing=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file


def test_a_table_alone_in_a_zip_is_read_and_two_are_refused(tmp_path):
    text = f"file,score\n{NAME},0.25\n"
    file = _zipped(tmp_path / "t.csv", ("t.csv", text))
    assert read(file, ["score"])["score"].tolist() == ["0.25"]
    with pytest.raises(Refusal, match="the zip holds 2 files"):
        columns_of(_zipped(tmp_path / "two.zip", ("a.csv", text), ("b.csv", text)))


@pytest.mark.parametrize(("pack", "name"), [(bz2.compress, "bzip2"), (lzma.compress, "XZ")])
@pytest.mark.parametrize("ending", ["csv", "csv.bz2", "csv.xz"])
def test_other_packings_are_refused_by_name(tmp_path, pack, name, ending):
    file = tmp_path / f"t.{ending}"
    file.write_bytes(pack(b"file,score\n"))
    with pytest.raises(Refusal, match=f"packed with {name}"):
        columns_of(file)


def test_an_entry_packed_with_bzip2_is_refused_by_name(tmp_path):
    file = _zipped(tmp_path / "t.zip", ("t.csv", "file,score\n"), packing=zipfile.ZIP_BZIP2)
    with pytest.raises(Refusal, match="packed with bzip2"):
        columns_of(file)


@pytest.mark.parametrize("pack", ["gzip", "zip", "plain", "parquet"])
def test_a_table_is_counted_while_it_unpacks(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(content, "MOST_BYTES", 3_000_000)
    text = ("file,score\n" + f"{NAME},0.25\n" * 200_000).encode()
    file = tmp_path / "t.csv"
    if pack == "gzip":
        file.write_bytes(gzip.compress(text))
    elif pack == "zip":
        _zipped(file, ("t.csv", text))
    elif pack == "parquet":
        pd.DataFrame({"file": [NAME] * 200_000}).to_parquet(file)
    else:
        file.write_bytes(text)
    with pytest.raises(Refusal, match="at most 3,000,000 "):
        read(file, ["file"])


def test_what_a_system_puts_into_a_zip_beside_the_table_is_passed_over(tmp_path):
    file = tmp_path / "t.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for name in ("__MACOSX/._t.csv", "tables/.DS_Store", "Thumbs.db", "desktop.ini"):
            packed.writestr(name, b"\x00\x05")
        packed.writestr("tables/t.csv", f"file;score\n{NAME};0.25\n")
    assert columns_of(file) == {"file": [NAME], "score": ["0.25"]}
