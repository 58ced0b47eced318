"""`score`: exit codes, what is asked for, what is left behind."""

import pytest

from idc_core.runs.run import open_run
from tests.cut_world import cut_store, draw_slides, trained_on

SIDE = 64


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("score")
    store = cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg")
    trained_on(store, root / "models" / "ours")
    return root


@pytest.fixture
def score(place, monkeypatch, command):
    """Runs the command; its exit code, and all that it said."""
    monkeypatch.setenv("IDC_DATA", str(place / "data"))
    monkeypatch.setenv("IDC_MODELS", str(place / "models"))
    return lambda *words: command("score", *words)


def test_all_slides_of_a_folder_become_one_run(score, place):
    code, said = score(place / "slides", "--run", "ours", "--as", "all", "--jobs", "1")
    assert code == 0, said
    assert "75 patches scored" in said
    run = open_run(place / "models" / "all")
    assert run.predictions()["slide"].nunique() == 5
    assert not run.has_labels


def test_3_where_some_slides_cannot_be_read_and_2_where_none(score, place):
    bad = place / "some"
    bad.mkdir()
    (bad / "bad.tif").write_bytes(b"no slide")
    code, said = score(bad, "--run", "ours", "--as", "none", "--jobs", "1")
    assert code == 2
    assert "Not scored: bad: expected a tissue image" in said
    assert not (place / "models" / "none").exists()
    assert not (place / "data" / "none").exists()
    (bad / "good.tif").write_bytes((place / "slides" / "S1.tif").read_bytes())
    code, said = score(bad, "--run", "ours", "--as", "some", "--jobs", "1")
    assert code == 3, said
    assert len(open_run(place / "models" / "some").predictions()) == 15


def test_a_store_is_scored_where_it_is_named(score, place):
    code, said = score("--data", "cut_jpeg", "--run", "ours", "--as", "again")
    assert code == 0, said
    assert open_run(place / "models" / "again").has_labels


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", "ours", "--as", "x"), "say one of the two"),
        (("slides", "--data", "cut_jpeg", "--run", "ours", "--as", "x"), "say one of the two"),
        (("slides", "--run", "ours"), "--as NAME"),
        (("slides", "--run", "nobody", "--as", "x"), "expected a run"),
        (("/nowhere", "--run", "ours", "--as", "x"), "/nowhere is not there"),
        (("slides", "--run", "ours", "--as", "ours"), "ours"),
    ],
)
def test_what_will_not_do_gets_a_sentence(score, words, said):
    code, told = score(*words)
    assert code == 2
    assert said in " ".join(told.split())
