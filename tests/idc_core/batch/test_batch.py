"""All slides: the same bytes by any number of processes, nothing twice, nothing lost by a kill."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from idc_core.batch import work as work_module
from idc_core.batch.batch import REFUSED
from idc_core.batch.unit import parts_of
from idc_core.data.stores.store import open_store
from idc_core.io.refusal import Refusal, refused_by_system
from idc_core.records.cut_slides import Refused
from tests.batch_world import EACH, bytes_in, scored, units_in, work_in

ROOT = Path(__file__).parents[3]


def test_one_by_one_and_two_processes_write_the_same_bytes(place):
    units = units_in(place)
    serial, beside = work_in(place, "serial"), work_in(place, "beside")
    assert scored(units, serial).patches == 4 * EACH
    assert scored(units, beside, workers=2).patches == 4 * EACH
    assert len(bytes_in(serial.folder)) == 4
    assert bytes_in(serial.folder) == bytes_in(beside.folder)


def test_what_is_done_is_not_done_again(place):
    units, work = units_in(place), work_in(place)
    assert scored(units[:3], work).before == 0
    before = {name: (work.folder / name).stat().st_mtime_ns for name in bytes_in(work.folder)}
    again = scored(units, work)
    assert (len(again.scored), again.before) == (4, 3)
    after = {name: (work.folder / name).stat().st_mtime_ns for name in before}
    assert after == before


def test_a_slide_whose_digest_was_forgotten_is_read_but_not_scored_again(place):
    units, work = units_in(place), work_in(place)
    scored(units, work)
    (work.folder / "seen.jsonl").unlink()
    assert scored(units, work).before == 4


@pytest.mark.parametrize("workers", [0, 2])
def test_one_bad_slide_is_listed_with_its_reason_and_stops_nothing(place, workers):
    (place / "slides" / "S1.tif").write_bytes(b"no slide")
    work = work_in(place)
    batch = scored(units_in(place), work, workers)
    assert [each.slide for each in batch.scored] == ["S0", "S2", "S3"]
    assert [each.slide for each in batch.refused] == ["S1"]
    listed = (work.folder / REFUSED).read_text().splitlines()
    assert listed[0] == "slide,file,reason"
    assert listed[1].startswith('S1,S1.tif,"expected a tissue image')


def test_a_store_is_scored_in_parts(place):
    store = open_store(place / "data" / "tiny")
    batch = scored(parts_of(store), work_in(place))
    assert batch.patches == len(store.index)


def test_parts_of_another_network_are_refused_before_anything_is_scored(place):
    units, work = units_in(place), work_in(place)
    scored(units[:1], work)
    other = place / "models" / "other" / "model.onnx"
    other.parent.mkdir()
    other.write_bytes(work.model.read_bytes() + b"\0")
    with pytest.raises(Refusal, match=r"by the network of other .* holds scores by another"):
        scored(units, type(work)(work.folder, other, "0" * 64, work.settings))


def test_a_network_that_changed_since_stops_the_command(place):
    work = work_in(place)
    other = type(work)(work.folder, work.model, "0" * 64, work.settings)
    with pytest.raises(
        Refusal, match=r"expected the network 0000000000000000 in .* a worker found"
    ):
        scored(units_in(place), other, workers=1)


def test_a_full_disk_stops_the_command_and_what_is_finished_is_kept(place, monkeypatch):
    work, whole = work_in(place), work_module.write_part

    def full(folder, name, table):
        if bytes_in(folder):
            with refused_by_system(f"write {name.file}"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(folder, name, table)

    monkeypatch.setattr(work_module, "write_part", full)
    said = (
        r"^the system refused to write .*\.parquet: No space left on device\. .* 1 of 4 are "
        "finished and kept: the same command goes on"
    )
    with pytest.raises(Refusal, match=said):
        scored(units_in(place), work)
    monkeypatch.undo()
    again = scored(units_in(place), work)
    assert (len(again.scored), again.before) == (4, 1)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.batch_world import scored, units_in, work_in

def tell(done, total, unit, outcome):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    place = Path(sys.argv[1])
    scored(units_in(place), work_in(place), workers=2, tell=tell)
"""

DEADLY = """
import os
from idc_core.batch import work

whole = work.score_unit

def deadly(unit, *rest):
    if unit.slide == "S1":
        os._exit(9)
    return whole(unit, *rest)

work.score_unit = deadly
"""
SCORED = """
import sys
from pathlib import Path
from tests.batch_world import scored, units_in, work_in

if __name__ == "__main__":
    place = Path(sys.argv[1])
    batch = scored(units_in(place), work_in(place), workers=2)
    print(*(unit.slide for unit in batch.scored))
    print(*(each.why for each in batch.refused))
"""


def run(place, script):
    file = place / "script.py"
    file.write_text(script)
    return subprocess.run(
        [sys.executable, file, place],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{place}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_after_a_kill_in_the_middle_the_rest_is_scored_to_the_same_bytes(place):
    done = run(place, KILLED)
    assert done.returncode == -signal.SIGKILL, done.stderr
    work, whole = work_in(place), work_in(place, "whole")
    kept = bytes_in(work.folder)
    assert len(kept) >= 2
    again = scored(units_in(place), work)
    assert again.before >= 2
    scored(units_in(place), whole)
    assert bytes_in(work.folder) == bytes_in(whole.folder)


def test_a_slide_that_ends_its_worker_is_refused_and_the_others_are_scored(place):
    (place / "sitecustomize.py").write_text(DEADLY)  # which every process reads when it starts
    done = run(place, SCORED)
    assert done.stdout.splitlines() == [
        "S0 S2 S3",
        "expected to read S1.tif: the system ended the process that did, for want of memory or "
        "since the file is damaged. Copy it again, or score fewer at once: --workers 1.",
    ], done.stderr


def test_two_commands_in_one_folder_do_not_meet(place):
    work, met = work_in(place), []

    def second(*_):
        with pytest.raises(Refusal, match="is scoring there"):
            scored(units_in(place), work)
        met.append(True)

    scored(units_in(place)[:1], work, tell=second)
    assert met == [True]


def test_the_outcomes_are_told_as_they_come(place):
    (place / "slides" / "S3.tif").write_bytes(b"no slide")
    told = []
    scored(units_in(place), work_in(place), tell=lambda *said: told.append(said))
    assert [said[:2] for said in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert isinstance(told[3][3], Refused)
