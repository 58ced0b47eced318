"""A table as a file: gzipped JSON in the run's `analysis/`, under a name that says what it is of.

`docs/threshold-table.md` describes it. One that is damaged, foreign or older is refused: what it
says would not be what the page says.
"""

import gzip
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.io.files import read_bytes, write_with
from idc_core.io.refusal import Refusal
from idc_core.metrics.over_thresholds import Along
from idc_core.runs.run import Run
from idc_core.threshold_table.build import Table

FORMAT = "idc-threshold-table/1"
MOST_BYTES = 16_000_000
"""A file that unfolds to more is none of ours."""


def path_of(run: Run, split: str, of: str) -> Path:
    """Where the table with this identity is kept."""
    return run.path / "analysis" / f"threshold_v1_{split}_{of[:12]}.json.gz"


def write(run: Run, split: str, of: str, content: bytes) -> Path:
    """Keep an `encoded` table, drop the split's older ones; raises `Refusal` where it cannot be."""
    path = path_of(run, split, of)
    write_with(path, lambda file: file.write(content))
    for older in path.parent.glob(f"threshold_v*_{split}_*.json.gz"):
        if older != path:
            older.unlink(missing_ok=True)
    return path


def read(run: Run, split: str, of: str) -> bytes:
    """The kept table with this identity, gzipped as it lies there; raises `Refusal` where there is
    none, or it is not whole."""
    path = path_of(run, split, of)
    content = read_bytes(path)
    refuse_other(content, of, str(path))
    return content


def encoded(table: Table) -> bytes:
    """A table as gzipped JSON; the same table is the same bytes."""
    rest = {
        "of": table.of,
        "grid": table.grid.tolist(),
        "scale": table.scale,
        "positives": table.positives,
        "negatives": table.negatives,
        "patients": table.patients,
        "tp": table.tp.tolist(),
        "fp": table.fp.tolist(),
        "numbers": {name: _bounds(each) for name, each in table.numbers.items()},
        "texts": {
            key: {"skeletons": each.skeletons, "rows": each.rows}
            for key, each in table.texts.items()
        },
    }
    whole = {"format": FORMAT, "digest": _digest(rest), **rest}
    return gzip.compress(_written(whole), mtime=0)


def refuse_other(content: bytes, of: str, where: str) -> None:
    """Raise `Refusal` unless this is a whole table of `of`, in today's format."""
    told = _unfolded(content, where)
    if told.pop("format", None) != FORMAT:
        raise Refusal(f"expected {FORMAT} in {where}: found another format. It is made again.")
    if told.get("of") != of:
        raise Refusal(f"expected the table of {of[:12]} in {where}: it is of other predictions.")
    if told.pop("digest", None) != _digest(told):
        raise Refusal(f"expected a whole table in {where}: it does not match its digest.")


def _unfolded(content: bytes, where: str) -> dict[str, Any]:
    try:
        unzip = zlib.decompressobj(wbits=31)
        text = unzip.decompress(content, MOST_BYTES)
        told = json.loads(text) if unzip.eof else None
    except (zlib.error, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refusal(f"expected gzipped JSON in {where}: it is damaged.")
    return told


def _digest(rest: dict[str, Any]) -> str:
    return hashlib.sha256(_written(rest)).hexdigest()


def _written(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _bounds(figure: Along) -> dict[str, list[float | None]]:
    return {name: _known(getattr(figure, name)) for name in ("value", "low", "high")}


def _known(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
