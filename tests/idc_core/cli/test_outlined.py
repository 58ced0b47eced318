"""`score`, then `evaluate --outlines`: what is said, and what will not do."""

import shutil

import pytest

from idc_core.runs.run import open_run
from tests.cut_world import cut_store, draw_slides, trained_on

SIDE = 64


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("outlined")
    store = cut_store(root, draw_slides(root, SIDE, 3), SIDE, "jpeg")
    trained_on(store, root / "models" / "ours", epochs=1)
    return root


@pytest.fixture
def place(world, tmp_path):
    return shutil.copytree(world, tmp_path / "own")


@pytest.fixture(autouse=True)
def there(place, monkeypatch):
    """Commands look for runs and stores there."""
    monkeypatch.setenv("IDC_DATA", str(place / "data"))
    monkeypatch.setenv("IDC_MODELS", str(place / "models"))


def test_scored_slides_are_judged_once_there_are_outlines(command, place):
    away = place / "away"
    away.mkdir()
    for file in (place / "slides").glob("*.geojson"):
        file.rename(away / file.name)
    assert command("score", place / "slides", "--run", "ours", "--as", "new", "--jobs", "1")[0] == 0
    (away / "S2.geojson").unlink()
    code, said = command(
        *("evaluate", "--run", "new", "--outlines", away, "--classes", place / "classes.csv")
    )
    assert code == 0, said
    assert "45 patches of 2 slides with outlines: 18 positive, 12 negative, 0 undecided" in said
    assert "Without outlines, and so without labels: S2." in said
    run = open_run(place / "models" / "new")
    assert run.report().splits["test"].n_patches == 30
    assert command("verify", "--run", "new")[0] == 0


def test_without_a_table_of_classes_or_labels_to_give_it_says_so(command, place):
    code, said = command("evaluate", "--run", "ours", "--outlines", place / "slides")
    assert code == 2
    assert "add --classes classes.csv" in said
    classes = ("--classes", place / "classes.csv")
    code, said = command("evaluate", "--run", "ours", "--outlines", place / "slides", *classes)
    assert code == 2
    assert "ours has its own" in said
