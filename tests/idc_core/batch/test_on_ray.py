"""Ray: what is refused before work begins, and a real cluster of two nodes that loses one.

The cluster lies in two network namespaces of this machine; its test runs where Ray is installed
(requirements-ray.txt) and the user is root.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from idc_core.batch.on_ray import Node, _refuse_other, connected
from idc_core.batch.processor import packages
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run
from tests.batch_world import EACH, bytes_in, scored, units_in, work_in

ROOT = Path(__file__).parents[3]
SLIDES = 24
NODE = Node("10.77.0.2", True, False, "cpu-x86_64-avx2", packages())


@pytest.fixture(autouse=True)
def settings_of_ray(monkeypatch):
    """Set here, so that nothing of them stays."""
    for name, value in (
        ("RAY_AUTH_MODE", "token"),
        ("RAY_USAGE_STATS_ENABLED", "0"),
        ("RAY_BACKEND_LOG_LEVEL", "fatal"),
    ):
        monkeypatch.setenv(name, value)


def test_without_ray_the_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Refusal, match=r"requirements-ray\.txt .* or use --engine local"):
        connected(None)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere"])
def test_where_nobody_listens_the_sentence_comes_at_once(monkeypatch, address):
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))
    with pytest.raises(Refusal, match=f"Ray cluster at {address}, .* nobody answers there"):
        connected(address)


def test_a_node_of_another_version_is_named(monkeypatch):
    _refuse_other(NODE)
    old = replace(NODE, packages=NODE.packages | {"onnxruntime": "1.0"})
    said = r"expected onnxruntime .* on all nodes, as here: 10\.77\.0\.2 has 1\.0"
    with pytest.raises(Refusal, match=said):
        _refuse_other(old)


def test_a_node_that_anybody_may_use_is_refused():
    with pytest.raises(Refusal, match=r"asks for a token: 10\.77\.0\.2 was started without"):
        _refuse_other(replace(NODE, has_token=False))


DRIVER = """
import sys, time
from pathlib import Path
import ray
from idc_core.batch.batch import score_all
from idc_core.batch.on_ray import connected, on_cluster
from idc_core.batch.result import as_run
from idc_core.batch.work import Work
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run
from tests.batch_world import units_in, work_in

place, address, out = Path(sys.argv[1]), sys.argv[2], sys.argv[3]


class Slow(Work):
    \"\"\"Half a second a slide, and who did it: time to end a node in the middle.\"\"\"

    __slots__ = ()

    def __call__(self, unit):
        where = self.folder / "who"
        where.mkdir(exist_ok=True)
        (where / f"{unit.slide}-{ray.util.get_node_ip_address()}").touch()
        time.sleep(0.5)
        return Work.__call__(self, unit)


cluster = connected(address)
plain = work_in(place, out)
work = Slow(plain.folder, plain.model, plain.model_sha256, plain.settings)
try:
    batch = score_all(
        units_in(place),
        work,
        lambda units, work: on_cluster(units, work, cluster, 2, print),
        cluster.kinds,
        tell=lambda *_: None,
    )
except Refusal as refusal:
    print(refusal)
    sys.exit(2)
