"""A provider of OpenID Connect for tests, in a process of its own, and what this server must know
of it."""

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from tests.browser.conftest import free_port

PEOPLE = {
    "ada": {"name": "Ada Byron", "groups": ["pathology"]},
    "ben": {"name": "Ben Nevis", "groups": []},
    "lea": {"name": "Lea Dupont", "groups": []},
    "root": {"name": "Rosa Root", "groups": []},
}
"""Reviewer by her group, reader, lead, administrator."""
ACCESS = """
hours = {hours}

[roles]
administrator.subjects = ["root"]
lead.subjects = ["lea"]
reviewer.groups = ["pathology"]

[oidc]
metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"
client_id = "idc-review"
client_secret = "of the tests"
cookie_secret = "a secret of the tests that is long enough"
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
"""


@contextmanager
def providing():
    """A provider that knows `PEOPLE`; gives its port."""
    port = free_port()
    people = [
        word for sub, claims in PEOPLE.items()
        for word in ("--user-claims", json.dumps({"sub": sub, **claims}))
    ]  # fmt: skip
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *people]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://localhost:{port}/.well-known/openid-configuration", process)
        yield port
    finally:
        process.terminate()
        process.wait()


def settings(file, *, port, provider, hours=10.0):
    """Write the settings of sign-in, readable by their owner alone."""
    file.touch(mode=0o600)
    file.write_text(ACCESS.format(port=port, provider=provider, hours=hours))
    return file


def sign_in(page, address, person):
    """From the server's door through the provider and back."""
    page.goto(address)
    from_the_door(page, person)


def from_the_door(page, person):
    """The same where the door is open in the browser."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=person, exact=True).click()
    page.get_by_text(f"Signed in as {PEOPLE[person]['name']}").wait_for()


def _wait(address, process):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the provider ended with {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the provider did not answer within 120 s")
