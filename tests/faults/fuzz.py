"""Inputs that nobody meant: each is refused in a sentence of ours, or read as what it says.

Anything else that is raised is what is looked for.
"""

import json
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dashboard.state import selection
from idc_core.annotations import opening
from idc_core.data.folders.file_names import read_name
from idc_core.data.images import decode_patch
from idc_core.importing.reading import read_table
from idc_core.io import record
from idc_core.io.names import needed_run
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal
from idc_core.records.folds import Folds
from idc_core.records.ledger import Look, OperatingPoint
from idc_core.records.manifest import Manifest
from idc_core.records.notes import Notes
from idc_core.records.report import Report
from idc_core.records.run_info import RunInfo
from idc_core.records.score_parts import Parts
from idc_core.score.intake import read_zip
from tests.faults.corpus import ANNOTATIONS, TABLES

CASES = 20_000
"""Of all kinds together."""

BLOCK = 250
"""Cases that are run, and remembered, at once."""


@dataclass(frozen=True)
class Inputs:
    """`values`: what is tried. `tried`: "refused", or "read" where what was read holds together."""

    of: str
    values: SearchStrategy[Any]
    tried: Callable[[Any], str]


@dataclass(frozen=True)
class Block:
    inputs: Inputs
    number: int
    seed: int
    many: int

    @property
    def key(self) -> str:
        return f"fuzz {self.seed} {self.inputs.of} {self.number}"


