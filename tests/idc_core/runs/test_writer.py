"""A run is replaced whole or not at all, and what belonged to the old one is kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.spatial import saved_smoothing as smoothing
from idc_core.importing.run import import_predictions
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.runs import ledger, seal
from idc_core.runs.run import list_runs, open_run
from idc_core.runs.writer import building, kept_sentence, replaced_runs

WHOLE = {"old", "new"}


@pytest.fixture
def root(copied, tmp_path, monkeypatch):
    """A copy of the world, and a table of other scores of the same patches."""
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return with_a_table(copied(tmp_path))


def with_a_table(root):
    known = open_run(root / "models" / "small").predictions()
    known.assign(score=(known["score"] * 0.5 + 0.2).round(3))[["file", "score"]].to_csv(
        root / "theirs.csv", index=False
    )
    return root


def test_new_scores_are_judged_by_nothing_that_the_old_run_left(root):
    run = root / "models" / "small"
    import_predictions(root / "theirs.csv", root / "models" / "alone")
    old = open_run(run)
    smoothing.save(old, smoothing.Smoothing(0.9, ("10253", "10254")), {})
    for name in ("labels.csv", "out_of_fold.parquet", "watched.parquet", "folds.json", "x.txt"):
        (run / name).write_text("of the old run")
    import_predictions(root / "theirs.csv", run, overwrite=True)
    alone, replaced = (open_run(root / "models" / name) for name in ("alone", "small"))
    assert sorted(file.name for file in run.iterdir()) == sorted(
        file.name for file in alone.path.iterdir()
    )
    figures = [each.report().splits["test"].pooled for each in (alone, replaced)]
    assert figures[0] == figures[1]


def test_what_people_wrote_in_the_replaced_run_is_kept_and_said(root):
    run = root / "models" / "small"
    ledger.look(open_run(run), 0.4)
    write_json(run / "notes.json", {"tags": ["ward"]})
    before = {file.name: file.read_bytes() for file in run.iterdir() if file.is_file()}
    found = import_predictions(root / "theirs.csv", run, overwrite=True)
    [aside] = replaced_runs(root / "models")
    assert found.replaced == aside
    for name in ("operating_points.jsonl", "looks.jsonl", "notes.json"):
        assert (aside / name).read_bytes() == before[name]
    assert str(aside) in kept_sentence(found.replaced)
    assert list_runs(root / "models") == ["small"], "what was replaced is not offered"


def test_a_failure_leaves_the_old_run_and_no_rubbish(root):
    run = root / "models" / "small"
    before = (run / "run.json").read_bytes()

    def fail():
        with building(run) as made:
            write_json(made.folder / "run.json", {"status": "imported"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (run / "run.json").read_bytes() == before
    assert {each.name for each in (root / "models").iterdir()} == {"small", ".small.lock"}


def test_a_folder_of_something_else_is_never_taken(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.docx").write_text("mine")
    with pytest.raises(Refusal, match=r"found 'thesis.docx'"), building(tmp_path / "home"):
        pass
    assert (tmp_path / "home" / "thesis.docx").read_text() == "mine"


def test_a_run_is_sealed_when_it_is_put_in_its_place(root):
    import_predictions(root / "theirs.csv", root / "models" / "new")
    run = root / "models" / "new"
    assert set(seal.read(run).files) == {
        "run.json",
        "predictions.parquet",
        "rejects.csv",
        "report.json",
    }
    write_evaluation(open_run(run))
    assert seal.differences(run) == []
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"warnings": []})
    [said] = seal.differences(run)
    assert said.startswith("The facts of the run (run.json) changed since 20")


STEPS = {"import": 4, "keep": 4, "evaluate": 3, "lock": 2, "calibrate": 1}
"""At every so-manieth write of an act a kill comes here; `make test-long` has one at each."""


def killed(root, folder, steps):
    """What each act leaves, point by point; one process imports what all need."""
    script = Path(__file__).with_name("kill_points.py")
    asked = [str(word) for each in steps.items() for word in each]
    done = subprocess.run(
        [sys.executable, str(script), str(root), str(folder), *asked],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def left(copied, tmp_path_factory):
    root = with_a_table(copied(tmp_path_factory.mktemp("killed")))
    return killed(root, tmp_path_factory.mktemp("points"), STEPS)


def assert_whole(left, step):
    wrong = [f"point {at}: {found}" for at, found in left.items() if found not in WHOLE]
    assert not wrong, f"{len(left) - len(wrong)} of {len(left)} points whole: {wrong}"
    assert 5 < len(left) * step < 400


@pytest.mark.slow
@pytest.mark.parametrize("act", STEPS)
def test_a_kill_at_any_write_leaves_the_old_or_the_new(act, left):
    assert_whole(left[act], STEPS[act])


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("act", [act for act, step in STEPS.items() if step > 1])
def test_a_kill_at_each_write_leaves_the_old_or_the_new(act, root, tmp_path):
    assert_whole(killed(root, tmp_path / "points", {act: 1})[act], 1)
