"""Who is answered, with which headers, and how much may be uploaded; asked without a network."""

import asyncio
import base64
import hashlib

import pytest

from dashboard.serve import hosts_of, main
from dashboard.server.entry import Entry
from dashboard.server.guard import Guard, Hosts, UploadLimit, policy

OWN, OPEN = hosts_of("127.0.0.1"), hosts_of("0.0.0.0", ["review.example"])


def ask(app, kind="http", method="GET", path="/", **headers):
    """What the app sends back, a list of messages."""
    sent = []
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }

    async def receive():
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


async def answers(scope, receive, send):
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"no")]}
    )
    await send({"type": "http.response.body", "body": b"hello"})


async def accepts(scope, receive, send):
    await send({"type": "websocket.accept"})


@pytest.mark.parametrize(
    ("hosts", "host", "allowed"),
    [
        (OWN, "127.0.0.1:8501", True),
        (OWN, "localhost:1", True),
        (OWN, "LOCALHOST.", True),
        (OWN, "[::1]:8501", True),
        (OWN, "evil.example", False),
        (OWN, "10.0.0.5:8501", False),
        (OWN, "localhost.evil.example", False),
        (OWN, "localhost@evil.example", False),
        (OWN, "evil.example@localhost", False),
        (OWN, "localhost/evil", False),
        (OWN, "", False),
        (OWN, "localhost:port", False),
        (OPEN, "10.0.0.5:8501", True),
        (OPEN, "evil.example", False),
        (OPEN, "review.example", True),
        (OPEN, "[fe80::1]", True),
    ],
)
def test_only_the_servers_own_names_are_answered(hosts, host, allowed):
    assert hosts.allow(host) is allowed


@pytest.mark.parametrize("headers", [{}, {"host": "evil.example"}])
def test_a_foreign_host_gets_nothing(headers):
    sent = ask(Guard(answers, Hosts(), "p"), **headers)
    assert sent[0]["status"] == 403
    assert b"hello" not in sent[1]["body"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_origin_gets_nothing(kind, origin):
    app = answers if kind == "http" else accepts
    sent = ask(Guard(app, Hosts(), "p"), kind, host="localhost:8501", origin=origin)
    first = {"type": "websocket.close", "code": 1008}
    assert sent[0]["status"] == 403 if kind == "http" else sent == [first]


def test_its_own_origin_is_answered_with_every_header_once():
    guard = Guard(answers, Hosts(), "the policy")
    sent = ask(guard, host="localhost:8501", origin="http://localhost:8501")
    headers = dict(sent[0]["headers"])
    assert len(headers) == len(sent[0]["headers"]) == 6
    assert headers[b"content-security-policy"] == b"the policy"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"referrer-policy"] == b"no-referrer"


def test_the_policy_knows_inline_scripts_by_their_hash_and_no_others():
    page = b'<script src="a.js"></script><script>\n  one()\n</script><SCRIPT type="x">two</SCRIPT>'
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(each).digest()).decode()}'"
        for each in (b"\n  one()\n", b"two")
    )
    said = policy(page).split("; ")
    assert said[0] == "default-src 'self'"
    assert f"script-src 'self' {hashes} blob:" in said
    assert "frame-ancestors 'none'" in said
    assert "eval" not in policy(page)


@pytest.mark.parametrize(("size", "status"), [("40", 200), ("41", 413), ("", 411), ("-1", 411)])
def test_uploads_of_all_sessions_together_have_a_limit(size, status):
    limit = UploadLimit(answers, most=100, held=lambda: 60)
    headers = {"content_length": size} if size else {}
    sent = ask(limit, method="PUT", path="/_stcore/upload_file/session/file", **headers)
    assert sent[0]["status"] == status


def test_uploads_on_their_way_count_until_they_are_there():
    """Ten at once would each find the room that one of them needs."""
    beside = []

    async def another(scope, receive, send):
        async def keep(message):
            beside.append(message)

        if not beside:
            await limit(scope, receive, keep)
        await answers(scope, receive, send)

    limit = UploadLimit(another, most=100, held=lambda: 0)
    path = "/_stcore/upload_file/session/file"
    assert ask(limit, method="PUT", path=path, content_length="60")[0]["status"] == 200
    assert beside[0]["status"] == 413
    assert ask(limit, method="PUT", path=path, content_length="100")[0]["status"] == 200


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.5", "review.example"])
def test_another_address_is_refused_unless_it_is_said_twice(address, capsys):
    assert main(["--address", address]) == 2
    said = capsys.readouterr().err
    assert "--open" in said
    assert said.count("\n") == 1


def test_a_port_that_is_taken_is_a_sentence(capsys):
    assert main(["--port", "99999"]) == 2
    assert "Choose another with --port" in capsys.readouterr().err


def test_pages_say_how_the_server_was_started():
    assert Entry(guarded=True).notice() == ""
    assert "python -m dashboard.serve" in Entry().notice()
    assert "0.0.0.0" in Entry(guarded=True, open_at="0.0.0.0").notice()
    assert "no login" in Entry(guarded=True, open_at="0.0.0.0").notice()
