"""A machine without a network is given everything in one file."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from deploy import offline

ROOT = Path(__file__).resolve().parents[2]


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def test_what_git_tracks_is_copied_as_it_is_now_and_nothing_else(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "inner").mkdir(parents=True)
    for name in ("kept.py", "inner/é b.txt", "gone.txt"):
        (source / name).write_text(f"{name} before")
    git(source, "init", "-q")
    git(source, "add", ".")
    (source / "kept.py").write_text("changed")
    (source / "gone.txt").unlink()
    (source / "secret.env").write_text("not tracked")
    offline.copy_tracked(source, target)
    found = {
        path.relative_to(target).as_posix(): path.read_text()
        for path in target.rglob("*")
        if path.is_file()
    }
    assert found == {"kept.py": "changed", "inner/é b.txt": "inner/é b.txt before"}


def test_the_sums_are_those_that_sha256sum_checks(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"2")
    (tmp_path / "one").write_bytes(b"1")
    two, one = (hashlib.sha256(each).hexdigest() for each in (b"2", b"1"))
    assert offline.sums(tmp_path) == f"{two}  b/two\n{one}  one\n"


def test_its_name_says_for_which_python_and_system_it_is():
    assert offline.name().startswith(f"idc-review-cp{sys.version_info[0]}{sys.version_info[1]}-")
    assert "." not in offline.name()


def test_without_the_viewer_there_is_a_sentence_and_no_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(offline, "VIEWER", "no/such/folder")
    assert offline.main(["--out", str(tmp_path / "dist")]) == 2
    assert "python -m dashboard.browser" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_a_bundle_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def fails(tree):
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(offline, "build_wheels", fails)
    monkeypatch.setattr(offline, "copy_tracked", lambda source, target: None)
    monkeypatch.setattr(offline, "ROOT", tmp_path)
    (tmp_path / offline.VIEWER).mkdir(parents=True)
    with pytest.raises(subprocess.CalledProcessError):
        offline.main(["--out", str(tmp_path / "dist")])
    assert list((tmp_path / "dist").iterdir()) == []


SERVED = """
set -e
ip link set lo up
make dashboard PORT=8697 >served.log 2>&1 &
made=$!
for second in $(seq 900); do
  if curl -sf http://127.0.0.1:8697/readyz; then break; fi
  kill -0 $made || exit 4
  sleep 1
done
curl -sf http://127.0.0.1:8697/overview | grep -q "first.js"
curl -sm 5 https://pypi.org && exit 5
kill -- -$$
"""


@pytest.mark.long
@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("curl"),
    reason="needs root, unshare and curl to cut the network",
)
def test_the_dashboard_is_installed_and_opened_from_it_with_the_network_cut(tmp_path):
    if not (ROOT / offline.VIEWER).is_dir():
        pytest.skip("the viewer is not there: python -m dashboard.browser")
    assert offline.main(["--out", str(tmp_path)]) == 0
    (packed,) = tmp_path.glob("*.tar")
    with tarfile.open(packed) as file:
        file.extractall(tmp_path / "there", filter="data")
    tree = tmp_path / "there" / offline.name()
    subprocess.run(["sha256sum", "--quiet", "-c", offline.SUMS], cwd=tree, check=True)
    plain = {key: word for key, word in os.environ.items() if not key.startswith(("IDC_", "PIP_"))}
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", SERVED],
        cwd=tree,
        env=plain,
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert '"ready":true' in done.stdout, (tree / "served.log").read_text()[-2000:]
    assert done.returncode in (-15, 143), done
