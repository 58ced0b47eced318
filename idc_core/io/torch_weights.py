"""Weights that PyTorch saved, read without PyTorch and without running what the file says.

`torch.save` writes a pickle, which is a program: whoever unpickles it runs it. Here its opcodes are
looked at one by one, and those alone are followed that a table of arrays needs: an ordered
dictionary of names to tensors, each a view of numbers that lie behind the pickles. Anything else is
refused before it is followed.

The format is the one that PyTorch wrote until 1.6: pickles of a magic number, a version and the
machine, of the table, and of the storages' keys; then each storage as its count and its numbers.
"""

import io
import math
import pickletools
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal, refused_by_system

Array = npt.NDArray[Any]

MOST_BYTES = 500_000_000
MOST_STEPS = 200_000
"""Opcodes of one pickle: one of a network takes some fifty a tensor."""

MOST_DIMENSIONS = 8

_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_ORDERED, _TENSOR = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
_KINDS: dict[str, np.dtype[Any]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch LongStorage": np.dtype("<i8"),
}


class _Unreadable(Exception):
    """Why a file is not read, as the end of a sentence."""


class _Name(str):
    """A thing of Python that the file names; it is never looked up."""


class _Mark:
    """Where the items of a tuple, list or dictionary begin."""


class _Storage(NamedTuple):
    kind: np.dtype[Any]
    key: str
    size: int


@dataclass(frozen=True)
class _View:
    """A tensor: where in a storage it begins, its shape, and its strides in numbers."""

    storage: _Storage
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, numbers: Array) -> Array:
        steps = zip(self.shape, self.strides, strict=True)
        last = self.start + sum((size - 1) * step for size, step in steps)
        if math.prod(self.shape) > len(numbers) or last >= len(numbers):
            raise _Unreadable("a tensor reaches beyond its numbers")
        in_bytes = [step * numbers.itemsize for step in self.strides]
        view = np.lib.stride_tricks.as_strided(numbers[self.start :], self.shape, in_bytes)
        return view.copy()


def read_torch_weights(path: Path) -> dict[str, Array]:
    """The arrays of a file by name, float32 or int64.

    Raises `Refusal` for any other file, a damaged one, and one that asks for more than a table of
    arrays; nothing of it is run.
    """
    with refused_by_system(f"read {path}"):
        if path.stat().st_size > MOST_BYTES:
            raise _refusal(path, f"it has more than {MOST_BYTES:,} bytes")
        content = path.read_bytes()
    try:
        return _arrays(content)
    except _Unreadable as why:
        raise _refusal(path, str(why)) from None


def _refusal(path: Path, why: str) -> Refusal:
    return Refusal(
        f"expected weights as PyTorch saved them until version 1.6 in {path.name}: {why}. "
        "Nothing in it was run; take the file that its package brings."
    )


def _arrays(content: bytes) -> dict[str, Array]:
    if content.startswith(b"PK"):
        raise _Unreadable("it is a zip, as later versions write")
    file = io.BytesIO(content)
    if (_pickled(file), _pickled(file)) != (_MAGIC, _VERSION):
        raise _Unreadable("it does not begin as these do")
    _pickled(file)  # sizes of numbers on the machine that wrote it
    table, keys = _pickled(file), _pickled(file)
    if not isinstance(table, dict) or not all(isinstance(each, _View) for each in table.values()):
        raise _Unreadable("it holds something else than a table of tensors")
    storages = {each.storage.key: each.storage for each in table.values()}
    if len(storages) != len(table):
        raise _Unreadable("two of its tensors share their numbers")
    stored = _stored(file, keys, storages)
    return {name: each.of(stored[each.storage.key]) for name, each in table.items()}


def _stored(file: io.BytesIO, keys: Any, wanted: dict[str, _Storage]) -> dict[str, Array]:
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(wanted):
        raise _Unreadable("its numbers are not those of its tensors")
    found = {}
    for key in keys:
        kind, _, count = wanted[key]
        head, body = file.read(8), file.read(count * kind.itemsize)
        if len(head) != 8 or len(body) != count * kind.itemsize:
            raise _Unreadable("it ends too early")
        if struct.unpack("<q", head)[0] != count:
            raise _Unreadable("a storage has another size than its tensors say")
        found[key] = np.frombuffer(body, kind)
    if file.read(1):
        raise _Unreadable("there is more behind its numbers")
    return found


def _pickled(file: io.BytesIO) -> Any:
    """What the next pickle says, of the few things that it may say."""
    steps = _Steps()
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if count > MOST_STEPS:
                raise _Unreadable("it is too long")
            if opcode.name == "STOP":
                return steps.stack.pop()
            if opcode.name not in _FOLLOWED:
                raise _Unreadable(f"it asks for {opcode.name}, which no table of arrays needs")
            _FOLLOWED[opcode.name](steps, argument)
    except _Unreadable:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as broken:
        raise _Unreadable(f"it is damaged ({type(broken).__name__})") from None
    raise _Unreadable("it ends too early")


