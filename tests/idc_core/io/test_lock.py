"""One trainer a run folder."""

import os
from pathlib import Path

import pytest

from idc_core.io.lock import only_one
from idc_core.io.refusal import Refusal


def test_a_second_holder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint" / "lock"
    with only_one(file, "training"):
        assert file.read_text() == f"{os.getpid()}\n"
        with (
            pytest.raises(Refusal, match=f"process {os.getpid()} is training there"),
            only_one(file, "training"),
        ):
            pass


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with only_one(tmp_path / "lock", "training"):
            pass


def test_a_file_left_by_a_dead_process_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")
    with only_one(tmp_path / "lock", "training"):
        pass
