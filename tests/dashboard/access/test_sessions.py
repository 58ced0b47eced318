"""What an open tab learns of its browser: signed out, or signed in again."""

from dashboard.access.person import Person
from dashboard.access.sessions import Sessions

OLD = Person("ada", "Ada", session="old")
NEW = Person("ada", "Ada", session="new")


def test_who_signs_in_again_goes_on_in_the_tabs_that_were_open():
    known = Sessions()
    assert known.standing(OLD) == OLD
    known.renew(OLD, NEW)
    known.renew(NEW, Person("ada", "Ada", session="newest"))
    assert known.standing(OLD).session == "newest"


def test_tabs_do_not_become_those_of_another_person():
    known = Sessions()
    known.renew(OLD, Person("ben", "Ben", session="new"))
    assert known.standing(OLD) == OLD


def test_who_signed_out_has_ended_the_session_of_every_tab():
    known = Sessions()
    known.end(OLD)
    assert known.is_ended(OLD)
    assert not known.is_ended(NEW)
