"""Whether what a job is of is still what it was when somebody asked for it."""

from pathlib import Path

from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run

NETWORK = "model.onnx"


def refuse_other_network(run: Run, sha256: str) -> None:
    """Raise `Refusal` where the run's network is not the one with this digest."""
    file = run.path / NETWORK
    if not file.is_file() or sha256_of(file) != sha256:
        raise Refusal(
            f"expected the network that {run.name} had when this was started: it was exchanged "
            "since. Nothing was kept; start it again with the network of now."
        )


def stamp_of(file: Path) -> str:
    """What tells a file from another in its place, without reading it: its size and time."""
    found = file.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def refuse_other_file(file: Path, stamp: str) -> None:
    """Raise `Refusal` where the file is gone, or not the one with this stamp."""
    if not file.is_file() or stamp_of(file) != stamp:
        raise Refusal(
            f"expected {file.name} as it was when this was started: it was moved or changed since. "
            "Start it again."
        )