def drawn(number: int, cases: int = CASES) -> list[Block]:
    """Blocks of all kinds in turn, `cases` or a few more."""
    of_each = -(-cases // len(INPUTS))
    blocks = -(-of_each // BLOCK)
    many = -(-of_each // blocks)
    return [Block(inputs, at, number, many) for at in range(blocks) for inputs in INPUTS]


def all_tried(blocks: list[Block]) -> Iterator[tuple[Block, dict[str, int], str]]:
    """Each block with how many were refused and read, and what failed first, "" where nothing."""
    for block in blocks:
        found: Counter[str] = Counter()
        said = ""
        try:
            run(block.inputs, block.many, found, hash_of(block.key))
        except Exception as broken:  # what no reader is made for is what is looked for
            found["traceback"] += 1
            said = f"{type(broken).__name__}: {broken} {getattr(broken, '__notes__', '')}"[:600]
        yield block, dict(found), said


def hash_of(key: str) -> int:
    """The seed of a block: the same on every machine."""
    return int.from_bytes(key.encode()[-8:], "big")


def run(inputs: Inputs, many: int, found: Counter[str], number: int) -> None:
    """Tries so many; raises what a reader raised that is no refusal, with the smallest input."""

    @seed(number)
    @settings(
        max_examples=many,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(inputs.values)
    def each(value: Any) -> None:
        found[_outcome(inputs, value)] += 1

    each()


def _outcome(inputs: Inputs, value: Any) -> str:
    try:
        return inputs.tried(value)
    except Refusal as refused:
        said = str(refused)
        assert said, "a refusal that says nothing"
        assert len(said) < 4_000, f"a refusal of {len(said):,} characters"
        return "refused"


# --- changes to something that is whole ---------------------------------------------------------

_CHANGE = st.tuples(
    st.sampled_from(("flip", "set", "cut", "insert", "drop", "repeat")),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 255),
    st.integers(1, 16),
)


def changed(whole: SearchStrategy[bytes], most: int = 6) -> SearchStrategy[bytes]:
    """Such bytes with up to so many bits flipped, bytes put in, taken out or cut off."""
    return st.builds(_changed, whole, st.lists(_CHANGE, max_size=most))


def _changed(whole: bytes, changes: list[tuple[str, float, int, int]]) -> bytes:
    content = bytearray(whole)
    for what, where, byte, many in changes:
        at = int(where * len(content))
        if what == "cut":
            del content[at:]
        elif what == "drop":
            del content[at : at + many]
        elif what == "insert":
            content[at:at] = bytes([byte]) * many
        elif what == "repeat":
            content[at:at] = content[at : at + 8 * many]
        elif content:
            content[at] = byte if what == "set" else content[at] ^ 1 << byte % 8
    return bytes(content)


def _at(path: str, content: bytes, read: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        file = Path(folder) / path
        file.write_bytes(content)
        return read(file)


# --- names --------------------------------------------------------------------------------------

_WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ("_idx5", "_x1", "_y51", "_class0", ".png", ".PNG", " (1)", "copy of ", "/", "\0")
    ),
    st.sampled_from(
        ("10253", "٣", "\u202e", "-1", "x" * 70, "..", "_rot90", ".zip", "1e9", "9" * 30)
    ),
)
_NAMES = st.one_of(
    st.lists(_WORDS, max_size=8).map("".join),
    st.builds(
        "{}_idx{}_x{}_y{}_class{}.{}".format,
        _WORDS, _WORDS, st.integers(), st.integers(), _WORDS, st.sampled_from(("png", "jpg", "")),
    ),
    st.builds("{}_idx5_x{}_y{}_class{}.png".format, st.from_regex(r"[\w.-]{1,9}", fullmatch=True),
              st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 2)),
)  # fmt: skip


def _name(base: str) -> str:
    found = read_name(base).name
    assert read_name(f"{found}").name == found
    assert found.label in (0, 1)
    return "read"


# --- PNG bytes ----------------------------------------------------------------------------------


def _png(high: int, wide: int, kind: int, seed_: int) -> bytes:
    rng = np.random.default_rng(seed_)
    shape = {0: (high, wide), 1: (high, wide, 3), 2: (high, wide, 4)}[kind]
    return cv2.imencode(".png", rng.integers(0, 256, shape, np.uint8))[1].tobytes()


_PNGS = st.builds(
    _png, st.integers(1, 60), st.integers(1, 60), st.integers(0, 2), st.integers(0, 9)
)


def _image(content: bytes) -> str:
    pixels = decode_patch(content).pixels
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert max(pixels.shape[:2]) <= 50
    whole = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert whole is not None, "another decoder refuses what was read"
    assert np.array_equal(whole, pixels)
    return "read"


# --- zips ---------------------------------------------------------------------------------------

_ENTRIES = st.lists(
    st.tuples(st.one_of(_NAMES, _WORDS), st.one_of(changed(_PNGS, 1), st.binary(max_size=40))),
    min_size=1,
    max_size=4,
)


def _zip(entries: list[tuple[str, bytes]], deflated: bool) -> bytes:
    into = BytesIO()
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(into, "w", method) as archive:
        for number, (name, content) in enumerate(entries):
            said = name.encode("utf-8", "ignore").decode() or f"{number}"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a name that stands twice, as is wanted here
                archive.writestr(zipfile.ZipInfo(said), content)
    return into.getvalue()


def _archive(content: bytes) -> str:
    brought = _at("upload.zip", content, read_zip)
    assert brought.patches.shape == (len(brought.rows), 50, 50, 3)
    assert len(brought.rows)
    return "read"


# --- tables -------------------------------------------------------------------------------------

_CELLS = st.one_of(
    st.sampled_from(
        ("0.5", "1", "0", "-1", "nan", "inf", "1e400", "50%", "0,5", "IDC", "", "test")
    ),
    st.text(max_size=6),
    st.floats(allow_nan=False, width=32).map(str),
)
_COLUMNS = st.sampled_from(
    ("file", "patient", "x", "y", "label", "score", "prob_idc", "split", "slide", "", "score")
)


def _csv(columns: list[str], cells: list[str], sign: str, code: str) -> bytes:
    wide = len(columns)
    rows = [columns, *(cells[at : at + wide] for at in range(0, len(cells), wide))]
    return "\n".join(sign.join(row) for row in rows).encode(code, "replace")


_TABLES = st.one_of(
    changed(st.sampled_from(TABLES)),
    st.builds(
        _csv,
        st.lists(_COLUMNS, min_size=1, max_size=6),
        st.lists(_CELLS, max_size=24),
        st.sampled_from((",", ";", "\t", "|")),
        st.sampled_from(("utf-8", "utf-16", "cp1252")),
    ),
)


def _table(content: bytes) -> str:
    rows = _at("theirs.csv", content, read_table).rows
    if len(rows):
        scores = rows["score"].dropna() if "score" in rows else pd.Series(dtype=float)
        assert scores.between(0, 1).all(), "a score that is no probability was read"
    return "read"


# --- annotations --------------------------------------------------------------------------------

_DRAWN = changed(st.sampled_from(ANNOTATIONS))


def _annotations(content: bytes) -> str:
    for region in _at("drawn.txt", content, opening.read).regions:
        assert np.isfinite(region.shape.bounds).all() or region.shape.is_empty
    return "read"


# --- addresses ----------------------------------------------------------------------------------

_SAID = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ("test", "demo", "0.5", "nan", "-0", "1e-400", "x1_y51", "x١_y2", "inf", "../..")
    ),
    st.floats().map(repr),
)
_ADDRESSES = st.one_of(
    st.dictionaries(st.sampled_from(selection.NAMES), _SAID),
    st.builds(
        "{}://{}:{}@{}:{}/{}?{}".format,
        st.sampled_from(("postgresql", "postgres", "http", "")), _SAID, _SAID, _SAID, _SAID, _SAID,
        _SAID,
    ),
    _SAID,
)  # fmt: skip


