"""Whoever follows a recipe of CONTRIBUTING.md to the letter has what it promises."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from idc_core.io.paths import REPOSITORY

MACHINE = Path(__file__).with_name("recipes.py")
WORKED_ON = ("idc_core", "dashboard", "benchmarks")


def _machine() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recipes", MACHINE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["recipes"] = module
    spec.loader.exec_module(module)
    return module


recipes = _machine()
READ = recipes.read((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which every recipe was followed."""
    root = tmp_path_factory.mktemp("scratch")
    for folder in WORKED_ON:
        left = shutil.ignore_patterns("node_modules")
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=left)
    for name in ("train_cli.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root / name)
    for steps in READ.values():
        for step in steps:
            recipes.follow(step, root)
    return root


def _run(scratch: Path, world: Path, *words: str) -> str:
    environment = os.environ | {
        "IDC_MODELS": str(world / "models"),
        "IDC_DATA": str(world / "data"),
        "IDC_REVIEWS": str(world / "reviews.sqlite"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        [sys.executable, *words],
        cwd=scratch,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="session")
def outcomes(
    scratch: Path, copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What came of each recipe, all tried in one child."""
    world = copied(tmp_path_factory.mktemp("recipes"))
    found: dict[str, str] = json.loads(_run(scratch, world, str(MACHINE)).splitlines()[-1])
    return found


def test_every_recipe_is_tried() -> None:
    assert set(READ) == set(recipes.TRIED)
    assert all(READ.values()), "a recipe without a block cannot be followed"


@pytest.mark.parametrize("name", recipes.TRIED)
def test_a_recipe_followed_to_the_letter_works(outcomes: dict[str, str], name: str) -> None:
    assert not outcomes[name], outcomes[name]


@pytest.mark.slow
def test_the_network_and_the_callback_of_the_recipes_are_trained(
    scratch: Path, copied: Callable[[Path], Path], tmp_path: Path
) -> None:
    world = copied(tmp_path)
    words = "train --data tiny --run mine --network tiny --epochs 1 --batch-size 32 --clip 1"
    _run(scratch, world, "train_cli.py", *words.split())
    run = world / "models" / "mine"
    assert json.loads((run / "run.json").read_text())["config"]["clip"] == 1
    kinds = [json.loads(line)["kind"] for line in (run / "events.jsonl").read_text().splitlines()]
    assert "better" in kinds
    assert (run / "model.onnx").is_file()
