"""Files that are never half there: written beside their name, flushed, then renamed.

A kill at any moment leaves the old file or the new one. Parquet carries page checksums and its own
digest, so that a flipped bit is noticed instead of silently becoming another score.
"""

import glob
import hashlib
import io
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from idc_core.io.refusal import Refusal, refused_by_system

if TYPE_CHECKING:  # half a second that a command with no table to read need not wait
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

_DIGEST = "idc_sha256"
_DIGITS = 64


def write_with(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a temporary file in the same folder, then give it its name.

    Raises `SystemRefused` where the folder is read-only or the disk full; the old file stays.
    """
    with refused_by_system(f"write {path}"):
        _write_beside(path, write)


def _write_beside(path: Path, write: Callable[[BinaryIO], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_left(path: Path) -> None:
    """Remove what those left beside a file who were killed while they wrote it; for who alone
    writes it now."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut (where the system can)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    write_with(path, lambda file: file.write(text.encode()))


def write_json(path: Path, content: Any) -> None:
    """Write JSON; a number that is not finite becomes `null` (it is unknown, not a number)."""
    write_text(path, json.dumps(finite(content), indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON, or say in a sentence what is wrong with the file; numbers are finite."""
    return json_in(read_bytes(path), f"JSON in {path}")


def read_bytes(path: Path) -> bytes:
    """A file's content; raises `Refusal` where there is none, or a folder in its place."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal(f"expected the file {path}: it is not there.") from None
    except IsADirectoryError:
        raise Refusal(f"expected a file in {path}: there is a folder. Move it away.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal(f"expected to read {path}: {reason}. Change its rights.") from None


def json_in(content: bytes, where: str) -> Any:
    """The JSON in `content`; raises `Refusal` where it is none, naming `where`."""
    try:
        return json.loads(content.decode(), parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError) as broken:
        reason = str(broken).splitlines()[0] if str(broken) else "too deep"
        raise Refusal(f"expected {where}: it cannot be read ({reason}).") from None


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(f"{text} is no number, unknown is null")
    return found


def append_json_line(path: Path, content: dict[str, Any]) -> None:
    """Add one line to a log that is only ever appended to, and flush it to the disk."""
    with refused_by_system(f"write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(json_line(content) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def json_line(content: dict[str, Any]) -> bytes:
    """The line of such a log, without its end."""
    return json.dumps(finite(content), allow_nan=False).encode()


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Read such a log; a last line cut short by a kill is left out.

    Raises `Refusal` naming a line that is no JSON object.
    """
    if not path.exists():
        return []
    lines = read_bytes(path).splitlines()
    parsed = []
    for number, line in enumerate(lines, start=1):
        try:
            content = json_in(line, "JSON")
        except Refusal:
            if number < len(lines) or _is_whole(path):
                found = line[:60].decode(errors="replace")
                raise Refusal(
                    f"expected JSON in line {number} of {path}: found {found!r}."
                ) from None
        else:
            parsed.append(content)
    return parsed


def _is_whole(path: Path) -> bool:
    """Whether the log ends with a line's end, so that no kill cut the last line short."""
    return read_bytes(path).endswith(b"\n")


def log_lines(path: Path) -> list[bytes]:
    """The whole lines of a log as they lie there; what a kill left of an unfinished one is not."""
    if not path.exists():
        return []
    content = read_bytes(path)
    whole, _, rest = content.rpartition(b"\n")
    if rest:
        try:
            json.loads(rest)
        except ValueError:
            content = whole
    return [line for line in content.splitlines() if line.strip()]


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write a log as a whole, each of the lines with its end."""
    write_with(path, lambda file: file.writelines(line + b"\n" for line in lines))


def write_parquet(path: Path, frame: "pd.DataFrame") -> None:
    """Write a table with page checksums and its own digest (`digested`)."""
    import pyarrow as pa

    content = digested(pa.Table.from_pandas(frame, preserve_index=False))
    write_with(path, lambda file: file.write(content))


def digested(table: "pa.Table", **options: Any) -> bytes:
    """A Parquet file that holds the SHA-256 of its own bytes, with noughts in the digest's place.

    Page checksums cover the pages alone, and a bit of the foot may rename a column. `options`: of
    `pyarrow.parquet.ParquetWriter`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    into = pa.BufferOutputStream()
    with pq.ParquetWriter(into, table.schema, write_page_checksum=True, **options) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({_DIGEST: "0" * _DIGITS})
    content: bytes = into.getvalue().to_pybytes()
    start = _digest_in(content)
    digest = _digest_around(content, start)
    return content[:start] + digest + content[start + _DIGITS :]


def as_digested(path: Path) -> "pa.Buffer":
    """A Parquet file as it lies there, in memory of Arrow's; raises `ValueError` where it is not as
    its digest says. An older one has none."""
    content = read_bytes(path)
    start = _digest_in(content)
    if start >= 0 and content[start : start + _DIGITS] != _digest_around(content, start):
        raise ValueError("its bytes are not those of its digest")
    return arrow_memory(content)


def _digest_in(content: bytes) -> int:
    """Where the digest begins, −1 where there is none: behind its name in the foot, after what
    Thrift's compact form writes before a text of 64 letters."""
    found = content.rfind(_DIGEST.encode() + b"\x18\x40")
    return found + len(_DIGEST) + 2 if found >= 0 else -1


def _digest_around(content: bytes, start: int) -> bytes:
    whole = memoryview(content)
    digest = hashlib.sha256(whole[:start])
    digest.update(b"0" * _DIGITS)
    digest.update(whole[start + _DIGITS :])
    return digest.hexdigest().encode()


def read_parquet(
    path: Path, columns: list[str] | None = None, *, repeated: tuple[str, ...] = ()
) -> "pd.DataFrame":
    """Read a table, its digest and page checksums checked, or say in a sentence what is wrong.

    `repeated`: columns of few distinct texts, read as categories.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(
            pa.BufferReader(as_digested(path)),
            columns=columns,
            page_checksum_verification=True,
            read_dictionary=[*repeated] or None,
        )
        frame: pd.DataFrame = table.to_pandas()
    except Refusal:
        raise
    except Exception as broken:  # damaged bytes raise whatever they happen to hit
        raise _damaged(path, broken) from None
    return frame


def arrow_memory(content: bytes) -> "pa.Buffer":
    """A copy that belongs to Arrow.

    What belongs to Python is let go by a thread of Arrow's, which may be later than the reading: if
    it comes while Python closes down, it aborts the process (seen: a command that had done its work
    ended with 134, and `make dashboard` with it).
    """
    import pyarrow as pa

    memory = pa.allocate_buffer(len(content))
    memoryview(memory).cast("B")[:] = content
    return memory


def parquet_columns(path: Path) -> list[str]:
    """Names of a table's columns, read from its foot alone."""
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except FileNotFoundError:
        raise Refusal(f"expected the file {path}: it is not there.") from None
    except IsADirectoryError:
        raise Refusal(f"expected a file in {path}: there is a folder. Move it away.") from None
    except Exception as broken:
        raise _damaged(path, broken) from None


def _damaged(path: Path, broken: Exception, what: str = "a whole table") -> Refusal:
    reason = (str(broken).splitlines() or [type(broken).__name__])[0]
    return Refusal(f"expected {what} in {path}: it is damaged ({reason}).")


def read_arrays(path: Path) -> "dict[str, npt.NDArray[Any]]":
    """Every array of an `.npz` by its name, each held against its checksum; raises `Refusal` where
    there is no file, or it is damaged."""
    import numpy as np

    content = io.BytesIO(read_bytes(path))
    try:
        with np.load(content, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except Exception as broken:  # damaged bytes raise whatever they happen to hit
        raise _damaged(path, broken, "whole arrays") from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def finite(content: Any) -> Any:
    """What JSON can hold of it: a number that is not finite is unknown, `None`."""
    if isinstance(content, dict):
        return {str(key): finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    if hasattr(content, "item") and not isinstance(content, str | bytes):
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