def _address(said: Any) -> str:
    if isinstance(said, str) and "://" in said:
        address_of(said)
        return "read"
    if isinstance(said, str):
        needed_run(Path(tempfile.gettempdir()) / "no models" / said.replace("\0", ""))
        return "read"
    told: list[str] = []
    note, selection.note = selection.note, told.append
    try:
        found = selection._checked(selection.Selection(), said)
    finally:
        selection.note = note
    assert found.split in selection.SPLITS
    assert found.threshold is None or 0 <= found.threshold <= 1
    assert found.patch is None or found.place is not None
    assert all(len(sentence) < 200 for sentence in told)
    return "read"


# --- records ------------------------------------------------------------------------------------

_KINDS = (RunInfo, Report, Manifest, Notes, Folds, Parts, OperatingPoint, Look)
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)  # fmt: skip


def _json_of(kind: type[record.Record], values: list[Any], order: list[int]) -> bytes:
    names = [name for name in kind.__struct_fields__ if name != "others"]
    some = [names[at % len(names)] for at in order]
    content = dict(zip(some, values, strict=False))
    return json.dumps(content).encode()


_RECORDS = st.tuples(
    st.sampled_from(_KINDS),
    st.one_of(
        changed(st.sampled_from(
            (b'{"tags": ["a"], "archived": false}', b'{"format": 1, "threshold": 0.5}',
             b'{"folds": 3, "seed": 0, "data": "f", "patients": {"p": 1}}',
             b'{"parts": [{"file": "a.parquet", "rows": 3, "sha256": "0"}]}',
             b'{"status": "finished", "data": {"name": "tiny", "fingerprint": "0"}}'),
        )),
        st.builds(
            _json_of, st.sampled_from(_KINDS), st.lists(_LEAVES, max_size=8),
            st.lists(st.integers(0, 60), max_size=8),
        ),
    ),
)  # fmt: skip


def _record(given_: tuple[type[record.Record], bytes]) -> str:
    kind, content = given_
    found = _at("record.json", content, lambda file: record.read(kind, file))
    again = record.of(kind, json.loads(json.dumps(record.fields(found))), "itself")
    assert record.fields(again) == record.fields(found) or "nan" in repr(found)
    return "read"


INPUTS = (
    Inputs("names", _NAMES, _name),
    Inputs("PNG bytes", changed(_PNGS, 4), _image),
    Inputs("zips", changed(st.builds(_zip, _ENTRIES, st.booleans()), 3), _archive),
    Inputs("tables", _TABLES, _table),
    Inputs("annotations", _DRAWN, _annotations),
    Inputs("addresses", _ADDRESSES, _address),
    Inputs("records", _RECORDS, _record),
)
