"""The ledger: chosen on validation, only appended to, each line bound to the one before; in the
run's folder and on a server."""

import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.runs import ledger, run_logs, seal
from idc_core.runs.run import open_run


@pytest.fixture
def in_folder(world, tmp_path):
    """A copy of the small run, sealed."""
    shutil.copytree(world / "models" / "small", tmp_path / "small")
    seal.write(tmp_path / "small")
    return open_run(tmp_path / "small")


@pytest.fixture(params=["folder", "server"])
def run(request, in_folder, monkeypatch):
    """The same; each test runs once without a server and once with one."""
    if request.param == "server":
        monkeypatch.setenv("IDC_REVIEWS_URL", request.getfixturevalue("new_url")())
    return in_folder


def kept(run):
    """The lines of its ledger, wherever they lie."""
    return run_logs.lines(run.path, ledger.LEDGER)


def lock(run, **parts):
    asked = {"rule": "youden", "name": "for the ward", "reason": "agreed on Monday"} | parts
    return ledger.lock(run, run.predictions(), **asked)


def test_a_locked_threshold_is_that_of_its_rule_on_validation(run):
    line = lock(run, rule="sensitivity>=0.9")
    rows = run.predictions()
    rows = rows[rows["split"] == "validation"]
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    assert line.threshold == choose(ranked, "sensitivity>=0.9").threshold
    assert line.sensitivity == ranked.counts(line.threshold).sensitivity
    assert run.operating_point() == line
    assert line.split == "validation"
    assert len(line.predictions) == 64


def test_the_ledger_is_only_appended_to(run):
    before = kept(run)
    assert len(before) == 1
    lock(run)
    lock(run, threshold=0.123, rule="by hand")
    assert kept(run)[:-2] == before
    assert run.operating_point().threshold == 0.123
    assert run.operating_point().rule == "by hand"


def test_each_line_is_bound_to_the_one_before(run):
    for number in range(3):
        lock(run, threshold=number / 10, rule="by hand")
    assert ledger.check(run).intact
    assert ledger.check(run).linked >= 3


def test_a_line_taken_out_or_changed_in_the_folder_shows(in_folder):
    run = in_folder
    for number in range(3):
        lock(run, threshold=number / 10, rule="by hand")
    file = run.path / ledger.LEDGER
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-2], lines[-1]]) + "\n")
    assert ledger.check(run).broken == len(lines) - 1, "a line was taken out"
    changed = json.loads(lines[-2]) | {"threshold": 0.9}
    file.write_text("\n".join([*lines[:-2], json.dumps(changed), lines[-1]]) + "\n")
    assert ledger.check(run).broken == len(lines), "a line was changed"


def test_a_shipped_ledger_of_older_lines_counts_as_whole(run):
    (run.path / ledger.LEDGER).write_text('{"rule": "f1", "threshold": 0.4}\n')
    assert ledger.check(run).intact
    lock(run)
    assert ledger.check(run) == ledger.Chain(lines=2, linked=1, broken=None)


def test_what_a_kill_left_of_a_line_is_cut_off_and_nothing_else(in_folder):
    run = in_folder
    file = run.path / ledger.LEDGER
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"rule": "f1", "thresh')
    lock(run)
    lines = file.read_bytes().splitlines()
    assert file.read_bytes().startswith(whole)
    assert all(json.loads(line) for line in lines)
    assert ledger.check(run).intact


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"reason": "  "}, "a name and a reason"),
        ({"name": ""}, "a name and a reason"),
        ({"threshold": 1.5}, "from 0 to 1"),
        ({"threshold": float("nan")}, "from 0 to 1"),
        ({"rule": "magic"}, "one of the rules"),
        ({"rule": "magic", "threshold": 0.4}, "one of the rules"),
        ({"rule": "youden", "threshold": 0.123}, "Lock it as set by hand"),
        ({"rule": "by hand"}, "one of the rules"),
    ],
)
def test_what_cannot_be_locked_is_refused_and_writes_nothing(run, parts, said):
    before = kept(run)
    with pytest.raises(Refusal, match=said):
        lock(run, **parts)
    assert kept(run) == before


def test_without_validation_nothing_is_locked_and_the_cure_is_said(run):
    rows = run.predictions()
    with pytest.raises(Refusal, match=r"--validation 0\.4"):
        ledger.lock(run, rows[rows["split"] == "test"], rule="f1", name="x", reason="y")


def test_a_threshold_shown_again_is_no_new_look(run):
    assert [ledger.look(run, each) for each in (0.5, 0.42, 0.5, 0.42)] == [True, True, False, False]
    assert [look.threshold for look in ledger.looks(run)] == [0.5, 0.42]
    assert lock(run).looks_at_test == 2


def test_looks_are_told_apart_at_full_precision(run):
    assert ledger.look(run, 0.1)
    assert ledger.look(run, 0.1 + 1e-16) is (0.1 + 1e-16 != 0.1)
    assert ledger.look(run, 0.1 + 1e-12)


def test_a_folder_that_cannot_be_written_to_breaks_no_page(in_folder, monkeypatch):
    run = in_folder

    def refuse(*_):
        raise PermissionError("read-only")

    monkeypatch.setattr(run_logs.record, "append", refuse)
    assert ledger.look(run, 0.5)
    assert ledger.looks(run) == []


WRITER = """
import os, sys
from pathlib import Path
from idc_core.runs import ledger, run_logs, seal
from idc_core.runs.run import open_run
run = open_run(Path(sys.argv[1]))
rows = run.predictions()
for at in range(8):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(8)))
for number in range(8):
    ledger.look(run, number / 8)
    ledger.lock(run, rows, rule="by hand", name=str(at), reason="r", threshold=number / 8)
"""


def test_eight_writers_lose_and_double_nothing(run):
    before = ledger.check(run).lines
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(run.path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    chain = ledger.check(run)
    assert chain.intact
    assert chain.lines == before + 64
    assert Counter(point.name for point in run.operating_points()[before:]) == {
        str(at): 8 for at in range(8)
    }
    assert sorted(look.threshold for look in ledger.looks(run)) == [n / 8 for n in range(8)]


def test_judging_again_keeps_the_locked_threshold(run):
    line = lock(run, threshold=0.77, rule="by hand")
    assert write_evaluation(run).threshold == 0.77
    assert run.operating_point() == line


def test_the_table_is_newest_first_and_in_words(run):
    lock(run, rule="cost:5", name="newest")
    table = ledger.table(run)
    assert table["name"].tolist()[0] == "newest"
    assert "5 false alarms" in table["rule"].tolist()[0]
    assert ledger.newest_rule(run, otherwise="f1") == "cost:5"
