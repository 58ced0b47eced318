"""What `compose.yaml` would start, started without Docker: its proxy, its database, its server,
with the words and the environment that stand there. The image itself is not built here."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
import yaml

from idc_core.audit.server import ServerLog
from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres.address import address_of
from idc_core.io.postgres.pool import disconnect
from idc_core.records.ledger import LOOKS
from idc_core.reviews import data_key, open_reviews
from idc_core.runs import ledger
from idc_core.runs.run import open_run
from tests.browser.conftest import browser, free_port, tab
from tests.browser.proxy import HEADER, proxied
from tests.browser.rest import at_rest, seen, until

__all__ = ["browser", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

DEPLOY = REPOSITORY / "deploy"
PASSWORD, PERSON = "0123456789abcdef", "ada"
GIVEN = {
    "IDC_HOST": "localhost",
    "IDC_CLIENT_SECRET": "not used by a proxy",
    "IDC_COOKIE_SECRET": "x" * 48,
    "IDC_DB_PASSWORD": PASSWORD,
}
ACCESS = f"""
[roles]
default = "none"
administrator.subjects = ["root"]
reviewer.subjects = ["{PERSON}"]

[proxy]
header = "{HEADER}"
addresses = ["127.0.0.1"]
"""
UNTRUSTED = ssl._create_unverified_context()  # Caddy's certificate is its own


@pytest.fixture(scope="module")
def services():
    """The services of the file, its variables given as an `.env` would."""
    text = (DEPLOY / "compose.yaml").read_text()
    filled = re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: GIVEN[found[1]], text)
    return yaml.safe_load(filled)["services"]


@pytest.fixture
def database(services, postgres):
    """The database as the file's service makes it; gives its host and port."""
    told = services["db"]["environment"]
    user, name = told["POSTGRES_USER"], told["POSTGRES_DB"]
    assert told["POSTGRES_INITDB_ARGS"] == "--encoding=UTF8 --locale=C"
    postgres.ask(f"CREATE ROLE {user} LOGIN PASSWORD '{told['POSTGRES_PASSWORD']}'")
    postgres.ask(
        f"CREATE DATABASE {name} OWNER {user} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
    )
    yield f"127.0.0.1:{postgres.port}"
    disconnect()


@pytest.fixture
def root(tmp_path):
    """The volumes of the file."""
    kept_out = shutil.ignore_patterns(LOOKS, ".*", "analysis", "patches.npy", "checkpoint")
    for part in ("models", "data"):
        shutil.copytree(REPOSITORY / part / "demo", tmp_path / part / "demo", ignore=kept_out)
    (tmp_path / "access.toml").write_text(ACCESS)
    return tmp_path


class App:
    """The file's dashboard, as the image would start it."""

    def __init__(self, service, root, database, port):
        told = service["environment"]
        assert "@db:5432/" in told["IDC_REVIEWS_URL"]
        self.url = told["IDC_REVIEWS_URL"].replace("@db:5432/", f"@{database}/")
        places = {"IDC_MODELS": str(root / "models"), "IDC_DATA": str(root / "data")}
        self.environment = (
            os.environ
            | told
            | places
            | {"IDC_REVIEWS_URL": self.url, "IDC_ACCESS": str(root / "access.toml")}
        )
        self.words = [sys.executable, *service["command"], "--port", str(port)]
        self.address, self.log = f"http://127.0.0.1:{port}", root / "app.log"

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.words, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log
            )
        answers(self.address + "/healthz", self.process)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=40) == 0, self.log.read_text()[-2000:]


