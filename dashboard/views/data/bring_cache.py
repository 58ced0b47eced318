"""Tables of predictions that somebody uploads: read once, understood once for each set of choices.

A table is known by the digest of its bytes; what it is held against by the files of all stores and
runs. Nothing is written but a copy that is deleted once it is read.
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
from idc_core.importing.options import Asked
from idc_core.importing.proved import Proved, Prover
from idc_core.importing.reading import Reading, opened, read_frame
from idc_core.io.paths import data_root, models_root
from idc_core.runs.run import list_runs


@dataclass(frozen=True)
class Brought:
    """A table that was uploaded: its name, the SHA-256 of its bytes, its rows as they stand there,
    and what was unusual about reading it."""

    name: str
    digest: str
    frame: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """What was chosen on the page: names of columns (None: as recognised) and the other answers."""

    columns: Columns = field(default_factory=Columns)
    words: tuple[tuple[str, int], ...] = ()
    scale: str | None = None
    labels_from: str | None = None
    places: str = "auto"
    like: str | None = None
    mean: bool = False
    accept_loss: bool = False

    def asked(self) -> Asked:
        """As the import takes them."""
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
    """The upload as a file of its own name, as long as it is needed."""
    safe = re.sub(r"[^\w.() -]", "_", name)[-100:].lstrip(". ") or "table"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe
        with path.open("wb") as target:
            target.write(data)
        yield path


def table(name: str, data: bytes | memoryview) -> Brought:
    """The rows of an uploaded table; raises `Refusal` where it is none."""
    return _table(name, digest_of(data), data)


@st.cache_resource(max_entries=3, show_spinner="Reading the table …")
def _table(name: str, digest: str, _data: bytes | memoryview) -> Brought:
    with on_disk(name, _data) as path:
        found = opened(path)
        return Brought(name, digest, found.read(found.columns), found.notes)


def reading(brought: Brought, choices: Choices) -> tuple[Reading, Proved | None]:
    """How a table is understood under these choices, held against what is known here.

    Raises `Refusal` where it cannot be understood at all.
    """
    return _reading(brought.digest, choices, _known_files(), brought)


@st.cache_resource(max_entries=12, show_spinner="Reading the table …")
def _reading(
    digest: str, choices: Choices, known: tuple[Stamp, ...], _brought: Brought
) -> tuple[Reading, Proved | None]:
    prover = Prover(data_root(), models_root(), choices.places, choices.like)
    read = read_frame(
        _brought.frame,
        Path(_brought.name),
        choices.columns,
        choices.asked(),
        settle=prover,
        notes=_brought.notes,
    )
    return read, prover.found


def _known_files() -> tuple[Stamp, ...]:
    models = models_root()
    files = [folder / "index.parquet" for folder in store_folders(data_root())]
    files += [models / name / "predictions.parquet" for name in list_runs(models)]
    return tuple(stamp(file) for file in files if file.is_file())
