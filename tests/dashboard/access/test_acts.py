"""The catalogue of acts, and who may do which."""

import pytest

from dashboard.access import gate, now
from dashboard.access.acts import ACTS, CATALOGUE
from dashboard.access.person import LOCAL, NOBODY, Here, Person
from dashboard.access.roles import Role
from idc_core.io.refusal import Refusal

ADA = Person("ada", "Ada Byron")
MAY = {
    Role.READER: {"see", "export"},
    Role.REVIEWER: {"verdict", "region", "score", "compute"},
    Role.LEAD: {
        "lock",
        "recalibrate",
        "smooth",
        "tag",
        "rename",
        "archive",
        "save_run",
        "import",
        "cut",
        "cancel_job",
        "find_rate",
        "stop_training",
        "train",
    },
    Role.ADMINISTRATOR: {"audit", "system"},
}
"""What each role may do that the one before may not."""


def test_the_table_names_every_act_once():
    assert sorted(key for keys in MAY.values() for key in keys) == sorted(ACTS)
    assert len(ACTS) == len(CATALOGUE)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("key", ACTS)
def test_who_may_do_what(monkeypatch, role, key):
    monkeypatch.setattr(now, "here", lambda: Here(ADA, role))
    done = []
    if key in set().union(*(MAY[each] for each in Role if each <= role)):
        assert gate.needs(key) == ""
        with gate.doing(key):
            done.append(key)
        assert done == [key]
        return
    needed = next(each for each, keys in MAY.items() if key in keys)
    assert f"needs the role {needed.word}; yours is {role.word}" in gate.needs(key)
    with pytest.raises(gate.Denied, match=f"needs the role {needed.word}"), gate.doing(key):
        done.append(key)
    assert not done


@pytest.mark.parametrize("key", ACTS)
@pytest.mark.parametrize(
    ("here", "said"),
    [
        (NOBODY, "needs somebody who is signed in"),
        (Here(ADA, None), "you have none here"),
        (Here(ADA, Role.ADMINISTRATOR, ended=True), "Your session has ended: nothing was stored"),
    ],
)
def test_without_a_session_or_a_role_nothing_is_done(monkeypatch, here, said, key):
    monkeypatch.setattr(now, "here", lambda: here)
    done = []
    with pytest.raises(Refusal, match=said), gate.doing(key):
        done.append(key)
    assert not done


def test_without_settings_everybody_may_do_everything_under_the_name_they_type():
    assert now.here() is LOCAL
    assert [key for key in ACTS if gate.needs(key)] == []
    assert gate.signed_name() == ""
