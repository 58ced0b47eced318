"""What a worker runs on: scores are the same to the byte on one kind of processor with the same
packages, and only nearly so on another."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from idc_core.score.scoring import takes_gpu

PACKAGES = (
    "onnxruntime",
    "onnxruntime-gpu",
    "numpy",
    "opencv-python-headless",
    "openslide-bin",
    "openslide-python",
    "tifffile",
    "imagecodecs",
    "pillow",
)
"""That a slide's scores depend on."""

_CPU_INFO = Path("/proc/cpuinfo")
_WIDEST = (("avx512f", "avx512"), ("avx2", "avx2"), ("avx", "avx"))
"""Instructions by which ONNX Runtime chooses how to multiply: sums are rounded in another order."""


def kind_here(*, gpu: bool) -> str:
    """The kind of processor that scores here, as part of a file's name: `cpu-x86_64-avx512`."""
    if gpu:
        return f"gpu-{_plain(_gpu_name())}"
    return "-".join(filter(None, ["cpu", _plain(platform.machine()), _instructions()]))


def has_gpu() -> bool:
    """Whether ONNX Runtime can use an NVIDIA GPU here."""
    return takes_gpu() and bool(_gpu_name())


def packages() -> dict[str, str]:
    """Versions of `PACKAGES` that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _instructions() -> str:
    try:
        said = set(_CPU_INFO.read_text().split())
    except OSError:  # no Linux
        return ""
    return next((name for flag, name in _WIDEST if flag in said), "")


def _gpu_name() -> str:
    try:
        done = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout.splitlines() or [""])[0]


def _plain(name: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name.lower())
