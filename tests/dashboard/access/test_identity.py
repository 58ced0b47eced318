"""Whose cookie it is, whom a proxy names, and what stands beside their verdicts."""

import json
import time

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.access import identity
from dashboard.state import streamlit_inside

SECRET = "a secret of the tests that is long enough"
SAID = {
    "is_logged_in": True,
    "origin": "https://review.example",
    "sub": "ada",
    "name": "Ada  Byron",
    "groups": ["pathology"],
}


@pytest.fixture
def cookies(monkeypatch):
    """Cookies as `st.login` signs them."""
    monkeypatch.setattr(streamlit_inside, "get_cookie_secret", lambda: SECRET)

    def made(said=SAID, secret=SECRET):
        name = streamlit_inside.USER_COOKIE
        return {name: create_signed_value(secret, name, json.dumps(said)).decode()}

    return made


def test_a_signed_cookie_says_who_signed_in_and_when(oidc, cookies):
    found = identity.by_cookie(oidc, oidc.oidc, cookies())
    assert (found.subject, found.name, found.groups) == ("ada", "Ada Byron (ada)", ("pathology",))
    assert abs(found.since - time.time()) < 60
    assert oidc.end_of(found) - found.since == 10 * 3600


@pytest.mark.parametrize(
    "changed", [{"origin": "https://evil.example"}, {"is_logged_in": False}, {"sub": None}]
)
def test_a_cookie_of_another_server_or_of_nobody_names_nobody(oidc, cookies, changed):
    assert identity.by_cookie(oidc, oidc.oidc, cookies(SAID | changed)) is None


def test_a_cookie_that_somebody_else_signed_names_nobody(oidc, cookies):
    forged = cookies(secret="guessed, and as long as the other one is")
    assert identity.by_cookie(oidc, oidc.oidc, forged) is None
    assert identity.by_cookie(oidc, oidc.oidc, {}) is None


def test_without_a_secret_no_cookie_is_believed(oidc, cookies, monkeypatch):
    forged = cookies(secret="")
    monkeypatch.setattr(streamlit_inside, "get_cookie_secret", lambda: "")
    assert identity.by_cookie(oidc, oidc.oidc, forged) is None


def test_the_proxy_names_a_person_their_name_and_their_groups(proxy):
    headers = {
        "x-forwarded-user": "ada",
        "x-forwarded-name": "Ada Byron",
        "x-forwarded-groups": "it, pathology",
    }
    found = identity.by_header(proxy, proxy.proxy, headers)
    assert (found.subject, found.name, found.groups) == (
        "ada",
        "Ada Byron (ada)",
        ("it", "pathology"),
    )
    assert identity.by_header(proxy, proxy.proxy, headers | {"x-forwarded-user": " "}) is None


@pytest.mark.parametrize(
    ("subject", "said", "name"),
    [
        ("lea", "Somebody", "Dr Lea"),
        ("ada", "Ada Byron", "Ada Byron (ada)"),
        ("ada", None, "ada"),
        ("ada", "ada", "ada"),
        ("248289761001-of-a-provider", "Ada", ""),
    ],
)
def test_two_people_of_one_name_are_told_apart(oidc, subject, said, name):
    if subject.startswith("248"):
        name = f"Ada ({identity.signed(oidc, subject, 'Ada')[5:13]})"
        assert len(name) == len("Ada (12345678)")
    assert identity.signed(oidc, subject, said) == name
    assert identity.signed(oidc, "other", "Ada Byron") != identity.signed(oidc, "ada", "Ada Byron")
