"""The dashboard, driven in this process: pages opened on a finished, unfinished or damaged run."""

import json
import re
import shutil
import sys
import uuid

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.testing.v1 import AppTest

from dashboard import browser, pages
from dashboard.views.network.evidence import cache
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY

APP = REPOSITORY / "dashboard" / "app.py"
VIEWS = [view.key for view in pages.VIEWS]


def component(at, key):
    """A component of the page by its key."""
    found = [each for each in at.get("bidi_component") if each.proto.id.endswith(f"-{key}")]
    assert len(found) == 1, f"{len(found)} components {key}"
    return found[0]


def tell(at, key, event, value):
    """Rerun with what a component's script reports."""
    states = at._tree.get_widget_states()
    state = states.widgets.add()
    state.id = _make_trigger_id(component(at, key).proto.id, "events")
    state.json_trigger_value = json.dumps([{"event": event, "value": value}])
    at._run(states)


class Page:
    """A page that was opened; every action reruns it."""

    def __init__(self, **query):
        self.at = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            self.at.query_params[name] = value
        self.at.run()

    @classmethod
    def around(cls, at):
        """The same for a script that a test wrote itself."""
        page = cls.__new__(cls)
        page.at = at
        return page

    def open(self, view, **query):
        for name, value in query.items():
            self.at.query_params[name] = value
        to = pages.view(view)
        for name, value in to.query.items():
            self.at.query_params[name] = value
        self.at.switch_page(to.file).run()
        return self

    @property
    def title(self):
        return self.at.title[0].value if self.at.title else None

    @property
    def query(self):
        """What the address bar says, one text a name."""
        return {
            name: value[0] if isinstance(value, list) else value
            for name, value in self.at.query_params.items()
        }

    @property
    def html(self):
        return "\n".join(block.proto.body for block in self.at.get("html"))

    @property
    def text(self):
        """All that is said on the page."""
        said = [self.html]
        for kind in ("title", "header", "markdown", "caption", "code", "text"):
            said += [str(block.value) for block in self.at.get(kind)]
        return "\n".join(said)

    def read_as(self, name):
        """Say who reads, as the browser does that knows the name."""
        self.tell("reader_field", "name", {"name": name})
        return self

    def panel(self, key="verdicts"):
        """What a component was given to show."""
        return json.loads(self._component(key).proto.json)

    def act(self, does="verdict", verdict="", key="verdicts", **changed):
        """Press a key of a panel: what it shows goes back with it, as from the browser."""
        shown = self.panel(key)
        standing = shown["standing"] or {}
        about = shown["about"] | changed.pop("about", {})
        act = {
            "does": does,
            "verdict": verdict,
            "to": "",
            "note": "",
            "about": about,
            "reader": about.get("reader", ""),
            "replaces": standing.get("token", ""),
            "identity": shown["identity"],
            "token": uuid.uuid4().hex,
        }
        self.tell(key, "act", act | changed)
        return self

    def undo(self, key="verdicts"):
        """Press Z: what it says it takes back is what goes back with it."""
        return self.act("undo", key=key, to=self.panel(key)["undo"]["to"])

    def tell(self, key, event, value):
        """What a component's script reports, as the browser sends it."""
        tell(self.at, key, event, value)

    def _component(self, key):
        return component(self.at, key)

    @property
    def failed(self):
        """Whether something raised what no page is made for."""
        return bool(self.at.exception) or "Internal error" in self.text

    def charts(self):
        return {
            chart.proto.id.rsplit("-", 1)[-1]: chart.proto
            for chart in self.at.get("vega_lite_chart")
        }

    def frame(self, key):
        """A table by its key, which may end with a digest of its rows."""
        wanted = re.compile(rf"-{re.escape(key)}(_[0-9a-f]{{12}})?$")
        tables = [table for table in self.at.dataframe if wanted.search(table.proto.id)]
        return tables[0].value


@pytest.fixture
def views():
    """Names of all pages, as the folder has them."""
    return VIEWS


@pytest.fixture
def app():
    """Opens the dashboard at an address; gives a `Page`."""
    return Page


@pytest.fixture
def settle(monkeypatch):
    """Lets the dashboard look for runs and stores in a folder."""

    def at(root):
        monkeypatch.setenv("IDC_MODELS", str(root / "models"))
        monkeypatch.setenv("IDC_DATA", str(root / "data"))
        return root

    return at


@pytest.fixture(autouse=True)
def own_reviews(monkeypatch, tmp_path):
    """The file that verdicts of this test go to; nothing is there yet."""
    file = tmp_path / "verdicts" / "reviews.sqlite"
    monkeypatch.setenv("IDC_REVIEWS", str(file))
    return file


@pytest.fixture(autouse=True)
def viewer(monkeypatch):
    """Any script in the viewer's place: no browser runs here, and no network is needed."""
    monkeypatch.setattr(browser, "OPENSEADRAGON", APP.parent / "widgets" / "slide_viewer.js")


@pytest.fixture(autouse=True)
def quick_gradients(monkeypatch):
    """A quick child in the place of TensorFlow, which takes seconds to wake."""
    child = [sys.executable, str(REPOSITORY / "tests" / "dashboard" / "quick_gradients.py")]
    monkeypatch.setattr(cache, "COMMAND", child)


LEFT_BY_PAGES = ("looks.jsonl", ".ledger", "analysis")


@pytest.fixture
def full_run(opened_world, settle):
    """The shared finished run with its pixels; only pages write to it."""
    _forget(opened_world)
    return settle(opened_world)


@pytest.fixture
def own_world(copied, settle, tmp_path):
    """A copy of it, to be damaged."""
    return settle(copied(tmp_path))


def _forget(root):
    """Takes away what pages of another test wrote: looks at test, measured patches."""
    for name in LEFT_BY_PAGES:
        for left in root.rglob(name):
            shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture
def own_run(own_world):
    """The folder of the run in that copy."""
    return own_world / "models" / "small"


@pytest.fixture
def unfinished_run(own_run):
    """Two epochs are logged; there is no network, no score and no report."""
    info = read_json(own_run / "run.json")
    write_json(own_run / "run.json", info | {"status": "training", "best_epoch": None})
    rows = (own_run / "history.csv").read_text().splitlines()
    (own_run / "history.csv").write_text("\n".join(rows[:3]) + "\n")
    for name in ("predictions.parquet", "report.json", "operating_points.jsonl", "model.onnx"):
        (own_run / name).unlink()
    return own_run


@pytest.fixture
def empty_models(settle, tmp_path):
    """Neither runs nor stores."""
    return settle(tmp_path)


@pytest.fixture
def no_pixels(own_world):
    """The run, and a store without its pixels."""
    (own_world / "data" / "tiny" / "patches.npy").unlink()
    return own_world


@pytest.fixture
def imported_run(own_world, own_run):
    """Predictions from elsewhere: no history, no network, no store."""
    info = {"status": "imported", "data": {"name": "elsewhere", "fingerprint": "0"}}
    write_json(own_run / "run.json", info)
    for name in ("history.csv", "events.jsonl", "model.onnx"):
        (own_run / name).unlink()
    shutil.rmtree(own_world / "data" / "tiny")
    return own_run
