"""What must not be imported: asked of fresh processes, as this one may have imported anything."""

import os
import re
import subprocess
import sys
import tomllib

from idc_core.io.paths import REPOSITORY

OPEN_ALL = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from dashboard import pages

app = Path("dashboard/app.py").resolve()
test = AppTest.from_file(str(app), default_timeout=120).run()
for view in [view.key for view in pages.VIEWS]:
    test.switch_page(pages.view(view).file).run()
    assert not test.exception, (view, test.exception)
    said = " ".join(str(block.value) for block in test.markdown)
    assert "Internal error" not in said, (view, said)
    heavy = {"tensorflow", "keras", "tf2onnx", "jax", "torch", "vl_convert"} & set(sys.modules)
    assert not heavy, (view, heavy)
assert "onnxruntime" in sys.modules, "the pages that score were not really opened"
"""

IMPORT_CORE = """
import sys
import idc_core
heavy = {"tensorflow", "keras", "pandas", "numpy", "cv2", "onnxruntime", "streamlit", "altair"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""

IMPORT_COMMANDS = """
import sys
import train_cli
heavy = {
    "tensorflow", "keras", "pandas", "numpy", "pyarrow", "cv2", "onnxruntime", "sklearn", "scipy",
    "streamlit", "altair", "asyncio", "jinja2", "vl_convert", "msgspec",
}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""

REFUSE_A_RUN_THAT_IS_THERE = """
import sys
import train_cli
sys.argv = ["train_cli.py", "train", "--run", "small", "--data", "tiny"]
try:
    train_cli.main()
except SystemExit as left:
    assert left.code == 2, left.code
heavy = {"tensorflow", "keras", "pandas", "numpy"} & set(sys.modules)
assert not heavy, heavy
"""

IMPORT_ALL_BUT_NN = """
import importlib, pkgutil, sys
import idc_core
for found in pkgutil.walk_packages(idc_core.__path__, "idc_core."):
    if not found.name.startswith("idc_core.nn") and not found.name.endswith("__main__"):
        importlib.import_module(found.name)
        heavy = {"tensorflow", "keras", "tf2onnx", "streamlit", "altair", "vl_convert"} & set(
            sys.modules
        )
        assert not heavy, (found.name, heavy)
"""


def in_a_fresh_process(code, *words, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_help_and_version_wait_for_no_library():
    in_a_fresh_process(IMPORT_COMMANDS)


def test_a_run_that_is_there_is_refused_before_anything_is_loaded(opened_world):
    places = {"IDC_MODELS": str(opened_world / "models"), "IDC_DATA": str(opened_world / "data")}
    in_a_fresh_process(REFUSE_A_RUN_THAT_IS_THERE, **places)


def test_no_page_wakes_tensorflow(opened_world):
    root = opened_world
    places = {"IDC_MODELS": str(root / "models"), "IDC_DATA": str(root / "data")}
    in_a_fresh_process(OPEN_ALL, **places)


def test_importing_the_library_imports_nothing_heavy():
    in_a_fresh_process(IMPORT_CORE)


def test_only_the_networks_package_imports_tensorflow():
    in_a_fresh_process(IMPORT_ALL_BUT_NN)


def test_one_module_imports_onnx_runtime():
    """It reports to its maker unless told not to before it is imported (`idc_core/__init__.py`)."""
    importing = re.compile(r"^\s*(?:import|from) (?:onnxruntime|mlflow)\b", re.MULTILINE)
    found = sorted(
        str(file.relative_to(REPOSITORY))
        for folder in ("idc_core", "dashboard", "benchmarks")
        for file in [REPOSITORY / "train_cli.py", *(REPOSITORY / folder).rglob("*.py")]
        if importing.search(file.read_text(encoding="utf-8"))
    )
    assert sorted(set(found)) == ["idc_core/score/scoring.py"]


def test_scoring_leaves_no_mark_of_this_device_for_its_maker(tmp_path, world):
    """With telemetry ONNX Runtime writes an identity of the device into the home, once imported."""
    code = (
        "import pathlib, sys; from idc_core.score.scoring import Scorer;"
        "Scorer(pathlib.Path(sys.argv[1])).layers"
    )
    network = str(world / "models" / "small" / "model.onnx")
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": "", "ORT_DISABLE_TELEMETRY": "0"}
    in_a_fresh_process(code, network, **home)
    assert not list(tmp_path.rglob("*"))


def test_no_use_is_told_to_streamlits_maker_and_no_traceback_to_a_browser():
    told = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text())
    assert told["browser"]["gatherUsageStats"] is False
    assert told["client"]["showErrorDetails"] == "none"
    assert told["server"]["address"] == "127.0.0.1"
