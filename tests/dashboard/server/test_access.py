"""What the server hands out to whom, before any page is asked."""

import asyncio
import json

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.access import audit, passport, sessions
from dashboard.access.sessions import Sessions
from dashboard.server.access import SignedIn
from dashboard.state import streamlit_inside
from idc_core.io.refusal import Refusal
from tests.dashboard.access.worlds import OIDC, PROXY

SECRET = "a secret of the tests that is long enough"
PAGES = frozenset({"/", "/patients"})
NEEDS_SOMEBODY = ("/tiles/demo/1/0/0/0", "/media/0.json", "/_stcore/metrics", "/anything")
UPLOAD = "/_stcore/upload_file/s/f"


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(streamlit_inside, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(sessions, "KNOWN", Sessions())
    monkeypatch.setattr(passport, "ISSUED", passport.Issued(here=True))


def cookie(sub, groups=(), name=streamlit_inside.USER_COOKIE):
    said = {"is_logged_in": True, "origin": "https://review.example", "sub": sub}
    signed = create_signed_value(SECRET, name, json.dumps(said | {"groups": list(groups)}))
    return f"{name}={signed.decode()}".encode()


def ask(path, *headers, peer="10.9.9.9", kind="http", answer=()):
    """The status that a request gets, and the headers that reached what is behind."""
    reached, sent = [], []

    async def behind(scope, receive, send):
        reached.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": list(answer)})

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "headers": list(headers),
        "client": (peer, 1),
    }
    asyncio.run(SignedIn(behind, PAGES)(scope, receive, send))
    status = sent[0].get("status", sent[0].get("code")) if sent else None
    return status, reached[0] if reached else None, sent


@pytest.mark.usefixtures("oidc")
@pytest.mark.parametrize("path", NEEDS_SOMEBODY)
def test_bytes_need_somebody_who_is_signed_in(path):
    assert ask(path)[:2] == (401, None)
    assert ask(path, (b"cookie", cookie("ben")))[0] == 200


@pytest.mark.usefixtures("oidc")
@pytest.mark.parametrize(
    "path", ["/", "/patients", "/static/js/a.js", "/auth/login", "/oauth2callback"]
)
def test_the_way_in_is_open(path):
    assert ask(path)[0] == 200


@pytest.mark.usefixtures("oidc")
def test_counts_are_for_this_machine():
    assert ask("/metrics")[0] == 401
    assert ask("/metrics", peer="127.0.0.1")[0] == 200
    assert ask("/healthz")[0] == 200


@pytest.mark.usefixtures("oidc")
def test_only_a_reviewer_uploads():
    assert ask(UPLOAD)[0] == 401
    assert ask(UPLOAD, (b"cookie", cookie("ben")))[0] == 403
    assert ask(UPLOAD, (b"cookie", cookie("ada", ["pathology"])))[0] == 200


def test_an_ended_session_gets_nothing(write_access):
    write_access("hours = 0.0000001\n" + OIDC)
    assert ask("/media/0.json", (b"cookie", cookie("root")))[0] == 401


@pytest.mark.usefixtures("oidc")
def test_a_page_is_told_who_connects_by_the_server_alone():
    forged = (passport.HEADER.encode(), b'{"subject": "root"}')
    _, headers, _ = ask("/_stcore/stream", forged, kind="websocket")
    assert passport.HEADER.encode() not in headers
    _, headers, _ = ask("/_stcore/stream", forged, (b"cookie", cookie("ben")), kind="websocket")
    assert passport.read(headers[passport.HEADER.encode()].decode()).subject == "ben"


def test_without_settings_the_header_is_taken_out_all_the_same(monkeypatch):
    monkeypatch.delenv("IDC_ACCESS", raising=False)
    status, headers, _ = ask("/media/0.json", (passport.HEADER.encode(), b"{}"))
    assert (status, headers) == (200, {})


@pytest.mark.usefixtures("oidc")
def test_who_signs_out_is_out_in_every_tab():
    ben = (b"cookie", cookie("ben"))
    assert ask("/media/0.json", ben)[0] == 200
    ask("/auth/logout", ben)
    assert ask("/media/0.json", ben)[0] == 401


@pytest.mark.usefixtures("oidc")
def test_who_signs_in_again_goes_on_in_an_open_tab(monkeypatch):
    before = cookie("ben")
    after = cookie("ben", ["anew"])
    answer = [(b"set-cookie", after + b"; Path=/; HttpOnly")]
    _, _, sent = ask("/oauth2callback", (b"cookie", before), answer=answer)
    old = passport.read(
        ask("/s", (b"cookie", before), kind="websocket")[1][b"x-idc-person"].decode()
    )
    assert sessions.KNOWN.standing(old).groups == ("anew",)
    assert sent[0]["headers"][0][1].endswith(b"; Secure")


@pytest.mark.parametrize(
    ("headers", "peer", "status"),
    [
        ([(b"x-forwarded-user", b"ben")], "10.1.2.3", 200),
        ([(b"x-forwarded-user", b"ben")], "fd00::7", 200),
        ([(b"x-forwarded-user", b"ben")], "::ffff:10.1.2.3", 200),
        ([(b"x-forwarded-user", b"root")], "10.1.2.4", 403),
        ([(b"x-forwarded-user", b"root"), (b"x-forwarded-user", b"ben")], "10.1.2.3", 403),
        ([], "10.1.2.3", 401),
        ([], "10.1.2.4", 401),
        ([(b"cookie", cookie("root"))], "10.1.2.4", 401),
    ],
)
@pytest.mark.usefixtures("proxy")
def test_a_name_is_taken_from_the_proxy_alone_and_once(headers, peer, status):
    assert ask("/media/0.json", *headers, peer=peer)[0] == status


@pytest.mark.usefixtures("proxy")
def test_a_connection_with_a_forged_name_is_closed():
    forged = (b"x-forwarded-user", b"root")
    status, reached, _ = ask("/_stcore/stream", forged, peer="10.1.2.4", kind="websocket")
    assert (status, reached) == (1008, None)


def test_settings_that_cannot_be_read_hand_out_nothing(write_access):
    with pytest.raises(Exception, match="administrator"):
        write_access(PROXY.replace('["root"]', "[]"))
    assert ask("/media/0.json")[0] == 503
    assert ask("/patients")[0] == 200


@pytest.mark.usefixtures("oidc")
def test_who_comes_back_from_the_provider_is_led_on_by_the_browser_and_nobody_else():
    answer = ((b"location", b"/"), (b"set-cookie", cookie("ben")))
    for path, led in (("/oauth2callback", b"/#back"), ("/auth/login", b"/")):
        told = ask(path, answer=answer)[2][0]["headers"]
        assert dict(told)[b"location"] == led


@pytest.mark.usefixtures("oidc")
def test_a_sign_in_that_cannot_be_written_down_signs_nobody_in_and_says_why(monkeypatch):
    def refuse(*_, **__):
        raise Refusal("expected the PostgreSQL server db/reviews: it cannot be reached.")

    monkeypatch.setattr(audit, "write", refuse)
    status, _, sent = ask("/oauth2callback", answer=((b"set-cookie", cookie("ben")),))
    assert status == 503
    assert b"set-cookie" not in dict(sent[0]["headers"])
    assert b"Nobody was signed in" in sent[1]["body"]
    assert b"it cannot be reached" in sent[1]["body"]
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert ask("/auth/logout", (b"cookie", cookie("ben")))[0] == 200
