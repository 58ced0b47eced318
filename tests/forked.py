"""What the server of forks imports: all that a training or a command of ours may need.

So a fork imports nothing. It begins at once, and what it writes is its own work: no bytecode.
"""

import gc
import importlib
import pkgutil

import pytest

import idc_core
from tests.disk import wait_for_no_disk

ALONE = ("__main__", "conftest", "env", "versions")
"""Modules that only programs of others run: the last two are Alembic's."""
LATER = (
    "train_cli",
    "tests.faults.acts",
    "tests.idc_core.nn.children",
    "tests.verdicts",
    # what these import only when there is a command, a table, a network
    "typer._adapters",
    "pydantic",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "tf2onnx.convert",
)

for found in pkgutil.walk_packages(idc_core.__path__, "idc_core."):
    if not {*found.name.split(".")} & {*ALONE}:
        importlib.import_module(found.name)
for name in LATER:
    importlib.import_module(name)

wait_for_no_disk(pytest.MonkeyPatch())

# What stays for ever a fork need not look through, which would copy it.
gc.collect()
gc.freeze()
