"""The dashboard, driven in this process: pages opened on a finished, unfinished or damaged run."""

import json
import re
import shutil
import sys
import uuid
from functools import cache as once
from html import unescape

import numpy as np
import pandas as pd
import pytest
from altair.utils import schemapi
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from dashboard import browser, pages
from dashboard.access import settings
from dashboard.cache import threshold_table
from dashboard.views.network.evidence import cache
from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import UNLABELLED
from tests.dashboard.access.worlds import OIDC, PROXY

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
    """A page that was opened; every action reruns it.

    `app(...).open(view)` follows a link: the view is the first that this session sees. Whoever
    looks at `app(...)` itself sees the front page, and opens others from there.
    """

    def __init__(self, **query):
        self._at = AppTest.from_file(str(APP), default_timeout=180)
        self._seen = False
        self._say(query)

    @property
    def at(self):
        if not self._seen:
            self._seen = True
            self._at.run()
        return self._at

    @classmethod
    def around(cls, at):
        """The same for a script that a test wrote itself."""
        page = cls.__new__(cls)
        page._at, page._seen = at, True
        return page

    def open(self, view, **query):
        to = pages.view(view)
        self._say({**query, **to.query})
        if self._seen:
            self._at.switch_page(to.file)
        else:  # `switch_page` only knows what a first run has registered
            self._at._page_hash = calc_hash(to.page.key)
            self._seen = True
        self._at.run()
        return self

    def open_popover(self, key):
        """Open a popover whose content is made on demand, unless it is open."""
        if key not in self._at.session_state or not self._at.session_state[key]:
            self._at.session_state[key] = True
            self._at.run()

    def _say(self, query):
        for name, value in query.items():
            self._at.query_params[name] = value

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
        drawn = re.sub(r'<span data-live="[^"]*">(.*?)</span>', r"\1", self._drawn)
        return re.sub(r' data-answer="\w+"', "", drawn)  # another each time it is drawn

    @property
    def _drawn(self):
        return "\n".join(block.proto.body for block in self.at.get("html"))

    @property
    def live(self):
        """The texts that follow the threshold, by their key; a key stands once."""
        found = re.findall(r'data-live="([^"]*)">(.*?)</', self._drawn)
        assert len(found) == len(dict(found)), "a key stands twice"
        return {key: unescape(text) for key, text in found}

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

    @property
    def threshold(self):
        """What the slider in the bar was given to show."""
        return self.panel("bar_threshold")

    def move_threshold(self, to, **about):
        """Move the slider in the bar and let go: one message, for the run and split that it shows.

        It is sent with all that was typed or pressed and not sent yet.
        """
        about = self.threshold["about"] | about
        act = {"threshold": to, "about": about, "token": uuid.uuid4().hex}
        self.tell("bar_threshold", "moved", act)
        return self

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

    def listed(self, key):
        """The page of a list that the browser was given, a column each, as it says it."""
        shown = self.panel(key)
        rows = [row["cells"] for row in shown["rows"]]
        return pd.DataFrame(rows, columns=[each["key"] for each in shown["columns"]])

    def frame(self, key):
        """A table by its key, which may end with a digest of its rows."""
        wanted = re.compile(rf"-{re.escape(key)}(_[0-9a-f]{{12}})?$")
        tables = [table for table in self.at.dataframe if wanted.search(table.proto.id)]
        return tables[0].value


class _NoTables:
    """None is ever there: a page is drawn while its table is made."""

    def get(self, run, split, of, found):
        return None, ""


@pytest.fixture(autouse=True)
def no_tables_meanwhile(monkeypatch):
    """Nothing is made, nor written into a run, while a test looks at its pages."""
    monkeypatch.setattr(threshold_table, "_tables", _NoTables)


@pytest.fixture
def views():
    """Names of all pages, as the folder has them."""
    return VIEWS


@pytest.fixture
def in_turns():
    """Every third (or so) of the pages, beginning with another at each turn."""

    def of(turn, step=3):
        return VIEWS[turn % step :: step]

    return of


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session", autouse=True)
def quick_opening():
    """Opening a page reads what is installed once (a third of a second) and does not poll."""
    with pytest.MonkeyPatch.context() as patch:
        scan = once(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        patch.setattr(local_script_runner, "require_widgets_deltas", _ended)
        patch.setattr(schemapi._FromDict, "__init__", _remembered(schemapi._FromDict.__init__))
        yield


def _remembered(build):
    """Altair hashes its 570 schemas anew for every encoding: only once here."""
    known = {}

    def built(self, wrapper_classes, /):
        classes = tuple(wrapper_classes)
        if classes not in known:
            build(self, classes)
            known[classes] = self.class_dict
        self.class_dict = known[classes]

    return built


def _ended(runner, timeout):
    """Waits for a script's thread as long as Streamlit's own loop does, without its polling."""
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"the page's script did not end within {timeout} s")


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


