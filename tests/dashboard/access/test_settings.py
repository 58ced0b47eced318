"""Who has which role, and settings that will not do."""

import pytest

from dashboard.access import settings
from dashboard.access.person import Person
from dashboard.access.roles import Role
from idc_core.io.refusal import Refusal
from tests.dashboard.access.worlds import OIDC, PROXY

SECRET = 'cookie_secret = "a secret of the tests that is long enough"'


@pytest.mark.parametrize(
    ("subject", "groups", "role"),
    [
        ("root", (), Role.ADMINISTRATOR),
        ("lea", (), Role.LEAD),
        ("lea", ("pathology",), Role.LEAD),
        ("ada", ("it", "pathology"), Role.REVIEWER),
        ("ben", (), Role.READER),
        ("Root", (), Role.READER),
    ],
)
def test_a_person_has_the_highest_role_that_names_them(oidc, subject, groups, role):
    assert oidc.role_of(Person(subject, subject, groups)) is role


def test_who_is_not_named_is_turned_away_where_the_settings_say_so(write_access):
    found = write_access(OIDC.replace("[roles]", '[roles]\ndefault = "none"'))
    assert found.role_of(Person("ben", "Ben")) is None
    assert found.role_of(Person("lea", "Lea")) is Role.LEAD


def test_without_a_file_nobody_signs_in(monkeypatch):
    monkeypatch.delenv(settings.VARIABLE, raising=False)
    assert settings.current() is None


def test_a_role_taken_away_is_gone_at_once(write_access):
    write_access(OIDC)
    assert settings.current().role_of(Person("lea", "Lea")) is Role.LEAD
    write_access(OIDC.replace('["lea"]', '["leo", "max"]'))
    assert settings.current().role_of(Person("lea", "Lea")) is Role.READER


def test_a_session_holds_for_its_hours_and_not_a_moment_longer(oidc):
    lea, end = Person("lea", "Lea", since=100.0), 100.0 + 10 * 3600
    assert oidc.here(lea, end - 0.1).role is Role.LEAD
    for now in (end, 99.0):
        ended = oidc.here(lea, now)
        assert (ended.role, ended.ended) == (None, True)
    assert oidc.here(lea, 150.0, ended=True).role is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[roles", "expected TOML"),
        (OIDC.replace('administrator.subjects = ["root"]', ""), "a first administrator"),
        (OIDC.replace("[roles]", '[roles]\ndefault = "boss"'), "to be one of reader"),
        (OIDC.replace("[roles]", "[roles]\nreveiwer.subjects = []"), "found reveiwer"),
        (OIDC + "scope = 1\n", "found scope"),
        ("hours = 0\n" + OIDC, "hours"),
        (OIDC.replace('lea = "Dr Lea"', 'lea = "Dr"\nmax = "Dr"'), "found 'Dr'"),
        (OIDC.split("[oidc]")[0], "found neither"),
        (OIDC + PROXY[PROXY.index("[proxy]") :], "found both"),
        (OIDC.replace(SECRET, 'cookie_secret = "short"'), "at least 32 letters"),
        (OIDC.replace(SECRET, ""), "IDC_COOKIE_SECRET"),
        (OIDC.replace("/oauth2callback", "/"), "to end in /oauth2callback"),
        (PROXY.replace('["10.1.2.3", "fd00::/64"]', "[]"), "one is missing"),
        (PROXY.replace("10.1.2.3", "the proxy"), "expected addresses"),
    ],
)
def test_settings_that_will_not_do_let_nobody_in(write_access, content, said):
    with pytest.raises(Refusal, match=said):
        write_access(content)
    with pytest.raises(Refusal, match=said):
        settings.current()


def test_secrets_in_a_file_that_others_may_read_are_refused(write_access, monkeypatch):
    with pytest.raises(Refusal, match="readable by its owner alone"):
        write_access(OIDC, mode=0o644)
    without = OIDC.replace(SECRET, "").replace('client_secret = "told by the provider"', "")
    monkeypatch.setenv("IDC_COOKIE_SECRET", "from the environment, and long enough")
    monkeypatch.setenv("IDC_CLIENT_SECRET", "other")
    assert write_access(without, mode=0o644).oidc.secrets() == {
        "client_secret": "other",
        "cookie_secret": "from the environment, and long enough",
    }


def test_a_file_that_is_gone_lets_nobody_in(oidc, monkeypatch, tmp_path):
    monkeypatch.setenv(settings.VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(Refusal, match=r"none\.toml"):
        settings.current()
