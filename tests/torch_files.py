"""Files of weights as PyTorch wrote them until version 1.6, written without PyTorch."""

import pickle
import struct
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

View = tuple[int, tuple[int, ...], tuple[int, ...]]
"""Where a tensor begins among its numbers, its shape and its strides."""


class _Kept:
    """Pickled as a reference to numbers behind the pickles."""

    def __init__(self, kind: str, key: str, count: int) -> None:
        self.kind, self.key, self.count = kind, key, count


class _Tensor:
    def __init__(self, kept: _Kept, view: View) -> None:
        self.kept, self.view = kept, view

    def __reduce__(self) -> Any:
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (self.kept, *self.view, False, OrderedDict())


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, _Kept):
            return None
        kind = getattr(sys.modules["torch"], value.kind)
        return ("storage", kind, value.key, "cpu", value.count, None)


@contextmanager
def _torch() -> Iterator[None]:
    """Modules that have the names a file mentions, and nothing else."""

    def _rebuild_tensor_v2() -> None: ...

    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    for kind in ("FloatStorage", "LongStorage"):
        setattr(torch, kind, type(kind, (), {"__module__": "torch"}))
    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules |= {"torch": torch, "torch._utils": utils}
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def write_torch(
    path: Path,
    weights: Mapping[str, npt.NDArray[Any]],
    *,
    views: Mapping[str, View] | None = None,
    others: Mapping[str, Any] | None = None,
    shared: Mapping[str, str] | None = None,
) -> None:
    """Write arrays by name; an array that does not lie in C order keeps its strides.

    `views`: what the file is to say of a tensor in place of the truth. `others`: further entries of
    the table. `shared`: names of tensors that see the numbers of another.
    """
    table: OrderedDict[str, Any] = OrderedDict()
    numbers: dict[str, npt.NDArray[Any]] = {}
    for at, (name, array) in enumerate(weights.items()):
        kind = {np.dtype(np.float32): "FloatStorage", np.dtype(np.int64): "LongStorage"}
        order = np.argsort([-step for step in array.strides], kind="stable")
        numbers[str(at)] = array.transpose(order).ravel()
        strides = tuple(step // array.itemsize for step in array.strides)
        view = (views or {}).get(name, (0, array.shape, strides))
        table[name] = _Tensor(_Kept(kind[array.dtype], str(at), array.size), view)
    table |= {name: table[other] for name, other in (shared or {}).items()}
    table |= others or {}
    sizes = {"short": 2, "int": 4, "long": 4}
    machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}
    with _torch(), path.open("wb") as file:
        for said in (0x1950A86A20F9469CFC6C, 1001, machine):
            pickle.dump(said, file, protocol=2)
        _Pickler(file, protocol=2).dump(table)
        pickle.dump(list(numbers), file, protocol=2)
        for each in numbers.values():
            file.write(struct.pack("<q", each.size))
            file.write(each.tobytes())
