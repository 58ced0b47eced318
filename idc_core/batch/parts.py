"""The file that a unit's scores lie in: named by the digests of its content, the network and the
settings, and by the kind of processor; written once, beside its name, flushed, then renamed.

A unit that has such a file is not scored again. What the digest of a slide was is remembered in
`seen.jsonl`, so that ten thousand slides need not be read to find that they are done.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from idc_core.batch.unit import SlideUnit, StorePart, Unit, content_digest
from idc_core.io.files import (
    append_json_line,
    as_digested,
    digested,
    read_json_lines,
    write_with,
)
from idc_core.io.refusal import Refusal

SEEN = "seen.jsonl"
_SIGNS = 16
"""Of each digest in a file's name; the whole of it is in the file."""


@dataclass(frozen=True, slots=True)
class PartName:
    """What a part holds: SHA-256 of content, network and settings as hex; the kind of processor."""

    content: str
    model: str
    settings: str
    processor: str

    @property
    def file(self) -> str:
        digests = (self.content, self.model, self.settings)
        return "-".join([*(each[:_SIGNS] for each in digests), self.processor]) + ".parquet"


def parts_folder(out: Path) -> Path:
    """Where the parts of the run `out` lie: beside it."""
    return out.parent / f"{out.name}.parts"


def write_part(folder: Path, name: PartName, table: pa.Table) -> None:
    """Write a part; raises `SystemRefused` where the system does not let it."""
    said = table.replace_schema_metadata(asdict(name))
    content = digested(said, compression="zstd")
    write_with(folder / name.file, lambda file: file.write(content))


def read_part(folder: Path, name: PartName) -> pa.Table:
    """A part's table; raises `Refusal` naming the file where it is damaged or another's."""
    path = folder / name.file
    try:
        table = pq.read_table(pa.BufferReader(as_digested(path)), page_checksum_verification=True)
    except Exception as broken:  # damaged bytes raise whatever they happen to hit
        reason = (str(broken).splitlines() or [type(broken).__name__])[0][:120]
        raise Refusal(
            f"expected scores in {path}: the file is damaged ({reason}). Delete it and give the "
            "command again; all else is kept."
        ) from None
    _refuse_another(path, table.schema.metadata, name)
    return table


def patches_in(folder: Path, name: PartName) -> int | None:
    """How many patches a part holds, from its foot alone; None where there is no whole part."""
    path = folder / name.file
    try:
        known = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return None
    _refuse_another(path, known.metadata, name)
    return int(known.num_rows)


def refuse_other_model(folder: Path, model: str, run: str) -> None:
    """Raise `Refusal` where parts of another network lie in the folder."""
    for path in sorted(folder.glob("*.parquet")):
        words = path.name.split("-", 3)
        if len(words) == 4 and words[1] != model[:_SIGNS]:
            raise Refusal(
                f"expected scores by the network of {run} ({model[:_SIGNS]}) in {folder}: "
                f"{path.name} holds scores by another ({words[1][:_SIGNS]}). Name another folder "
                "with --out."
            )


class Seen:
    """Digests of slides, and what their files were like then: size and time of change."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / SEEN
        self._known = {
            str(line.get("mark")): str(line.get("sha256")) for line in read_json_lines(self._log)
        }

    def digest(self, unit: Unit) -> str | None:
        """SHA-256 of the content; None of a slide that was not seen, or not as it is now."""
        if isinstance(unit, StorePart):
            return content_digest(unit)
        return self._known.get(_mark(unit))

    def add(self, unit: Unit, digest: str) -> None:
        """Remember a slide's digest."""
        if isinstance(unit, StorePart):
            return
        mark = _mark(unit)
        if mark and self._known.get(mark) != digest:
            self._known[mark] = digest
            append_json_line(self._log, {"mark": mark, "sha256": digest})


def tidy(folder: Path) -> None:
    """Remove what a kill left half-written."""
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


def _mark(unit: SlideUnit) -> str:
    """What tells a file from one that was changed since; "" where it cannot be looked at."""
    try:
        files = [(str(each.absolute()), each.stat()) for each in unit.files()]
    except OSError:
        return ""
    said = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files]
    return sha256("\n".join(said).encode()).hexdigest()  # names no folder of this machine


def _refuse_another(path: Path, found: dict[bytes, bytes] | None, name: PartName) -> None:
    """What the file says of itself is what its name says."""
    known = found or {}
    for what, wanted in asdict(name).items():
        held = known.get(what.encode(), b"").decode(errors="replace")
        if held != wanted:
            raise Refusal(
                f"expected scores of {what} {wanted[:_SIGNS]} in {path}: it holds those of "
                f"{held[:_SIGNS] or 'none'}. Delete it and give the command again."
            )


def kinds_of(names: Collection[PartName]) -> list[str]:
    """The kinds of processors that the parts were scored on."""
    return sorted({each.processor for each in names})