class _Steps:
    """A stack and a memory, as a pickle works on."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}

    def since_mark(self) -> list[Any]:
        at = max(at for at, each in enumerate(self.stack) if isinstance(each, _Mark))
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def last(self, count: int) -> tuple[Any, ...]:
        items = tuple(self.stack[-count:])
        if len(items) != count:
            raise IndexError
        del self.stack[-count:]
        return items

    def into_table(self, items: Sequence[Any]) -> None:
        table = self.stack[-1]
        if not isinstance(table, dict) or len(items) % 2:
            raise TypeError
        for name, value in zip(items[::2], items[1::2], strict=True):
            if type(name) is not str:
                raise _Unreadable("a name in it is not text")
            if name in table:
                raise _Unreadable(f"{name[:60]} stands in it twice")
            table[name] = value


def _named(steps: _Steps, name: str) -> None:
    if name not in (_ORDERED, _TENSOR, *_KINDS):
        raise _Unreadable(f"it asks for {name.replace(' ', '.')[:60]}, which no array needs")
    steps.stack.append(_Name(name))


def _called(steps: _Steps, _: Any) -> None:
    called, given = steps.last(2)
    if called == _ORDERED and given == () and type(called) is _Name:
        steps.stack.append({})
    elif called == _TENSOR and type(called) is _Name:
        storage, start, shape, strides, *_rest = given
        sizes = (start, *shape, *strides)
        if not isinstance(storage, _Storage) or not all(_is_count(each) for each in sizes):
            raise _Unreadable("a tensor in it is none")
        if len(shape) != len(strides) or len(shape) > MOST_DIMENSIONS or 0 in shape:
            raise _Unreadable("a tensor in it has no shape")
        steps.stack.append(_View(storage, start, shape, strides))
    else:
        raise _Unreadable("it calls what no array needs")


def _storage(steps: _Steps, _: Any) -> None:
    word, kind, key, _place, count, view = steps.stack.pop()
    if word != "storage" or type(kind) is not _Name or view is not None:
        raise _Unreadable("a storage in it is none")
    if type(key) is not str or not _is_count(count):
        raise _Unreadable("a storage in it is none")
    steps.stack.append(_Storage(_KINDS[kind], key, count))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_BYTES


def _state(steps: _Steps, _: Any) -> None:
    """PyTorch hangs versions of its modules on the table: nothing that an array needs."""
    steps.stack.pop()
    if not isinstance(steps.stack[-1], dict):
        raise TypeError


def _push(steps: _Steps, value: Any) -> None:
    steps.stack.append(value)


def _remember(steps: _Steps, at: int) -> None:
    steps.memory[at] = steps.stack[-1]


def _onto_list(steps: _Steps, items: Sequence[Any]) -> None:
    if not isinstance(steps.stack[-1], list):
        raise TypeError
    steps.stack[-1].extend(items)


_FOLLOWED: dict[str, Callable[[_Steps, Any], None]] = {
    "PROTO": lambda *_: None,
    "MARK": lambda steps, _: steps.stack.append(_Mark()),
    "NONE": lambda steps, _: steps.stack.append(None),
    "NEWTRUE": lambda steps, _: steps.stack.append(True),
    "NEWFALSE": lambda steps, _: steps.stack.append(False),
    **dict.fromkeys(("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE"), _push),
    "EMPTY_DICT": lambda steps, _: steps.stack.append({}),
    "EMPTY_LIST": lambda steps, _: steps.stack.append([]),
    "EMPTY_TUPLE": lambda steps, _: steps.stack.append(()),
    "TUPLE": lambda steps, _: steps.stack.append(tuple(steps.since_mark())),
    "TUPLE1": lambda steps, _: steps.stack.append(steps.last(1)),
    "TUPLE2": lambda steps, _: steps.stack.append(steps.last(2)),
    "TUPLE3": lambda steps, _: steps.stack.append(steps.last(3)),
    "BINPUT": _remember,
    "LONG_BINPUT": _remember,
    "BINGET": lambda steps, at: steps.stack.append(steps.memory[at]),
    "LONG_BINGET": lambda steps, at: steps.stack.append(steps.memory[at]),
    "SETITEM": lambda steps, _: steps.into_table(steps.last(2)),
    "SETITEMS": lambda steps, _: steps.into_table(steps.since_mark()),
    "APPEND": lambda steps, _: _onto_list(steps, steps.last(1)),
    "APPENDS": lambda steps, _: _onto_list(steps, steps.since_mark()),
    "GLOBAL": _named,
    "REDUCE": _called,
    "BINPERSID": _storage,
    "BUILD": _state,
}
