"""The same mutants for the same seed, evenly over files and kinds of error."""

from collections import Counter
from functools import cache

import pytest

from idc_core.io.paths import REPOSITORY
from tests.mutants import draw
from tests.mutants.draw import PARTS, chosen, drawn
from tests.mutants.mutant import Change, mutants_of


def of_file(path, source=b"a = 1\n", kinds=("constant",)):
    changes = [Change(kind, 4, 5, str(at)) for kind in kinds for at in range(3)]
    return mutants_of("library", path, source, changes)


def test_a_seed_draws_the_same_mutants_again_and_another_one_others():
    mutants = [each for name in "abcdefgh" for each in of_file(name)]
    first = chosen(mutants, 4, seed=1)
    assert chosen(mutants[::-1], 4, seed=1) == first
    assert chosen(mutants, 4, seed=2) != first


def test_every_file_gives_one_before_any_gives_two():
    mutants = [each for name in "abcd" for each in of_file(name)]
    assert Counter(each.path for each in chosen(mutants, 6, seed=1)).most_common()[-1][1] == 1
    assert {each.path for each in chosen(mutants, 4, seed=1)} == set("abcd")


def test_the_kinds_of_error_take_turns_within_a_file():
    mutants = of_file("a", kinds=("constant", "comparison", "and/or"))
    assert {each.change.operator for each in chosen(mutants, 3, seed=1)} == {
        "constant",
        "comparison",
        "and/or",
    }


def test_a_verdict_follows_its_line_when_something_is_written_above_it():
    (before,) = mutants_of("library", "a", b"a = 1\n", [Change("constant", 4, 5, "2")])
    (after,) = mutants_of("library", "a", b"# new\n\na = 1\n", [Change("constant", 11, 12, "2")])
    assert (before.key, before.line, after.line) == (after.key, 1, 3)
    (other,) = mutants_of("library", "a", b"a = 1  # so\n", [Change("constant", 4, 5, "2")])
    assert other.key != before.key


def test_equal_errors_in_equal_lines_have_keys_of_their_own():
    twice = mutants_of(
        "library", "a", b"a = 1\na = 1\n", [Change("constant", at, at + 1, "2") for at in (4, 10)]
    )
    assert len({each.key for each in twice}) == 2


@pytest.mark.parametrize("part", ["library", "dashboard"])
def test_this_repository_gives_as_many_as_are_asked_for_and_all_are_python(part, monkeypatch):
    monkeypatch.setattr(draw, "_all", cache(draw._all))
    mutants = drawn(REPOSITORY, part)
    assert len({each.path for each in mutants}) == len(mutants) == PARTS[part]
    assert not any(each.path.endswith("conftest.py") for each in draw._all(REPOSITORY, part))
    for each in mutants:
        source = (REPOSITORY / each.path).read_bytes()
        assert each.change.made(source) != source
        compile(each.change.made(source), each.path, "exec")


def test_without_acorn_one_sentence_says_what_to_fetch(monkeypatch, tmp_path):
    monkeypatch.setattr(draw, "ACORN", tmp_path / "acorn")
    with pytest.raises(SystemExit, match=r"expected Acorn in .*: python tests/web/tools.py fetch"):
        drawn(REPOSITORY, "javascript")
