"""Files of outlines: real ones of other people's, read in place, and ones that a test writes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from idc_core.io.paths import real_data


@pytest.fixture(scope="session")
def real_annotations() -> Path:
    """The folder of real files; the test skips where a machine has none."""
    root = real_data() / "annotations"
    if not (root / "expected.json").is_file():
        pytest.skip(f"no real outlines in {root}: set IDC_REAL_DATA to a folder with annotations/")
    return root


@pytest.fixture
def written(tmp_path: Path) -> Callable[[object], Path]:
    """Writes a file that says nothing by its name; a text or bytes as they are, else as JSON."""

    def write(content: object) -> Path:
        file = tmp_path / "outlines"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            file.write_text(text, encoding="utf-8")
        return file

    return write
