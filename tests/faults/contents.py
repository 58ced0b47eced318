"""What lies in a folder, a digest a file, without what differs from one day to the next: times, and
what one machine took."""

import csv
import hashlib
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import onnx

TIMES = frozenset(
    (
        *("made", "started", "at", "chosen_at", "sealed", "seconds", "wall_seconds", "export_made"),
        *("waited_for_input_seconds", "trained_per_second", "scored_per_second"),
        *("model", "previous", "sha256", "id"),
    )
)
"""Fields of our records that say when, or how long; and digests of files that say when."""

STAMP = re.compile(r"-\d{4}-\d{2}-\d{2}T\d{2}\d{2}\d{2}[^/]*")
LOCKS = re.compile(r"(^|/)\.(.*\.)?(lock|ledger|seal)$")


def contents(root: Path) -> dict[str, str]:
    """`{path below root: digest}` of every file but locks, which say nothing."""
    files = (file for file in sorted(root.rglob("*")) if file.is_file())
    named = ((str(file.relative_to(root)), file) for file in files)
    return {
        STAMP.sub("-TIME", name): digest(file) for name, file in named if not LOCKS.search(name)
    }


def digest(file: Path) -> str:
    """Of what the file says, whatever the hour at which it says it."""
    return hashlib.sha256(_said(file).encode()).hexdigest()[:16]


def _said(file: Path) -> str:
    raw = file.read_bytes()
    try:
        return _as_its_kind(file, raw)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile, sqlite3.Error):
        return hashlib.sha256(raw).hexdigest()  # what a kill left of it


def _as_its_kind(file: Path, raw: bytes) -> str:
    if file.name == "seal.json":
        return _names_in_seal(raw)
    if file.suffix == ".json":
        return _json(json.loads(raw))
    if file.suffix == ".jsonl":
        return _lines(raw)
    if file.suffix == ".csv":
        return _without_times(raw)
    if file.suffix in {".npz", ".keras"}:
        return _zipped(raw)
    if file.suffix == ".onnx":
        return _network(raw)
    if file.suffix == ".sqlite":
        return _rows(file)
    return hashlib.sha256(raw).hexdigest()


def _json(content: Any) -> str:
    return json.dumps(_timeless(content), sort_keys=True)


def _timeless(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _timeless(value) for key, value in content.items() if key not in TIMES}
    return [_timeless(each) for each in content] if isinstance(content, list) else content


def _names_in_seal(raw: bytes) -> str:
    """Digests of files with times in them differ; `seal.differences` holds them against these."""
    seal = json.loads(raw)
    return _json([sorted(seal["files"]), sorted(seal["logs"]), seal.get("changing")])


def _lines(raw: bytes) -> str:
    """What was resumed says so, and may."""
    rows = [_timeless(json.loads(line)) for line in raw.splitlines()]
    return json.dumps([row for row in rows if row.get("kind") != "resume"], sort_keys=True)


def _without_times(raw: bytes) -> str:
    rows = csv.DictReader(io.StringIO(raw.decode()))
    return json.dumps([{k: v for k, v in row.items() if k not in TIMES} for row in rows])


def _zipped(raw: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in sorted(archive.namelist())
            # the day on which Keras saved it, and names that it numbers
            if name not in ("metadata.json", "config.json")
        }
    return json.dumps(parts)


def _network(raw: bytes) -> str:
    """What it computes: the exporter numbers names in an order of its own."""
    graph = onnx.load_from_string(raw).graph
    weights = sorted(hashlib.sha256(each.raw_data).hexdigest() for each in graph.initializer)
    return json.dumps([weights, [node.op_type for node in graph.node]])


def _rows(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(
            "select token, number, patient, x, verdict from event order by 1, 2"
        ).fetchall()
    return json.dumps(rows)
