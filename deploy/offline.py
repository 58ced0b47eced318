"""Everything for a machine without a network, in one file: `make offline`.

The file holds what git tracks, the wheels of all that running needs and the browser libraries. On a
machine of the same system and Python, unpack it and say `make dashboard`.
"""

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHEELS, VIEWER, SUMS = "wheels", "dashboard/browser/node_modules", "SHA256SUMS"


def main(arguments: list[str] | None = None) -> int:
    """Write the bundle and say where it is; 2 with a sentence where something is missing."""
    parser = argparse.ArgumentParser(prog="make offline", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the bundle")
    out: Path = parser.parse_args(arguments).out
    if not (ROOT / VIEWER).is_dir():
        print(
            f"expected the browser libraries in {VIEWER}: there are none. Fetch them with "
            "python -m dashboard.browser",
            file=sys.stderr,
        )
        return 2
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix="offline-") as scratch:
        tree = Path(scratch) / name()
        tree.mkdir()
        copy_tracked(ROOT, tree)
        shutil.copytree(ROOT / VIEWER, tree / VIEWER, symlinks=True)
        build_wheels(tree)
        (tree / SUMS).write_text(sums(tree))
        packed = out / f"{name()}.tar"
        with tarfile.open(packed.with_suffix(".part"), "w") as file:
            file.add(tree, tree.name)
        packed.with_suffix(".part").replace(packed)
    print(
        f"{packed} ({packed.stat().st_size / 1e6:,.0f} MB). Unpack it there, then: make dashboard"
    )
    return 0


def name() -> str:
    """What the bundle is called: it fits this Python on this system alone."""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    system = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"idc-review-{python}-{system or platform.machine()}"


def copy_tracked(source: Path, target: Path) -> None:
    """Copy the files that git tracks in `source`, as they are there now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=source, capture_output=True, check=True)
    for each in filter(None, listed.stdout.decode().split("\0")):
        if (source / each).is_file():
            (target / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / each, target / each)


def build_wheels(tree: Path) -> None:
    """Fetch what `requirements.txt` names, as wheels; what comes as source is built."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    named = ["-c", "constraints.txt", "-r", "requirements.txt", "--wheel-dir", WHEELS]
    subprocess.run([*pip, *named], cwd=tree, check=True)


def sums(tree: Path) -> str:
    """A line a file, as `sha256sum --check` reads it."""
    lines = []
    for path in sorted(each for each in tree.rglob("*") if each.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"{digest}  {path.relative_to(tree).as_posix()}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
