"""No test waits for the disk: the system has what was written, and no kill takes it back.

Only a machine that stops would. That the product waits is asked where it does: `test_files.py`,
`test_reviews_faults.py`.
"""

import os

import pytest

from idc_core.reviews import file


def wait_for_no_disk(patch: pytest.MonkeyPatch) -> None:
    """In this process, and in forks of it."""
    patch.setattr(os, "fsync", lambda descriptor: None)
    patch.setattr(file, "SYNCHRONOUS", "OFF")
