"""Memory that runs out: one sentence with the cure, and a run that can be gone on with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from idc_core.io import record
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import FILE, read_info


class OutOfMemory(Refusal):
    """The system gave no more memory."""


@contextmanager
def enough_memory(run_folder: Path) -> Iterator[None]:
    """Turn what NumPy, TensorFlow and a graphics card say of too little memory into `OutOfMemory`.

    The run then stands at its last checkpoint, as one that was stopped.
    """
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError):
        pass  # the sentence is said without what filled the memory
    else:
        return
    resumed = ""
    if (run_folder / FILE).is_file():
        info = read_info(run_folder)
        record.write(run_folder / FILE, record.replace(info, status="interrupted"))
        command = f"python train_cli.py train --run {run_folder.name} --resume"
        resumed = f" and go on from its last checkpoint: {command}; or"
    raise OutOfMemory(
        f"expected more memory for training {run_folder.name}: the system gave no more. End other "
        f"programs{resumed or ', or'} train under another name with a smaller --batch-size."
    )
