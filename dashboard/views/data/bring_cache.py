"""Uploaded tables of predictions: read once, and interpreted once per set of options.

The cache key is the digest of the table and the files of all stores and runs that it is compared
with. Only a temporary copy is written, and it is deleted once it has been read.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.cache.stamps import Stamp, stamp
from idc_core.data.stores.store import store_folders
from idc_core.importing.columns import Columns
from idc_core.importing.known import several_slides
from idc_core.importing.options import Asked
from idc_core.importing.proved import Proved, Prover
from idc_core.importing.reading import Reading, opened, read_frame
from idc_core.io.paths import data_root, models_root
from idc_core.runs.run import list_runs
from idc_core.runs.score_parts import known_by


@dataclass(frozen=True)
class UploadedTable:
    """An uploaded table: its name, the SHA-256 of its bytes, its unmodified rows, and notes on
    anything unusual about reading it."""

    name: str
    digest: str
    frame: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ImportOptions:
    """The options set on the page: column names (None: as recognised) and the other answers."""

    columns: Columns = field(default_factory=Columns)
    words: tuple[tuple[str, int], ...] = ()
    scale: str | None = None
    labels_from: str | None = None
    places: str = "auto"
    like: str | None = None
    mean: bool = False
    accept_loss: bool = False

    def asked(self) -> Asked:
        """In the form that the import takes."""
        return Asked(
            words=dict(self.words),
            scale=self.scale,
            labels_from=self.labels_from,
            places=self.places,
            like=self.like,
            repeated="mean" if self.mean else None,
            accept_loss=self.accept_loss,
        )


def digest_of(data: bytes | memoryview) -> str:
    """SHA-256 of a file's bytes, as hex."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def on_disk(name: str, data: bytes | memoryview) -> Iterator[Path]:
    """The upload as a temporary file with its own name."""
    safe = re.sub(r"[^\w.() -]", "_", name)[-100:].lstrip(". ") or "table"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe
        with path.open("wb") as target:
            target.write(data)
        yield path


def table(name: str, data: bytes | memoryview) -> UploadedTable:
    """The rows of an uploaded table; raises `Refusal` where it cannot be read."""
    return _table(name, digest_of(data), data)


@st.cache_resource(max_entries=3, show_spinner="Reading the table …")
def _table(name: str, digest: str, _data: bytes | memoryview) -> UploadedTable:
    with on_disk(name, _data) as path:
        found = opened(path)
        return UploadedTable(name, digest, found.read(found.columns), found.notes)


def reading(uploaded: UploadedTable, options: ImportOptions) -> tuple[Reading, Proved | None]:
    """How a table is interpreted under these options, checked against the known stores and runs.

    Raises `Refusal` where it cannot be interpreted at all.
    """
    return _reading(uploaded.digest, options, _known_files(), uploaded)


@st.cache_resource(max_entries=12, show_spinner="Reading the table …")
def _reading(
    digest: str, options: ImportOptions, known: tuple[Stamp, ...], _uploaded: UploadedTable
) -> tuple[Reading, Proved | None]:
    prover = Prover(data_root(), models_root(), options.places, options.like)
    read = read_frame(
        _uploaded.frame,
        Path(_uploaded.name),
        options.columns,
        options.asked(),
        settle=prover,
        several=several_slides(data_root()),
        notes=_uploaded.notes,
    )
    return read, prover.found


def _known_files() -> tuple[Stamp, ...]:
    models = models_root()
    files = [folder / "index.parquet" for folder in store_folders(data_root())]
    files += [known_by(models / name) for name in list_runs(models)]
    return tuple(stamp(file) for file in files if file.is_file())
