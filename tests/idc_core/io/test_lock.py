"""One trainer a run folder."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from idc_core.io.lock import is_held, only_one, soon_alone
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal, SystemRefused


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


def test_a_killed_holder_leaves_nothing_locked(tmp_path: Path) -> None:
    hold = (
        "import sys, time, pathlib; from idc_core.io.lock import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1]), 'training'): print('held', flush=True) or "
        "time.sleep(60)"
    )
    words = [sys.executable, "-c", hold, str(tmp_path / "lock")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=REPOSITORY, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with (
                pytest.raises(Refusal, match=f"process {holder.pid} is training there"),
                only_one(tmp_path / "lock", "training"),
            ):
                pass
        finally:
            holder.kill()
    assert not is_held(tmp_path / "lock")
    with only_one(tmp_path / "lock", "training"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_short_write_waits_for_another_one(tmp_path: Path) -> None:
    started, done = threading.Event(), []

    def write() -> None:
        with only_one(tmp_path / "lock", "writing"):
            started.set()
            time.sleep(0.3)  # longer than one who does not wait has patience for
            done.append("first")

    first = threading.Thread(target=write)
    first.start()
    started.wait()
    with soon_alone(tmp_path / "lock", "writing"):
        done.append("second")
    first.join()
    assert done == ["first", "second"]


def test_where_the_system_has_no_locks_it_is_said_and_none_is_made_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", none)
    with (
        pytest.raises(SystemRefused, match="Function not implemented"),
        only_one(tmp_path / "lock", "training"),
    ):
        pass
    assert not is_held(tmp_path / "lock")
    monkeypatch.undo()
    with only_one(tmp_path / "lock", "training"):
        pass
