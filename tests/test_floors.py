"""No package below the version that closes a known hole, and no format that runs code."""

import ast
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "streamlit": "1.54",  # CVE-2026-33682
    "keras": "3.15.1",  # CVE-2025-1550 to GHSA-hqp4-2352-xf5r, and assets of Orbax
    "pillow": "13.0.0",  # CVE-2026-112403, CVE-2026-112398
    "pyarrow": "26.0.0",  # CVE-2026-92287, CVE-2023-47248
    "opencv-python-headless": "4.12",  # CVE-2025-53644
}
"""What /docs/reliability.md promises, with the reason."""
UNPACKS_CODE = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
RAY = "idc_core/batch/on_ray.py"
"""Ray carries outcomes between processes of one program, whose cluster needs a token."""


def numbers(text):
    return [int(part) for part in re.findall(r"\d+", text)]


@pytest.mark.parametrize("package", FLOORS)
def test_a_package_is_not_below_its_floor_here_nor_in_what_is_pinned(package):
    (pinned,) = re.findall(
        rf"^{package}==(.+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    floor = numbers(FLOORS[package])
    assert numbers(pinned) >= floor
    assert numbers(version(package)) >= floor


def test_every_package_is_pinned_to_one_version():
    for file in ROOT.glob("requirements*.txt"):
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", line), (file.name, line)


def unpacked(source):
    """Modules that a source imports and that run code found in data; `np.load` that would."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ({each.name.split(".")[0] for each in node.names} & UNPACKS_CODE)
        if isinstance(node, ast.ImportFrom):
            yield from ({(node.module or "").split(".")[0]} & UNPACKS_CODE)
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg == "allow_pickle" and getattr(word.value, "value", True):
                    yield "allow_pickle"


def test_no_file_is_read_by_what_runs_code():
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for room in ("idc_core", "dashboard")
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
        for name in unpacked(path.read_text())
    }
    assert found == {(RAY, "pickle")}


def test_the_search_finds_each_way():
    source = "import pickle\nfrom joblib import load\nnp.load(f, allow_pickle=True)\nnp.load(f)"
    assert sorted(unpacked(source)) == ["allow_pickle", "joblib", "pickle"]
