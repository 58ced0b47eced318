"""Parquet, Feather, JSON and spreadsheets give the rows of a CSV; what is no table is named."""

import gzip
import json
import sys
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from idc_core.io.refusal import Refusal
from idc_core.io.tabular import excel, numbers, open_table

FRAME = pd.DataFrame({"file": ["a", "b", "00123"], "prob": [0.1, 0.9, 0.25], "label": [0, 1, 0]})


def same(table):
    frame = table.read(["file", "prob", "label"])
    return (
        frame["file"].tolist() == ["a", "b", "00123"]
        and numbers(frame["prob"]).tolist() == [0.1, 0.9, 0.25]
        and numbers(frame["label"]).tolist() == [0, 1, 0]
    )


def _stream(file):
    table = pa.Table.from_pandas(FRAME)
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


WRITERS = {
    "Parquet": FRAME.to_parquet,
    "Parquet with an index": FRAME.set_index("file").to_parquet,
    "Feather": FRAME.to_feather,
    "a stream of Arrow": _stream,
    **{
        f"JSON {orient}": lambda file, orient=orient: FRAME.to_json(file, orient=orient)
        for orient in ("records", "split", "columns", "table")
    },
    "JSON lines": lambda file: FRAME.to_json(file, orient="records", lines=True),
    "JSON lines, packed": lambda file: file.write_bytes(
        gzip.compress(FRAME.to_json(orient="records", lines=True).encode())
    ),
    "JSON lists": lambda file: file.write_text(json.dumps(FRAME.to_dict("list"))),
    "JSON, wrapped": lambda file: file.write_text(
        json.dumps({"results": FRAME.to_dict("records")})
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_gives_the_same_rows(tmp_path, kind):
    file = tmp_path / "table"
    WRITERS[kind](file)
    assert same(open_table(file))


def test_names_of_rows_without_a_name_are_a_column(tmp_path):
    frame = FRAME.set_index("file")
    frame.index.name = None
    frame.to_parquet(tmp_path / "t")
    assert open_table(tmp_path / "t").read(["index"])["index"].tolist() == ["a", "b", "00123"]


def test_lists_structs_and_categories_of_parquet_are_plain_columns(tmp_path):
    pd.DataFrame(
        {
            "one": [[0.5], [0.25]],
            "pair": [[0.1, 0.9], None],
            "of": [{"idc": 0.5, "no": 0.5}, {"idc": 1.0, "no": 0.0}],
            "kind": pd.Categorical(["x", "y"]),
            "short": np.float32([0.7, 0.1]),
        }
    ).to_parquet(tmp_path / "t")
    table = open_table(tmp_path / "t")
    assert table.columns == ("one", "pair", "of.idc", "of.no", "kind", "short")
    assert table.samples()["pair"] == ["[0.1, 0.9]", ""]
    assert table.samples()["short"] == ["0.7", "0.1"]
    frame = table.read(["one", "of.idc", "kind", "short"])
    assert numbers(frame["one"]).tolist() == [0.5, 0.25]
    assert frame["of.idc"].tolist() == [0.5, 1.0]
    assert frame["kind"].tolist() == ["x", "y"]
    assert numbers(frame["short"]).tolist() == [0.7, 0.1]


def test_a_cut_line_of_json_is_told(tmp_path):
    (tmp_path / "t").write_text('{"a": 1}\n{"a": 2}\n{"a": 3, "b"')
    table = open_table(tmp_path / "t")
    assert table.read(["a"])["a"].tolist() == ["1", "2"]
    assert table.notes == ('The last line is cut off: row 3, \'{"a": 3, "b"\', is left out.',)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": 1}\n{"a" 2}\n{"a": 3}\n', "row 2: "),
        ('[{"a": 1}, {"a"', "begins like JSON"),
        ("[" * 100_000, "recursion|begins like JSON"),
        ('{"a": {"b": [1]}, "c": 3}', "expected records"),
        ("[[1], 2]", "expected records"),
    ],
)
def test_json_that_is_no_table_is_one_sentence(tmp_path, content, said):
    (tmp_path / "t.json").write_text(content)
    with pytest.raises(Refusal, match=said):
        open_table(tmp_path / "t.json")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.pkl", b"\x80\x04]\x94.", "a Python pickle, and opening one runs whatever code"),
        ("t.csv", b"\x80\x05K\x01.", "a Python pickle"),
        ("t.pkl.gz", gzip.compress(b"\x80\x04]\x94.", mtime=0), "a Python pickle"),
        ("t.joblib", b"anything", "a Python pickle"),
        ("t.csv", b"<!DOCTYPE html><html>", "a web page, saved in place of the file"),
        ("t.csv", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("t.h5", b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        ("t.csv", b"\x89PNG\r\n\x1a\n", "an image"),
        ("t.csv", bytes(100), "it is no text"),
        ("t.csv", gzip.compress(b"a,b\n" * 99, mtime=0)[:-9], "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match=said):
        open_table(tmp_path / name)


def test_an_array_is_refused_by_its_shape(tmp_path):
    np.save(tmp_path / "t.npy", np.zeros((3, 2)))
    with pytest.raises(
        Refusal, match="a NumPy array of shape 3 × 2, which does not say which patch"
    ):
        open_table(tmp_path / "t.npy")
    content = (tmp_path / "t.npy").read_bytes()
    (tmp_path / "broken.npy").write_bytes(content.replace(b"(3, 2)", b"(3, ([", 1))
    with pytest.raises(Refusal, match="a NumPy array, which does not say which patch"):
        open_table(tmp_path / "broken.npy")
    np.savez(tmp_path / "t.npz", a=np.zeros(3))
    with pytest.raises(Refusal, match="a NumPy array"):
        open_table(tmp_path / "t.npz")


def test_a_network_of_torch_is_a_pickle(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02.")
    with pytest.raises(Refusal, match="a Python pickle"):
        open_table(tmp_path / "t.zip")


def _xlsx(file, *sheets):
    """A spreadsheet of rows: texts as they are, numbers as numbers."""
    kind = "http://schemas.openxmlformats.org"
    main, office = f"{kind}/spreadsheetml/2006/main", f"{kind}/officeDocument/2006/relationships"
    numbered = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbered)
    linked = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbered
    )
    parts = {
        "workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets>'
        "</workbook>",
        "_rels/workbook.xml.rels": f'<Relationships xmlns="{kind}/package/2006/relationships">'
        f"{linked}</Relationships>",
        **{
            f"worksheets/sheet{n}.xml": f'<worksheet xmlns="{main}"><sheetData>{_cells(rows)}'
            "</sheetData></worksheet>"
            for n, rows in zip(numbered, sheets, strict=True)
        },
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", _TYPES)
        book.writestr("_rels/.rels", _START)
        for name, text in parts.items():
            book.writestr(f"xl/{name}", text)


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


_START = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def _cells(rows):
    return "".join(
        f'<row r="{at}">{"".join(_cell(f"{chr(65 + c)}{at}", v) for c, v in enumerate(row))}</row>'
        for at, row in enumerate(rows, 1)
    )


def _cell(place, value):
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


ROWS = [["file", "prob", "label"], ["a", 0.1, 0], ["b", 0.9, 1], ["00123", 0.25, 0]]


def test_a_spreadsheet_is_read_below_its_title_and_the_sheet_named(tmp_path):
    pytest.importorskip("python_calamine")
    _xlsx(tmp_path / "t.xlsx", [["Read me"]], [["Results"], *ROWS], [["other"]])
    table = open_table(tmp_path / "t.xlsx")
    assert same(table)
    assert table.samples()["label"] == ["0", "1", "0"], "whole numbers have no point"
    assert table.notes == (
        "Read from the sheet “S2”, not from “S1”, “S3”.",
        "1 row above the table left out.",
    )


def test_without_the_reader_a_spreadsheet_is_refused_with_the_line_that_installs_it(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    _xlsx(tmp_path / "t.xlsx", ROWS)
    with pytest.raises(Refusal, match=r"pip install -r requirements-excel\.txt"):
        open_table(tmp_path / "t.xlsx")


def test_a_far_cell_does_not_take_the_memory_of_the_machine(tmp_path):
    pytest.importorskip("python_calamine")
    _xlsx(tmp_path / "t.xlsx", ROWS)
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    far = parts["xl/worksheets/sheet1.xml"].replace(b'r="C4"', b"r = 'XFD1048576'")
    with zipfile.ZipFile(tmp_path / "far.xlsx", "w") as book:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": far}).items():
            book.writestr(name, content)
    with pytest.raises(Refusal, match="row 1,048,576 and column 16,384"):
        open_table(tmp_path / "far.xlsx")


def test_other_spreadsheets_are_refused_by_name(tmp_path):
    pytest.importorskip("python_calamine")
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as book:
        book.writestr("content.xml", "<office/>")
    with pytest.raises(Refusal, match=r"it is one as \.ods. Save it as \.xlsx"):
        open_table(tmp_path / "t.ods")


def test_a_damaged_spreadsheet_is_one_sentence(tmp_path):
    pytest.importorskip("python_calamine")
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "<nonsense")
    with pytest.raises(Refusal, match="expected a table in"):
        open_table(tmp_path / "t.xlsx")


def test_a_folder_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(Refusal, match="it is a folder"):
        open_table(tmp_path)
    with pytest.raises(Refusal, match="there is no such file"):
        open_table(tmp_path / "none.csv")


def test_a_sheet_of_more_cells_than_are_read_is_refused(tmp_path, monkeypatch):
    pytest.importorskip("python_calamine")
    _xlsx(tmp_path / "t.xlsx", ROWS)
    cells = len(ROWS) * len(ROWS[0])
    monkeypatch.setattr(excel, "MOST_CELLS", cells)
    assert open_table(tmp_path / "t.xlsx")
    monkeypatch.setattr(excel, "MOST_CELLS", cells - 1)
    with pytest.raises(Refusal, match=rf"^expected a sheet of at most {cells - 1} cells in .*more"):
        open_table(tmp_path / "t.xlsx")
