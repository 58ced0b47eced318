"""Every file of a folder or a zip is named or listed as skipped, and read within limits."""

import os
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from idc_core.data.folders.sources import list_folder, open_source
from idc_core.io.refusal import Refusal


def write(folder, *names, content=b"x"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture
def make_zip(tmp_path):
    def make(*entries, packing=zipfile.ZIP_DEFLATED):
        path = tmp_path / "patches.zip"
        with zipfile.ZipFile(path, "w", packing) as file:
            for name, content in entries:
                file.writestr(name, content)
        return path

    return make


def test_files_of_any_depth_are_named_relative_to_the_folder(tmp_path):
    write(tmp_path, "a.png", "b/c/d/e.png", "ü/x.png")
    assert sorted(list_folder(tmp_path).names) == ["a.png", "b/c/d/e.png", "ü/x.png"]


def test_a_file_is_read_up_to_the_limit(tmp_path):
    write(tmp_path, "a", content=bytes(range(256)) * 1000)
    folder = list_folder(tmp_path)
    assert folder.read("a", 10**6) == bytes(range(256)) * 1000
    assert len(folder.read("a", 200_001)) == 200_001
    assert len(folder.read("a", 10)) == 10


def test_links_are_listed_and_not_followed(tmp_path):
    """Row 16: a loop of links would never end."""
    write(tmp_path, "in/a.png")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    (tmp_path / "in" / "b.png").symlink_to(tmp_path / "in" / "a.png")
    folder = list_folder(tmp_path)
    assert folder.names == ["in/a.png"]
    assert {(entry.file, entry.reason) for entry in folder.skipped} == {
        ("in/loop", "symlink"),
        ("in/b.png", "symlink"),
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_listed_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    folder = list_folder(tmp_path)
    assert not folder.names
    assert folder.skipped[0].reason == "not_a_file"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody"
)
def test_a_closed_folder_and_a_closed_file_are_listed_and_raise():
    """Row 15; root may read everything, so a child gives its rights away first."""
    code = (
        "import os, sys, pathlib;"
        "from idc_core.data.folders.sources import list_folder; os.setuid(65534);"
        "f = list_folder(pathlib.Path(sys.argv[1])); print(f.names, [s[:2] for s in f.skipped]);"
        "f.read('open/a.png', 9)"
    )
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to nobody
        folder = Path(name)
        write(folder, "open/a.png", "closed/b.png")
        folder.chmod(0o755)
        (folder / "closed").chmod(0)
        (folder / "open" / "a.png").chmod(0)
        done = subprocess.run([sys.executable, "-c", code, name], capture_output=True, text=True)
    assert done.stdout.strip() == "['open/a.png'] [('closed/', 'unreadable')]"
    assert "PermissionError" in done.stderr


def test_a_missing_source_is_refused(tmp_path):
    with pytest.raises(Refusal, match="it is not there"), open_source(tmp_path / "none"):
        pass


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(60)])
def test_a_file_that_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(Refusal, match="no readable zip"), open_source(tmp_path / "a.zip"):
        pass


def test_a_zip_is_read_in_place(make_zip):
    with open_source(make_zip(("d/a.png", b"one"), ("b.png", b"two"))) as source:
        assert sorted(source.names) == ["b.png", "d/a.png"]
        assert source.read("d/a.png", 100) == b"one"
        assert source.read("d/a.png", 2) == b"on"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        *((name, name) for name in ("../a.png", "/a.png", "a/../../b.png", "C:/a.png")),
        ("..\\a.png", "../a.png"),
        ("C:\\a.png", "C:/a.png"),
        ("\\\\host\\a.png", "/host/a.png"),
        (".//../a.png", "../a.png"),
    ],
)
def test_a_name_that_leads_out_of_the_zip_is_listed(make_zip, name, shown):
    """Row 20."""
    with open_source(make_zip((name, b"x"), ("ok.png", b"x"))) as source:
        assert source.names == ["ok.png"]
        assert [(entry.file, entry.reason) for entry in source.skipped] == [(shown, "unsafe_name")]


@pytest.mark.parametrize(
    "name", ["a\\b.png", "./a/b.png", "a//b.png", ".\\a\\.\\b.png", "a/./b.png"]
)
def test_a_name_is_a_path_within_the_zip_whatever_packed_it(make_zip, name):
    with open_source(make_zip((name, b"one"), ("a\\", b""))) as source:
        assert source.names == ["a/b.png"]
        assert source.read("a/b.png", 10) == b"one"
        assert not source.skipped


def test_two_entries_of_one_path_are_listed_once(make_zip):
    with open_source(make_zip(("a/b.png", b"one"), ("a\\b.png", b"two"))) as source:
        assert source.read("a/b.png", 10) == b"one"
        assert [entry.reason for entry in source.skipped] == ["same_name"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("w:gz", "tar.gz"), ("w", "tar archive"), ("w:xz", "an XZ"), ("w:bz2", "bzip2")],
)
def test_another_archive_is_named_with_what_unpacks_it(tmp_path, kind, said):
    write(tmp_path, "in/a.png")
    with tarfile.open(tmp_path / "set.zip", kind) as packed:
        packed.add(tmp_path / "in", "in")
    found = rf"it is .*{said}.* Unpack it \(tar -x"
    with pytest.raises(Refusal, match=found), open_source(tmp_path / "set.zip"):
        pass


def test_a_link_in_a_zip_is_listed(make_zip):
    link = zipfile.ZipInfo("a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with open_source(make_zip((link, b"/etc/passwd"))) as source:
        assert source.skipped[0].reason == "symlink"


def test_a_bomb_in_a_zip_is_listed(make_zip):
    with open_source(make_zip(("a.png", bytes(5_000_000)))) as source:
        assert source.skipped[0].reason == "too_large"


def test_an_entry_that_is_there_twice_is_listed_once(make_zip):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = make_zip(("a.png", b"one"), ("a.png", b"two"))
    with open_source(path) as source:
        assert source.names == ["a.png"]
        assert [entry.reason for entry in source.skipped] == ["same_name"]


def test_a_damaged_entry_raises_what_an_unreadable_file_raises(make_zip):
    path = make_zip(("a.png", bytes(range(256)) * 20))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    with open_source(path) as source, pytest.raises(OSError, match="damaged"):
        source.read("a.png", 10**6)
