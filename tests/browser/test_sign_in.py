"""Two people in two browsers: what each may do is decided on the server, by who signed in."""

import shutil
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run
from tests.browser.conftest import free_port
from tests.browser.provider import from_the_door, providing, settings, sign_in
from tests.browser.proxy import proxied
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
    sign_in(page, f"{world.address}/{PATCH}", person)
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


LINKS = (
    {"run": "demo", "split": "validation", "threshold": "0.37", "patient": "demo-09"},
    {"run": "demo", "split": "test", "threshold": "0.61", "patient": "demo-13"},
)


def named(page):
    """The view that the address of a page names."""
    parts = urlsplit(page.url)
    query = {name: found for name, (found,) in parse_qs(parts.query).items()}
    return parts.path, {name: query.get(name) for name in LINKS[0]}, parts.fragment


def followed(page, address, link):
    page.goto(f"{address}/patients?{urlencode(link)}")


def lands_on(page, link):
    """Whether the very view is drawn that a link names."""
    page.get_by_text("Signed in as").wait_for()
    at_rest(page)
    assert named(page) == ("/patients", link, "")
    assert link["patient"] in page.locator("[data-testid=stMain]").inner_text()
    number = page.locator(".st-key-bar_threshold .number").first
    assert float(number.input_value()) == float(link["threshold"])


def test_who_comes_by_a_link_lands_on_its_very_view_after_signing_in_each_tab_on_its_own(
    world, tab
):
    first = tab()
    second = first.context.new_page()
    for page, link in zip((first, second), LINKS, strict=True):
        followed(page, world.address, link)
        page.get_by_role("button", name="Sign in", exact=True).wait_for()
    for page, link in zip((first, second), LINKS, strict=True):
        from_the_door(page, "ada")
        lands_on(page, link)


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


@pytest.fixture(scope="module")
def behind(world, serve, tmp_path_factory):
    """A server that lets a proxy name people; its port, and what says at which address that is."""
    file, port = tmp_path_factory.mktemp("behind") / "access.toml", free_port()

    def trust(address):
        file.write_text(BEHIND.format(address=address))

    trust("127.0.0.1")
    with serve(world.root, port=port, IDC_ACCESS=str(file)):
        yield port, trust


def test_a_proxys_header_counts_from_its_own_address_alone(behind):
    port, trust = behind
    address = f"http://127.0.0.1:{port}"
    trust("10.9.9.9")
    assert status(address) == 401
    assert status(address, X_Forwarded_User="root") == 403
    said = {"X_Forwarded_User": "root", "X_Forwarded_For": "10.9.9.9"}
    assert status(address, **said) == 403
    trust("127.0.0.1")
    assert status(address) == 401
    assert status(address, X_Forwarded_User="root") == 404  # let in, to what is not there


def test_who_comes_by_a_link_before_the_proxy_names_them_lands_on_its_very_view(behind, tab):
    port, trust = behind
    trust("127.0.0.1")
    with proxied(port) as (proxy, address):
        page = tab()
        followed(page, address, LINKS[0])
        page.get_by_text("Nobody is named by the proxy").wait_for()
        assert named(page) == ("/patients", LINKS[0], "")
        proxy.person = "root"
        page.reload()
        lands_on(page, LINKS[0])
