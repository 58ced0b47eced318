"""What an administrator is given to run the server is well formed and says what the code says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import serve, supervise
from dashboard.access import settings
from dashboard.server import health
from idc_core.jobs import worker

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.executable).parent


def passes(*words):
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_has_nothing_that_its_linter_warns_of():
    passes(TOOLS / "hadolint", "--failure-threshold", "info", DEPLOY / "Dockerfile")


def test_the_compose_file_is_one():
    schema = ("--builtin-schema", "vendor.compose-spec")
    passes(TOOLS / "check-jsonschema", *schema, DEPLOY / "compose.yaml")


def test_the_linter_and_the_schema_find_faults(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /x\n")
    (tmp_path / "compose.yaml").write_text("services:\n  app:\n    prots: ['1:1']\n")
    with pytest.raises(AssertionError, match="DL3006"):
        passes(TOOLS / "hadolint", tmp_path / "Dockerfile")
    schema = ("--builtin-schema", "vendor.compose-spec")
    with pytest.raises(AssertionError, match="prots"):
        passes(TOOLS / "check-jsonschema", *schema, tmp_path / "compose.yaml")


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not here: on Debian, apt-get install systemd")
    text = (DEPLOY / "idc-review.service").read_text()
    text = text.replace("/opt/idc-review/.venv/bin/python", sys.executable)
    (tmp_path / "idc-review.service").write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "idc-review.service"],
        check=False,
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "idc-review.service" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_proxys_file_is_one_that_caddy_takes(monkeypatch):
    if not shutil.which("caddy"):
        pytest.skip("Caddy is not here: on Debian, apt-get install caddy")
    monkeypatch.setenv("IDC_HOST", "review.clinic.example")
    passes("caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))


def arguments(text):
    """The words after `dashboard.supervise` in a line, for the server's own parser."""
    words = re.findall(r"[^\s,\"\[\]]+", text.split("dashboard.supervise", 1)[1])
    return [word.replace("${IDC_HOST}", "review.clinic.example") for word in words]


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "idc-review.service"])
def test_each_starts_server_and_worker_by_words_they_know_and_lets_nobody_in_but_the_proxy(file):
    (line,) = (
        each for each in (DEPLOY / file).read_text().splitlines() if "dashboard.supervise" in each
    )
    asked = serve._parser().parse_args(arguments(line))
    assert (asked.address, asked.port, asked.open) == ("127.0.0.1", 8501, False)
    assert asked.log == "json"


def test_what_is_stopped_has_time_to_put_its_job_back():
    compose = (DEPLOY / "compose.yaml").read_text()
    (grace,) = re.findall(r"stop_grace_period: (\d+)s", compose)
    assert int(grace) > supervise.PATIENCE > worker.PATIENCE
    # Otherwise what the worker does would be ended before the worker knows why.
    assert "\nKillMode=mixed\n" in (DEPLOY / "idc-review.service").read_text()
    assert "$(PY) -m dashboard.supervise --port $(PORT)" in (ROOT / "Makefile").read_text()


def test_what_is_asked_for_health_and_hidden_by_the_proxy_is_what_the_server_has():
    assert f"127.0.0.1:8501{health.ALIVE}" in (DEPLOY / "Dockerfile").read_text()
    caddy = (DEPLOY / "Caddyfile").read_text()
    hidden = re.search(r"path (.*)", caddy)[1].split()
    assert {health.READY, health.COUNTS} <= set(hidden)
    assert health.ALIVE not in hidden


def test_an_image_is_installed_as_a_clone_is():
    steps = re.findall(r"^RUN (.*?)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert steps[1].startswith("make install EXTRA=requirements-postgres.txt ")
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", "install"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "pip install" in dry
    assert "-m dashboard.browser" in dry


def test_no_file_of_a_patient_gets_into_an_image():
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"data/*", "models/*", ".git", "dist"} <= set(left_out)
    kept = {line[1:] for line in left_out if line.startswith("!")}
    tracked = subprocess.run(
        ["git", "ls-files", "data", "models"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert kept == {"/".join(each.split("/")[:2]) for each in tracked}


def test_the_example_of_who_may_do_what_is_read_and_says_what_the_others_need(monkeypatch):
    monkeypatch.setenv("IDC_CLIENT_SECRET", "given by the provider")
    monkeypatch.setenv("IDC_COOKIE_SECRET", "x" * settings.SHORTEST_SECRET)
    found = settings.read(DEPLOY / "access.example.toml")
    assert found.roles.default == "reader"
    assert found.oidc.redirect_uri == "https://review.clinic.example/oauth2callback"
    for file in ("compose.yaml", "idc-review.service"):
        text = (DEPLOY / file).read_text()
        assert {settings.VARIABLE, *settings.SECRETS.values()} <= set(re.findall(r"IDC_\w+", text))
