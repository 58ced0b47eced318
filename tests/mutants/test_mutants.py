"""A killed run goes on where it was, and the exit code says whether enough is caught."""

import subprocess

import pytest

from tests.mutants import __main__ as command
from tests.mutants import results
from tests.mutants.judge import Verdict
from tests.mutants.mutant import Change, mutants_of

SOURCE = "a = 1\nb = 1\nc = 1\nd = 1\ne = 1\nf = 1\ng = 1\nh = 1\ni = 1\nj = 1\n"
CAUGHT, SURVIVED = Verdict("caught", "tests/test_a.py", ("tests/test_a.py",)), Verdict("survived")


@pytest.fixture
def root(tmp_path):
    """A repository with one file of ten constants."""
    (tmp_path / "idc_core").mkdir()
    (tmp_path / "idc_core" / "a.py").write_text(SOURCE)
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def judge(monkeypatch):
    """A judge in the place of the tests: `survivors` are keys; it remembers whom it judged."""

    class Judge:
        judged, survivors, dies_after = [], set(), None

        @classmethod
        def made(cls, source, root):
            return cls

        @classmethod
        def judged_by_tests(cls, mutant, tests, budget):
            if len(cls.judged) == cls.dies_after:
                raise KeyboardInterrupt
            cls.judged.append(mutant.key)
            return SURVIVED if mutant.line in cls.survivors else CAUGHT

    class Place:
        made = staticmethod(lambda source, root: Place())
        judged = staticmethod(Judge.judged_by_tests)

    monkeypatch.setattr(command, "Workplace", Place)
    return Judge


def run(root, what="run", *more):
    words = [what, "--part", "library", "--workers", "1", "--results", str(root / "r.jsonl"), *more]
    return command.main(words, root)


def test_a_run_that_was_killed_judges_the_rest_and_no_mutant_twice(root, judge):
    judge.dies_after = 4
    with pytest.raises(KeyboardInterrupt):
        run(root)
    with (root / "r.jsonl").open("a") as file:
        file.write('{"key": "cut o')
    judge.dies_after = None
    assert run(root) == 0
    assert len(judge.judged) == len(set(judge.judged)) == 10


def test_exit_code_and_text_say_whether_enough_is_caught(root, judge, capsys):
    judge.survivors = {3}
    assert run(root) == 0
    said = capsys.readouterr().out
    assert "library: 9 of 10 caught (90.0 %; at least 90 % wanted), 1 survived" in said
    assert "survived: idc_core/a.py:3  constant\n-c = 1\n+c = 2" in said
    judge.survivors = {3, 7}
    (root / "r.jsonl").unlink()
    assert run(root) == 1
    assert "library: 8 of 10 caught (80.0 %;" in capsys.readouterr().out
    assert run(root, "report") == 1


def test_tests_that_ran_the_line_come_first(root, judge, monkeypatch):
    asked, place = [], type(command.Workplace.made("", ""))
    monkeypatch.setattr(command.Recording, "tests", lambda *_: ["tests/test_a.py::test_a"])
    monkeypatch.setattr(command.Tests, "of", lambda *_: ["tests/test_b.py"])

    def judged(mutant, tests, budget):
        asked.append((tests, budget))
        return CAUGHT

    monkeypatch.setattr(place, "judged", staticmethod(judged))
    assert run(root) == 0
    assert asked[0] == (["tests/test_a.py::test_a", "tests/test_b.py"], 120)


def test_survivors_are_judged_anew_where_that_is_asked(root, judge):
    judge.survivors = {3, 7}
    assert run(root) == 1
    judge.survivors = set()
    assert run(root) == 1
    assert run(root, "run", "--again") == 0
    assert len(judge.judged) == 12


def test_what_is_not_judged_or_hangs_is_not_caught(root):
    mutants = mutants_of("javascript", "idc_core/a.py", b"a = 1\n", [Change("k", 4, 5, "2")] * 5)
    caught = {each.key: CAUGHT for each in mutants[:4]}
    drawn = {"javascript": mutants}
    assert not results.report(root, drawn, caught)[1]
    hung = caught | {mutants[4].key: Verdict("timeout")}
    said, enough = results.report(root, drawn, hung)
    assert enough
    assert "javascript: 4 of 5 caught (80.0 %; at least 80 % wanted), 0 survived, 1 hung" in said
    assert not results.report(root, drawn, hung | {mutants[3].key: Verdict("timeout")})[1]
