"""Whom the command line and the server talk to: this machine only, seen by `strace`."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from idc_core.io.paths import REPOSITORY
from tests.browser.rest import linger

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 13
"""Seconds: ONNX Runtime reports some ten seconds after it is imported."""

_FOREIGN = re.compile(r'sin6?_(?:port|addr).*?inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')


@pytest.fixture(scope="module")
def strace():
    """What is put before a command to write down whom it connects to, and how to read that."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace on PATH: install it (Debian: apt install strace)")
    tried = subprocess.run([found, "-qq", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("strace may not look at processes here")
    return found


def traced(strace, log):
    return [strace, "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmmsg", "-o", log]


def foreign(log):
    """Addresses other than this machine's, and what was done with them."""
    return [
        line
        for line in log.read_text(errors="replace").splitlines()
        for found in [_FOREIGN.search(line)]
        if found and not re.match(r"127\.|::1$|0\.0\.0\.0$|::$", found.group(1))
    ]


@pytest.fixture(scope="module")
def scoring(strace, world, tmp_path_factory):
    """The command line, scoring: begun before the server, as both are only waited for. Gives the
    process, its trace and its scores."""
    folder = tmp_path_factory.mktemp("scoring")
    log, out = folder / "trace", folder / "scores.csv"
    code = (
        "import sys, time, train_cli; sys.argv = sys.argv[1:]\n"
        "try: train_cli.app()\n"
        f"except SystemExit as ended: time.sleep({PATIENCE}); raise"
    )
    words = [
        sys.executable,
        "-c",
        code,
        "train_cli.py",
        "predict",
        "--run",
        str(world / "models" / "small"),
        str(world / "source"),
        "--out",
        str(out),
    ]
    environment = {name: each for name, each in os.environ.items() if "TELEMETRY" not in name}
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [*traced(strace, log), *words],
            cwd=REPOSITORY,
            env=environment | {"HOME": str(folder)},
            stdout=said,
            stderr=said,
        )
        yield process, log, out
        process.kill()
        process.wait()


def test_the_server_contacts_no_one(strace, scoring, serve, opened_world, tab, tmp_path):
    log = tmp_path / "trace"
    with serve(opened_world, before=traced(strace, log)) as address:
        page = tab()
        page.goto(f"{address}/score?run=small&split=test")
        page.get_by_text("predicted IDC").first.wait_for()
        linger(page, 1_000 * PATIENCE)  # for what must not come
    assert log.read_text()
    assert not foreign(log)


def test_scoring_on_the_command_line_contacts_no_one(scoring):
    process, log, out = scoring
    # One of its files is no picture: the others are scored.
    assert process.wait() == 3, (log.parent / "said").read_text()[-500:]
    assert out.is_file()
    assert not foreign(log)