@contextmanager
def caddy(root, port):
    """The file's proxy with the Caddyfile beside it, which names somebody as a department's way of
    signing in would; gives its address."""
    plain, encrypted = free_port(), free_port()
    given = (DEPLOY / "Caddyfile").read_text()
    upstream = "reverse_proxy 127.0.0.1:8501"
    assert given.count(upstream) == 1
    ours = f"reverse_proxy 127.0.0.1:{port} {{\n\t\theader_up {HEADER} {PERSON}\n\t}}"
    asked_for = ("admin off", "skip_install_trust", f"http_port {plain}", f"https_port {encrypted}")
    options = "".join(["{\n", *(f"\t{each}\n" for each in asked_for), "}\n"])
    (root / "Caddyfile").write_text(options + given.replace(upstream, ours))
    words = ["caddy", "run", "--adapter", "caddyfile", "--config", str(root / "Caddyfile")]
    kept = {"XDG_DATA_HOME": str(root / "caddy"), "XDG_CONFIG_HOME": str(root / "caddy")}
    with (root / "caddy.log").open("w") as log:
        process = subprocess.Popen(
            words, env=os.environ | GIVEN | kept, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        answers(f"https://localhost:{encrypted}/healthz", process)
        yield f"https://localhost:{encrypted}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def before(root, port):
    """Caddy, or where there is none a proxy of the tests' own that does the same but for TLS and
    what it hides."""
    if shutil.which("caddy"):
        with caddy(root, port) as address:
            yield address, True
    else:
        with proxied(port) as (proxy, address):
            proxy.person = PERSON
            yield address, False


def answers(address, process):
    end = time.monotonic() + 180
    while time.monotonic() < end:
        assert process.poll() is None
        if asked(address)[0] == 200:
            return
        time.sleep(0.2)
    pytest.fail("it did not answer within 180 s")


def asked(address):
    """The status and the body of an answer; 0 where there was none."""
    try:
        with urllib.request.urlopen(address, timeout=5, context=UNTRUSTED) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except OSError:
        return 0, ""


PANEL = """[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)
  .map((root) => root.querySelector(".verdicts"))
  .find((host) => host?.panel?.shown?.patches).panel"""


def test_what_compose_would_start_signs_in_stores_on_its_database_and_finds_it_after_a_restart(
    services, database, root, tab, monkeypatch
):
    port = free_port()
    app = App(services["app"], root, database, port)
    app.start()
    try:
        with before(root, port) as (address, is_caddy):
            assert asked(f"{address}/healthz") == (200, "alive\n")
            assert asked(f"{app.address}/readyz")[0] == 200
            assert asked(f"{address}/readyz")[0] == (404 if is_caddy else 200)
            assert asked(f"{app.address}/media/0.json")[0] == 401
            assert asked(f"{address}/media/0.json")[0] == 404  # let in, to what is not there

            page = tab(ignore_https_errors=True)
            page.goto(f"{address}/patients?run=demo&split=test&threshold=0.5&patient=demo-13")
            page.get_by_text(f"Signed in as {PERSON}, reviewer.").wait_for()
            at_rest(page)
            page.locator(".verdicts .keys button").first.wait_for()
            page.locator(".verdicts[data-pending=false]").first.wait_for()
            seen(page)
            page.evaluate(f"() => {PANEL}.act({PANEL}.shown.buttons[0])")
            until(lambda: len(stored(app, root)) == 1)

            (row,) = stored(app, root)
            assert (row["reviewer"], row["patient"]) == (PERSON, "demo-13")

            app.stop()
            app.start()
            page.goto(
                f"{address}/patients?run=demo&split=test&threshold=0.5&patient=demo-13"
                f"&patch=x{row['x']}_y{row['y']}"
            )
            page.get_by_text("Verdicts on this patch (1)").first.wait_for()
            assert stored(app, root) == [row]
    finally:
        app.stop()
    assert not list((root / "data").glob("*.sqlite")), "verdicts went to a file"
    log = ServerLog(address_of(app.url))
    assert log.check().broken is None
    acts = [(each.person, each.act, each.patient) for each in log.entries()]
    assert acts.count((PERSON, "open", "demo-13")) == 2
    assert (PERSON, "verdict", "demo-13") in acts
    assert not list((root / "data").glob("audit*")), "the audit log went to a file"
    assert not (root / "models" / "demo" / LOOKS).exists(), "looks at test went to the run's folder"
    monkeypatch.setenv("IDC_REVIEWS_URL", app.url)
    looked = ledger.looks(open_run(root / "models" / "demo"))
    assert [look.threshold for look in looked] == [0.5]
    assert all(json.loads(line) for line in app.log.read_text().splitlines() if line[:1] == "{")


def stored(app, root):
    run = open_run(root / "models" / "demo")
    return open_reviews(address_of(app.url)).standing(data_key(run)).to_dict("records")
