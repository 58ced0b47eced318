"""Messages between the dashboard and the process that computes gradients: JSON, then raw arrays.

A message is a length (4 bytes, little-endian), that many bytes of JSON, then the arrays named in
its `arrays`, one after the other. Nothing is pickled, so a message can carry numbers but no code.
"""

import json
import struct
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

_KINDS = ("float32", "float64", "uint8", "int64")
MOST_BYTES = 256 * 1024 * 1024


def send(stream: BinaryIO, said: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write one message and flush it."""
    whole = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    for name, array in whole.items():
        if array.dtype.name not in _KINDS:
            raise ValueError(f"expected {name} as one of {', '.join(_KINDS)}: found {array.dtype}.")
    listed = [[name, array.dtype.name, list(array.shape)] for name, array in whole.items()]
    head = json.dumps({**said, "arrays": listed}, allow_nan=False).encode()
    stream.write(struct.pack("<I", len(head)) + head)
    for array in whole.values():
        stream.write(array.tobytes())
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], Arrays]:
    """Read one message; raises `EOFError` where the other side is gone, `ValueError` for noise."""
    (length,) = struct.unpack("<I", _exactly(stream, 4))
    said = json.loads(_exactly(stream, _within(length)))
    arrays: Arrays = {}
    for name, kind, shape in said.pop("arrays"):
        if kind not in _KINDS:
            raise ValueError(f"expected an array of numbers: found {kind!r}.")
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
        arrays[name] = np.frombuffer(_exactly(stream, _within(size)), kind).reshape(shape)
    return said, arrays


def _within(size: int) -> int:
    if not 0 <= size <= MOST_BYTES:
        raise ValueError(f"expected a message of at most {MOST_BYTES:,} bytes: found {size:,}.")
    return size


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        part = stream.read(size)
        if not part:
            raise EOFError("the other side has ended")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
