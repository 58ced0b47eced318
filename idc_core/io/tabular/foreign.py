"""Files that people take for tables and that are none, refused by name, with the cure."""

import re
from pathlib import Path

from idc_core.io.refusal import Refusal

_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth")
_PICKLE_HEAD = re.compile(rb"\x80[\x02-\x05]")

_HEADS = {
    b"BZh": ("packed with bzip2", "Unpack it first"),
    b"\xfd7zXZ": ("packed with XZ", "Unpack it first"),
    b"\x28\xb5\x2f\xfd": ("packed with Zstandard", "Unpack it first"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it first"),
    b"Rar!": ("a RAR archive", "Unpack it first"),
    b"\x89HDF": ("an HDF5 file", "Write its table as a CSV: pd.read_hdf(file).to_csv('table.csv')"),
    b"MATLAB 5.0": ("a MATLAB file", "Write it as a CSV there: writetable(t, 'table.csv')"),
    b"SQLite format 3": ("a SQLite database", "Export the one table as a CSV"),
    b"RDX": ("R data", "Write it as a CSV in R: write.csv(d, 'table.csv', row.names = FALSE)"),
    b"FEA1": ("a Feather file of version 1", "Write it again with a current pandas"),
    b"ORC": ("an ORC file", "Write it as Parquet or CSV"),
    b"%PDF": ("a PDF", "Ask for the table as a CSV"),
    b"\x89PNG": ("an image", "Name the table of patches instead"),
    b"\xff\xd8\xff": ("an image", "Name the table of patches instead"),
    b"version https://git-lfs": (
        "a pointer of Git LFS, without the data",
        "Fetch the file: git lfs pull",
    ),
}
_SHAPE = re.compile(rb"'shape': \(([\d, ]+)\)")
_PAGE = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)


def foreign(path: Path, head: bytes, name: str | None = None) -> None:
    """Raise `Refusal` if `head`, the first bytes of `path`, or its name are those of a file that is
    no table. `name`: of the file inside, where `path` is packed."""
    name = (name or path.name).lower()
    if _PICKLE_HEAD.match(head) or name.endswith(_PICKLES):
        raise Refusal(
            f"expected a table in {path}: it is a Python pickle, and opening one runs whatever "
            "code is in it, so it is not opened. Write what it holds as a CSV where you trust it: "
            "pd.DataFrame(pd.read_pickle(file)).to_csv('table.csv')."
        )
    if head.startswith(b"\x93NUMPY") or name.endswith(".npz"):
        raise Refusal(
            f"expected a table in {path}: it is a NumPy array{_shape(head)}, which does not say "
            "which patch each number is of. Write the file names beside the scores: "
            "pd.DataFrame({'file': files, 'prob': scores}).to_csv('table.csv', index=False)."
        )
    if _PAGE.match(head):
        raise Refusal(
            f"expected a table in {path}: it is a web page, saved in place of the file. Download "
            "the file itself, on GitHub with “Raw”."
        )
    for mark, (kind, cure) in _HEADS.items():
        if head.startswith(mark):
            raise Refusal(f"expected a table in {path}: it is {kind}. {cure}.")


def _shape(head: bytes) -> str:
    match = _SHAPE.search(head[:256])
    sizes = match[1].decode().split(",") if match else []
    known = [size.strip() for size in sizes if size.strip()]
    return f" of shape {' × '.join(known)}" if known else ""
