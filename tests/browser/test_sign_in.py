"""Two people in two browsers: what each may do is decided on the server, by who signed in."""

import shutil
import urllib.error
import urllib.request

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run
from tests.browser.conftest import free_port
from tests.browser.provider import providing, settings, sign_in
from tests.browser.rest import at_rest, seen, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATCH = "patients?run=demo&patient=demo-13"
PANEL = """[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)
  .map((root) => root.querySelector(".verdicts"))
  .find((host) => host?.panel?.shown?.patches).panel"""
FORGE = f"""(name) => {{ const panel = {PANEL}, go = panel.go.bind(panel);
  panel.go = (wanted, shown) => {{ window.kept = {{...wanted, reader: name}};
    return go(window.kept, shown); }}; }}"""
SEND = f"(act) => {PANEL}.send({{...act, token: '0123456789abcdef'.repeat(2)}})"


class World:
    """The server, what it serves, and its settings."""

    def __init__(self, root):
        self.root, self.port = root, free_port()
        self.file = root / "access.toml"
        self.address = f"http://127.0.0.1:{self.port}"

    def settings(self, **given):
        settings(self.file, port=self.port, provider=self.provider, **given)

    def stored(self):
        file = self.root / "data" / "reviews.sqlite"
        if not file.is_file():
            return []
        run = open_run(self.root / "models" / "demo")
        return open_reviews(file).standing(data_key(run)).to_dict("records")


@pytest.fixture(scope="module")
def world(tmp_path_factory, serve):
    root = tmp_path_factory.mktemp("signed")
    kept_out = shutil.ignore_patterns("looks.jsonl", ".*", "analysis", "patches.npy", "checkpoint")
    for part in ("models", "data"):
        shutil.copytree(REPOSITORY / part / "demo", root / part / "demo", ignore=kept_out)
    made = World(root)
    with providing() as made.provider:
        made.settings()
        with serve(root, port=made.port, IDC_ACCESS=str(made.file)):
            yield made


def reading(page):
    page.locator(".verdicts .keys button").first.wait_for()
    page.locator(".verdicts[data-pending=false]").first.wait_for()
    seen(page)


def opened(page, world, person):
    sign_in(page, world.address, person)
    page.goto(f"{world.address}/{PATCH}")
    at_rest(page)
    reading(page)


def test_a_reviewer_stores_under_her_own_name_and_a_reader_not_at_all(world, tab):
    ada, ben = tab(), tab()
    opened(ada, world, "ada")
    field = ada.get_by_label("Reader name").first
    assert field.input_value() == "Ada Byron (ada)"
    assert field.get_attribute("readonly") is not None
    ada.evaluate(FORGE, "Ben Nevis (ben)")
    ada.evaluate(f"() => {PANEL}.act({PANEL}.shown.buttons[0])")
    until(lambda: len(world.stored()) == 1)
    assert world.stored()[0]["reviewer"] == "Ada Byron (ada)"
    at_rest(ada)
    forged = ada.evaluate("window.kept")
    assert forged["reader"] == "Ben Nevis (ben)"

    opened(ben, world, "ben")
    needed = "needs the role reviewer; yours is reader"
    ben.locator(".verdicts .stored", has_text=needed).first.wait_for()
    ben.locator(".verdicts .keys button").first.click()
    ben.locator(".verdicts .trouble", has_text=needed).first.wait_for()
    about = ben.evaluate(f"() => {PANEL}.shown.about")
    ben.evaluate(SEND, forged | {"about": about, "note": "by ben"})
    at_rest(ben)
    assert [each["reviewer"] for each in world.stored()] == ["Ada Byron (ada)"]


def test_an_ended_session_stores_nothing_and_keeps_what_was_typed(world, tab):
    page = tab()
    opened(page, world, "root")
    before = len(world.stored())
    note = page.locator(".verdicts .note").first
    note.fill("mitoses at the edge")
    world.settings(hours=0.000001)
    page.evaluate(f"() => {PANEL}.act({PANEL}.shown.buttons[1])")
    page.locator(".verdicts .trouble", has_text="Your session has ended").first.wait_for()
    page.get_by_role("link", name="sign in again").wait_for()
    assert len(world.stored()) == before
    assert note.input_value() == "mitoses at the edge"

    page.get_by_role("link", name="Overview").first.click()
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    world.settings()


def test_nothing_is_handed_out_to_who_is_not_signed_in(world, tab):
    for path in ("/media/0.json", "/tiles/demo/0/0/0/0", "/_stcore/metrics", "/nothing"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(world.address + path)
        assert (path, refused.value.code) == (path, 401)
    stranger = tab()
    stranger.goto(f"{world.address}/{PATCH}")
    stranger.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert "demo-13" not in stranger.content()


BEHIND = """
[roles]
administrator.subjects = ["root"]

[proxy]
header = "X-Forwarded-User"
addresses = ["{address}"]
"""


def status(address, **headers):
    """What a request from this machine is answered."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(f"{address}/media/0.json", headers=named)
    try:
        return urllib.request.urlopen(asked).status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_proxys_header_counts_from_its_own_address_alone(world, serve, tmp_path):
    file = tmp_path / "access.toml"
    file.write_text(BEHIND.format(address="10.9.9.9"))
    with serve(world.root, IDC_ACCESS=str(file)) as address:
        assert status(address) == 401
        assert status(address, X_Forwarded_User="root") == 403
        said = {"X_Forwarded_User": "root", "X_Forwarded_For": "10.9.9.9"}
        assert status(address, **said) == 403
        file.write_text(BEHIND.format(address="127.0.0.1"))
        assert status(address) == 401
        assert status(address, X_Forwarded_User="root") == 404  # let in, to what is not there
