"""Files that are never half there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from idc_core.io import files
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal


def test_a_table_is_read_from_memory_of_arrow_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes of Python's that a thread of Arrow's lets go end a process that is closing down."""
    table = tmp_path / "a.parquet"
    files.write_parquet(table, pd.DataFrame({"x": [1, 2]}))
    content, held = table.read_bytes(), []
    read = pq.read_table

    def watched(source: object, **words: object) -> object:
        held.append(sys.getrefcount(content) - alone)
        return read(source, **words)

    monkeypatch.setattr(files, "read_bytes", lambda path: content)
    monkeypatch.setattr(pq, "read_table", watched)
    alone = sys.getrefcount(content)
    assert files.read_parquet(table)["x"].tolist() == [1, 2]
    assert held == [0]


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    files.write_text(target, "old")

    def write_half(file: object) -> None:
        file.write(b"ne")  # type: ignore[attr-defined]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        files.write_with(target, write_half)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform != "linux", reason="which file is open Linux says")
def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    def wait(descriptor: int) -> None:
        named = (tmp_path / "a.txt").exists()
        waited.append((Path(f"/proc/self/fd/{descriptor}").readlink(), named))

    monkeypatch.setattr(os, "fsync", wait)
    files.write_text(tmp_path / "a.txt", "new")
    (written, before), folder = waited
    assert (written.suffix, before) == (".part", False)
    assert folder == (tmp_path, True)


def test_a_line_of_a_log_is_on_the_disk_when_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    files.append_json_line(tmp_path / "log.jsonl", {"a": 1})
    assert sizes == [len(b'{"a": 1}\n')]


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    writer = (
        "from pathlib import Path; from idc_core.io.files import write_text; import itertools\n"
        f"for n in itertools.count(): write_text(Path({str(target)!r}), str(n % 10) * 300_000)"
    )
    root = REPOSITORY
    for pause in np.random.default_rng(0).uniform(0.02, 0.2, 5):
        child = subprocess.Popen([sys.executable, "-c", writer], cwd=root)
        while not target.exists():
            time.sleep(0.01)
        time.sleep(pause)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        text = target.read_text()
        assert len(text) == 300_000
        assert len(set(text)) == 1


def test_a_number_that_is_not_finite_becomes_null(tmp_path: Path) -> None:
    files.write_json(
        tmp_path / "a.json", {"auc": np.float64("nan"), "n": np.int64(3), "b": [float("inf")]}
    )
    assert files.read_json(tmp_path / "a.json") == {"auc": None, "n": 3, "b": [None]}


def test_broken_json_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": ')
    with pytest.raises(Refusal, match=r"a\.json"):
        files.read_json(tmp_path / "a.json")
    with pytest.raises(Refusal, match="not there"):
        files.read_json(tmp_path / "b.json")


def test_a_log_line_cut_by_a_kill_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    files.append_json_line(log, {"epoch": 1})
    with log.open("a") as file:
        file.write('{"epo')
    assert files.read_json_lines(log) == [{"epoch": 1}]


def test_a_broken_line_in_the_middle_of_a_log_is_refused_by_number(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"a": 1}\nrubbish\n{"a": 2}\n')
    with pytest.raises(Refusal, match="line 2"):
        files.read_json_lines(log)


def test_a_flipped_byte_in_the_data_is_always_noticed(tmp_path: Path) -> None:
    frame = pd.DataFrame({"score": np.random.default_rng(0).random(500, dtype=np.float32)})
    good = tmp_path / "good.parquet"
    files.write_parquet(good, frame)
    content = good.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    for place in np.random.default_rng(1).integers(60, len(content) - footer, 60):
        bad = tmp_path / "bad.parquet"
        flipped = bytearray(content)
        flipped[place] ^= 0x10
        bad.write_bytes(bytes(flipped))
        with pytest.raises(Refusal, match="damaged"):
            files.read_parquet(bad)


def test_a_flipped_bit_in_the_foot_is_noticed_too(tmp_path: Path) -> None:
    table, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    files.write_parquet(table, pd.DataFrame({"channel": ["a", "b"], "score": [0.25, 0.75]}))
    content = table.read_bytes()
    named = {content.index(b"channel") + 5, content.rindex(b"channel") + 5, len(content) - 300}
    for place in named:
        flipped = bytearray(content)
        flipped[place] ^= 1
        bad.write_bytes(flipped)
        with pytest.raises(Refusal, match="its bytes are not those of its digest"):
            files.read_parquet(bad)


def test_a_table_of_before_there_were_digests_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"score": [0.25, 0.75]})
    frame.to_parquet(tmp_path / "old.parquet")
    pd.testing.assert_frame_equal(files.read_parquet(tmp_path / "old.parquet"), frame)


@pytest.mark.parametrize("place", [60, 130, -10])
def test_damaged_arrays_are_refused_whatever_the_bytes_hit(tmp_path: Path, place: int) -> None:
    file = tmp_path / "seen.npz"
    with file.open("wb") as target:
        np.savez_compressed(target, rows=np.arange(900), values=np.linspace(0, 1, 900))
    assert files.read_arrays(file)["rows"].tolist() == list(range(900))
    content = bytearray(file.read_bytes())
    content[place] ^= 0x55
    file.write_bytes(content)
    with pytest.raises(Refusal, match=r"expected whole arrays in .*seen\.npz: it is damaged"):
        files.read_arrays(file)


def test_a_cut_table_is_refused_with_its_name(tmp_path: Path) -> None:
    table = tmp_path / "cut.parquet"
    files.write_parquet(table, pd.DataFrame({"a": range(100)}))
    table.write_bytes(table.read_bytes()[:-20])
    with pytest.raises(Refusal, match=r"whole table in .*cut\.parquet"):
        files.read_parquet(table)


def test_what_killed_writers_of_a_file_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = {".scores.csv", "scores.csv", ".scores.csv.x.party", ".other.csv.x.part", ".a.part"}
    for name in (*kept, ".scores.csv.x7_k.part", ".scores.csv..part"):
        (tmp_path / name).touch()
    files.remove_left(tmp_path / "scores.csv")
    assert {each.name for each in tmp_path.iterdir()} == kept
    (tmp_path / ".[a]*.x.part").touch()
    files.remove_left(tmp_path / "[a]*")
    assert {each.name for each in tmp_path.iterdir()} == kept
