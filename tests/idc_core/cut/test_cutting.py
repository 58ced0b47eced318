"""All slides are cut, side by side; a damaged one is passed over, a stopped cutting goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from idc_core.cut import cutting
from idc_core.cut.cutting import clear, cut_all, folder_of, working_place
from idc_core.cut.jobs import jobs
from idc_core.cut.one_slide import FILE
from tests.idc_core.cut.conftest import draw_slide, settings_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def three(place):
    """Slides a, b and c, of which b is cut off in the middle of its pixels."""
    for name in "bc":
        draw_slide(place, name)
    whole = (place / "slides" / "b.tif").read_bytes()
    (place / "slides" / "b.tif").write_bytes(whole[: len(whole) // 2])
    return place


def cut_them(place, workers=1, settings=None):
    told = []
    found = cut_all(
        jobs(place / "slides", place / "outlines"),
        settings or settings_of(place),
        place / "work",
        workers=workers,
        tell=lambda *said: told.append(said),
    )
    return *found, told


@pytest.mark.parametrize("workers", [1, 2])
def test_a_damaged_slide_is_listed_and_passed_over(three, workers):
    parts, refused, told = cut_them(three, workers)
    assert [part.done.slide for part in parts] == ["a", "c"]
    assert [part.done.positive for part in parts] == [6, 6]
    (b,) = refused
    assert (b.slide, b.file) == ("b", "b.tif")
    assert b.why.startswith("expected ")
    assert "b.tif" in b.why
    assert [(done, total) for done, total, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert {outcome.slide for *_, outcome in told} == {"a", "b", "c"}
    assert sorted(each.name for each in (three / "work").iterdir()) == sorted(
        part.folder.name for part in parts
    )


def test_no_worker_runs_the_script_of_who_started_it(three, monkeypatch):
    """Streamlit puts the page's script in place of the main program: run again it counts a look."""
    script = three / "page.py"
    script.write_text(f"open({str(three / 'ran')!r}, 'w').close()\nraise SystemExit('run again')")
    page = ModuleType("__main__")
    page.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", page)
    parts, refused, _ = cut_them(three, workers=2)
    assert [part.done.slide for part in parts] == ["a", "c"]
    assert [each.slide for each in refused] == ["b"]
    assert not (three / "ran").exists()
    assert sys.modules["__main__"] is page


def test_a_damaged_slide_asked_twice_is_refused_twice_in_the_same_words(three):
    first, again, beside = (cut_them(three, workers)[1] for workers in (1, 1, 2))
    assert first == again == beside


def test_what_was_cut_is_taken_and_only_the_rest_is_cut(three, monkeypatch):
    cut_them(three)
    draw_slide(three, "b")
    read = []
    opened = cutting.cut_slide

    def counted(job, settings, folder):
        read.append((job.slide, (folder / FILE).exists()))
        return opened(job, settings, folder)

    monkeypatch.setattr(cutting, "cut_slide", counted)
    parts, refused, _ = cut_them(three)
    assert read == [("a", True), ("b", False), ("c", True)]
    assert ([part.done.slide for part in parts], refused) == (["a", "b", "c"], [])


KILLED = """
import os, signal, sys
from pathlib import Path
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from tests.idc_core.cut.conftest import settings_of

def tell(done, total, outcome):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    place = Path(sys.argv[1])
    listed = jobs(place / "slides", place / "outlines")
    cut_all(listed, settings_of(place), place / "work", workers=int(sys.argv[2]), tell=tell)
"""


def killed_after_two(place, workers):
    script = place / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, script, place, str(workers)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUT_TEST": str(place)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_after_a_kill_only_the_rest_is_cut(place):
    for name in "bc":
        draw_slide(place, name)
    killed_after_two(place, 1)
    a, b, c = (folder_of(place / "work", job) for job in jobs(place / "slides", place / "outlines"))
    before = [(each / FILE).stat().st_mtime_ns for each in (a, b)]
    assert not (c / FILE).exists()
    parts, refused, _ = cut_them(place)
    assert [part.done.slide for part in parts] == ["a", "b", "c"]
    assert refused == []
    assert [(each / FILE).stat().st_mtime_ns for each in (a, b)] == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_no_process_outlives_a_kill(place):
    for name in "bc":
        draw_slide(place, name)
    killed_after_two(place, 2)
    deadline = time.monotonic() + 30
    while (alive := processes_of(place)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert alive == []


def processes_of(place):
    """Processes that have its mark in their environment, as what a process starts has."""
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"CUT_TEST={place}".encode() in each.read_bytes():
                found.append(each.parent.name)
        except OSError:
            continue
    return found


def test_a_slide_that_ends_its_process_is_refused_and_the_others_are_cut(place):
    for name in "bc":
        draw_slide(place, name)
    script = place / "cut_all.py"
    script.write_text(CUT_ALL)
    (place / "sitecustomize.py").write_text(DEADLY)  # which every process reads when it starts
    done = subprocess.run(
        [sys.executable, script, place],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{place}", "CUT_TEST": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.splitlines() == [
        "a c",
        "expected to read b.tif: the system ended the process that did, for want of memory or "
        "since the file is damaged. Cut fewer slides at once: --jobs 1.",
    ], done.stderr


DEADLY = """
import os
from idc_core.cut import cutting

whole = cutting.cut_slide

def deadly(job, *rest):
    if job.slide == "b":
        os._exit(9)
    return whole(job, *rest)

cutting.cut_slide = deadly
"""
CUT_ALL = """
import sys
from pathlib import Path
from idc_core.cut import cutting
from idc_core.cut.jobs import jobs
from tests.idc_core.cut.conftest import settings_of

if __name__ == "__main__":
    place = Path(sys.argv[1])
    listed = jobs(place / "slides", place / "outlines")
    settings, work = settings_of(place), place / "work"
    parts, refused = cutting.cut_all(listed, settings, work, workers=2, tell=lambda *_: None)
    print(*(part.done.slide for part in parts))
    print(*(each.why for each in refused))
"""


def test_slides_wait_beside_the_store_and_are_cleared_away(three):
    place = working_place(three / "data" / "mine")
    assert place == three / "data" / ".mine.cut"
    place.mkdir(parents=True)
    clear(place)
    assert not place.exists()
    clear(place)