parent = open_run(place / "models" / "small")
as_run(batch, work, parent, place / "models" / out, [place / "slides"])
print(len(batch.scored), len(batch.refused))
"""


def needed():
    """Why a cluster cannot be made here; None where it can."""
    if importlib.util.find_spec("ray") is None:
        return "Ray is not installed: pip install -r requirements-ray.txt -c constraints.txt"
    if not shutil.which("ip") or os.geteuid():
        return "two network namespaces need ip (iproute2) and root"
    return None


class TwoNodes:
    """A head at 10.77.0.1 and a node at 10.77.0.2, a processor each, that ask for a token."""

    def __init__(self, place: Path) -> None:
        self.names = [f"idc-{os.getpid()}-{each}" for each in "ab"]
        self.place, self.temp = place, Path(tempfile.mkdtemp(prefix="idc", dir="/tmp"))
        (self.temp / "token").write_text("0123456789abcdef" * 4)
        self.surroundings = os.environ | {
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self.temp / "token"),
            "RAY_USAGE_STATS_ENABLED": "0",
        }

    def start(self) -> None:
        a, b = self.names
        first, second = f"v{os.getpid()}a", f"v{os.getpid()}b"
        for name in self.names:
            _do("ip", "netns", "add", name)
        _do("ip", "link", "add", first, "netns", a, "type", "veth", "peer", second, "netns", b)
        for at, (name, end) in enumerate(((a, first), (b, second)), start=1):
            _do("ip", "-n", name, "addr", "add", f"10.77.0.{at}/24", "dev", end)
            _do("ip", "-n", name, "link", "set", "lo", "up")
            _do("ip", "-n", name, "link", "set", end, "up")
        alike = ("--num-cpus", "1", "--object-store-memory", "100000000")
        head = ("--head", "--port", "6379", "--include-dashboard", "false")
        here = ("--node-ip-address", "10.77.0.1", "--temp-dir", str(self.temp / "a"))
        self.ray(a, "start", *head, *here, *alike)
        there = ("--node-ip-address", "10.77.0.2")
        self.ray(b, "start", "--address", "10.77.0.1:6379", *there, *alike)

    def ray(self, name: str, *words: str) -> None:
        ray = str(Path(sys.executable).with_name("ray"))
        _do("ip", "netns", "exec", name, ray, *words, env=self.surroundings)

    def driver(self, out: str) -> subprocess.Popen[str]:
        script = self.temp / "driver.py"
        script.write_text(DRIVER)
        words = (sys.executable, script, self.place, "10.77.0.1:6379", out)
        return subprocess.Popen(
            ["ip", "netns", "exec", self.names[0], *words],
            env=self.surroundings,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, name: str, only: bytes = b"") -> None:
        """SIGKILL to every process of a node, or to those with `only` in their command."""
        for each in _do("ip", "netns", "pids", name).split():
            with suppress(ProcessLookupError, FileNotFoundError):
                if only in Path(f"/proc/{each}/cmdline").read_bytes():
                    os.kill(int(each), signal.SIGKILL)

    def close(self) -> None:
        for name in self.names:
            with suppress(subprocess.CalledProcessError):
                self.end(name)
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        shutil.rmtree(self.temp, ignore_errors=True)


def _do(*words: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        words, env=env, check=True, capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    return done.stdout


@pytest.fixture
def two_nodes(place):
    if why := needed():
        pytest.skip(why)
    for number in range(4, SLIDES):  # another shade each
        _copy_slide(place / "slides" / "S0.tif", place / "slides" / f"S{number}.tif", number)
    nodes = TwoNodes(place)
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.close()


def _copy_slide(source: Path, target: Path, number: int) -> None:
    """The same tissue with other bytes."""
    target.write_bytes(source.read_bytes() + bytes([number]))


@pytest.mark.slow
def test_a_node_killed_in_the_middle_changes_no_byte_and_doubles_no_row(place, two_nodes):
    work = work_in(place, "clustered")
    driver = two_nodes.driver("clustered")
    deadline = time.monotonic() + 240
    while driver.poll() is None and time.monotonic() < deadline:
        who = [each.name for each in (work.folder / "who").glob("*-10.77.0.2")]
        if len(who) >= 3 and len(bytes_in(work.folder)) >= 6:
            break
        time.sleep(0.05)
    before = len(bytes_in(work.folder))
    two_nodes.end(two_nodes.names[1])
    out, err = driver.communicate(timeout=300)
    assert driver.returncode == 0, err
    assert 6 <= before < SLIDES, err
    assert out.splitlines() == [
        "The node 10.77.0.2 left the cluster: the others do what it was at.",
        f"{SLIDES} 0",
    ]
    serial = work_in(place, "serial")
    scored(units_in(place), serial)
    assert bytes_in(work.folder) == bytes_in(serial.folder)
    rows = open_run(place / "models" / "clustered").predictions()
    assert len(rows) == SLIDES * EACH
    assert not rows.duplicated(["patient", "slide", "x", "y"]).any()


@pytest.mark.slow
def test_where_the_head_ends_a_sentence_says_so_and_what_is_finished_is_kept(place, two_nodes):
    work = work_in(place, "clustered")
    driver = two_nodes.driver("clustered")
    deadline = time.monotonic() + 240
    while driver.poll() is None and len(bytes_in(work.folder)) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    two_nodes.end(two_nodes.names[0], b"gcs_server")
    out, err = driver.communicate(timeout=300)
    assert "expected a Ray cluster at 10.77.0.1:6379, as HOST:PORT: nobody answers there" in out, (
        err
    )
    assert "are finished and kept: the same command goes on" in out
    assert driver.returncode != 0
    again = scored(units_in(place), work)
    assert again.before >= 6
    serial = work_in(place, "serial")
    scored(units_in(place), serial)
    assert bytes_in(work.folder) == bytes_in(serial.folder)
