"""All that an exact resume needs, in one file, so that one rename takes it whole or not at all.

`checkpoint/state.npz` holds `state` (JSON: where we are, what the callbacks know, the epoch's last
row) and arrays: `model/…` (weights, and the dropout seeds that Keras's own files leave out),
`optimizer/…`, `sums/…` (the epoch's metrics so far), `average/…` (running average of the weights),
`best/…` (best weights). The zip's checksums notice a flipped bit.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from idc_core.io.files import read_arrays, write_with
from idc_core.io.refusal import Refusal

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Checkpoint:
    """A moment of a run."""

    state: dict[str, Any]
    arrays: dict[str, list[Array]]


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Put the checkpoint in place of the one before."""
    flat: dict[str, Any] = {
        f"{group}/{at:04d}": array
        for group, arrays in checkpoint.arrays.items()
        for at, array in enumerate(arrays)
    }
    state = np.frombuffer(json.dumps(checkpoint.state).encode(), np.uint8)
    write_with(_file(folder), lambda file: np.savez(file, **flat, state=state))


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """The run's checkpoint, None if it has none yet; raises `Refusal` if it is damaged."""
    if not _file(folder).is_file():
        return None
    try:
        content = read_arrays(_file(folder))
        state = json.loads(content["state"].tobytes())
    except (ValueError, KeyError):  # a Refusal is a ValueError
        raise Refusal(
            f"expected a checkpoint in {_file(folder)}: it is damaged. "
            "Train again under another name."
        ) from None
    arrays: dict[str, list[Array]] = {}
    for name in sorted(name for name in content if "/" in name):
        arrays.setdefault(name.split("/")[0], []).append(content[name])
    return Checkpoint(state, arrays)


def has_checkpoint(folder: Path) -> bool:
    """Whether a run has one."""
    return _file(folder).is_file()


def values(variables: Iterable[keras.Variable]) -> list[Array]:
    """Copies of the variables' values."""
    # `numpy` of the variable itself: it also adds up what several devices hold
    return [np.array(variable.value.numpy()) for variable in variables]


def assign(variables: Sequence[keras.Variable], arrays: Sequence[Array]) -> None:
    """Give the variables these values; raises `Refusal` if they are not of this network."""
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [array.shape for array in arrays]:
        raise Refusal(
            f"expected {len(shapes)} arrays of this network in the checkpoint: "
            f"found {len(arrays)} of other shapes. Train again under another name."
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def _file(folder: Path) -> Path:
    return folder / "checkpoint" / "state.npz"
