"""What is asked for many times is found out once in a rerun, and anew in the next."""

from contextlib import suppress

import pytest

from dashboard.access import gate
from dashboard.state import once


class Asked:
    """Counts how often it is asked."""

    def __init__(self):
        self.times = 0

    def __call__(self, name, *, doubled=False):
        self.times += 1
        if name == "gone":
            raise KeyError(name)
        return name * (1 + doubled)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def known(asked):
    def find(name, *, doubled=False):
        return asked(name, doubled=doubled)

    return once.once(find)


def test_within_a_rerun_the_same_is_asked_once(known, asked):
    with once.rerun():
        assert [known("a"), known("a"), known("b"), known("a", doubled=True)] == [
            *("a", "a", "b"),
            "aa",
        ]
    assert asked.times == 3


def test_the_next_rerun_asks_anew(known, asked):
    for _ in range(2):
        with once.rerun():
            known("a")
    assert asked.times == 2


def test_outside_of_a_rerun_nothing_is_remembered(known, asked):
    known("a")
    known("a")
    assert asked.times == 2


def test_what_is_raised_is_asked_again(known, asked):
    with once.rerun():
        for _ in range(2):
            with pytest.raises(KeyError):
                known("gone")
    assert asked.times == 2


def test_a_rerun_that_is_left_by_an_error_remembers_nothing(known, asked):
    with suppress(KeyError), once.rerun():
        known("a")
        known("gone")
    known("a")
    assert asked.times == 3


def test_two_functions_do_not_share_an_answer():
    one, other = once.once(lambda name: name), once.once(lambda name: 2 * name)
    with once.rerun():
        assert (one("a"), other("a")) == ("a", "aa")


def test_what_was_found_before_something_was_written_is_asked_anew(asked, known):
    with once.rerun():
        assert [known("a"), known("a")] == ["a", "a"]
        with gate.doing("smooth", run="small"):
            pass
        assert known("a") == "a"
    assert asked.times == 2