@pytest.fixture(scope="session")
def tumour_world(copied, tmp_path_factory):
    """A copy whose store and run call their classes tumour and stroma; only pages write to it."""
    root = copied(tmp_path_factory.mktemp("tumour"))
    names = {"positive": "tumour", "negative": "stroma"}
    for file in (root / "data/tiny/manifest.json", root / "models/small/run.json"):
        content = read_json(file)
        write_json(file, content | {"raster": content.get("raster", {}) | names})
    return root


@pytest.fixture
def tumour_run(tumour_world, settle):
    """The dashboard on that copy."""
    _forget(tumour_world)
    return settle(tumour_world)


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


def unfinish(root):
    """Two epochs are logged; there is no network, no score and no report."""
    run = root / "models" / "small"
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"status": "training", "best_epoch": None})
    rows = (run / "history.csv").read_text().splitlines()
    (run / "history.csv").write_text("\n".join(rows[:3]) + "\n")
    for name in ("predictions.parquet", "report.json", "operating_points.jsonl", "model.onnx"):
        (run / name).unlink()


def take_pixels(root):
    """The run stays, and a store without its pixels."""
    (root / "data" / "tiny" / "patches.npy").unlink()


def as_imported(root):
    """Predictions from elsewhere: no history, no network, no store."""
    run = root / "models" / "small"
    info = {"status": "imported", "data": {"name": "elsewhere", "fingerprint": "0"}}
    write_json(run / "run.json", info)
    for name in ("history.csv", "events.jsonl", "model.onnx"):
        (run / name).unlink()
    shutil.rmtree(root / "data" / "tiny")


def take_network(root):
    """The run stays, without its network."""
    (root / "models" / "small" / "model.onnx").unlink()


def take_labels(root):
    """No patch of the run has a label."""
    run = root / "models" / "small"
    table = read_parquet(run / "predictions.parquet")
    write_parquet(run / "predictions.parquet", table.assign(label=np.int8(UNLABELLED)))
    write_json(run / "run.json", read_json(run / "run.json") | {"labels": False})


CHANGES = {
    "unfinished": unfinish,
    "without pixels": take_pixels,
    "imported": as_imported,
    "without network": take_network,
    "without labels": take_labels,
}


@pytest.fixture(scope="session")
def _changed_worlds():
    return {}


@pytest.fixture
def changed_world(_changed_worlds, copied, settle, tmp_path_factory):
    """One of `CHANGES` by its name, made once: for pages only, which find their caches warm."""

    def at(name):
        if name not in _changed_worlds:
            root = copied(tmp_path_factory.mktemp("changed"))
            CHANGES[name](root)
            _changed_worlds[name] = root
        _forget(_changed_worlds[name])
        return settle(_changed_worlds[name])

    return at


@pytest.fixture
def unfinished_run(own_world, own_run):
    """A run of its own in which two epochs are logged."""
    unfinish(own_world)
    return own_run


@pytest.fixture
def empty_models(settle, tmp_path):
    """Neither runs nor stores."""
    return settle(tmp_path)


@pytest.fixture
def no_pixels(own_world):
    """A run of its own, and a store without its pixels."""
    take_pixels(own_world)
    return own_world


@pytest.fixture
def imported_run(own_world, own_run):
    """A run of its own that holds predictions from elsewhere."""
    as_imported(own_world)
    return own_run


@pytest.fixture
def write_access(tmp_path, monkeypatch):
    """Writes the settings and makes them those of this process; gives what is read."""

    def written(content, mode=0o600):
        file = tmp_path / "access.toml"
        file.touch(mode=mode)
        file.chmod(mode)
        file.write_text(content)
        monkeypatch.setenv(settings.VARIABLE, str(file))
        return settings.read(file)

    for name in settings.SECRETS.values():
        monkeypatch.delenv(name, raising=False)
    return written


@pytest.fixture
def oidc(write_access):
    return write_access(OIDC)


@pytest.fixture
def proxy(write_access):
    return write_access(PROXY)
