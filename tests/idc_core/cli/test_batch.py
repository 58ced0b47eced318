"""`predict --engine`: exit codes, what is asked for, what is left as it was."""

import pytest

from idc_core.runs.run import open_run
from tests.batch_world import EACH, make_batch_world


@pytest.fixture
def place(world, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    return make_batch_world(world, tmp_path, slides=3)


@pytest.fixture
def predict(place, command):
    """Runs the command; its exit code, and all that it said."""
    return lambda *words: command("predict", *words)


def test_slides_become_a_run_and_again_nothing_is_scored(predict, place):
    words = ("slides", "--run", "small", "--out", "models/night", "--engine", "local")
    code, said = predict(*words, "--workers", "2")
    assert code == 0, said
    assert f"3 of 3 scored: {3 * EACH} patches" in said
    run = open_run(place / "models" / "night")
    assert len(run.predictions()) == 3 * EACH
    code, said = predict(*words)
    assert code == 0, said
    assert "3 of 3 scored, 3 of them before" in said
    assert open_run(place / "models" / "night").info == run.info


def test_3_where_some_are_refused_and_2_where_all_are(predict, place):
    (place / "bad").mkdir()
    (place / "bad" / "x.tif").write_bytes(b"no slide")
    words = ("--run", "small", "--out", "models/some", "--engine", "local", "--workers", "1")
    code, said = predict("bad", *words)
    assert code == 2
    assert "Not scored: x: expected a tissue image" in said
    assert not (place / "models" / "some").exists()
    code, said = predict("bad", "slides/S0.tif", *words)
    assert code == 3, said
    assert "1 of 2 were refused" in said
    assert len(open_run(place / "models" / "some").predictions()) == EACH


def test_a_folder_as_out_or_a_store_needs_no_engine(predict, place):
    (place / "models" / "plain").mkdir()
    code, said = predict("slides/S1.tif", "--run", "small", "--out", "models/plain")
    assert code == 0, said
    assert len(open_run(place / "models" / "plain").predictions()) == EACH
    code, said = predict("--data", "tiny", "--run", "small", "--out", "models/tiny")
    assert code == 0, said
    assert open_run(place / "models" / "tiny").has_labels


def test_a_table_says_whose_the_slides_are(predict, place):
    (place / "slides.csv").write_text("slide,patient\nS0,p\nS1,p\nS2,q\n")
    words = ("--run", "small", "--out", "models/who", "--engine", "local", "--workers", "1")
    code, said = predict("slides", "--slides", "slides.csv", *words)
    assert code == 0, said
    rows = open_run(place / "models" / "who").predictions()
    assert rows.groupby("patient")["slide"].nunique().to_dict() == {"p": 2, "q": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--engine", "local", "--out", "x"), "say one of the two"),
        (("slides", "--data", "tiny", "--out", "x"), "say one of the two"),
        (("slides", "--engine", "local"), "--out FOLDER"),
        (("slides", "--engine", "local", "--out", "models/small"), "Name another folder"),
        (("slides", "--out", "x", "--address", "h:1"), "--engine ray alone"),
        (("nowhere", "--engine", "local", "--out", "x"), "nowhere is not there"),
        ((), "expected patches to score"),
    ],
)
def test_what_will_not_do_gets_a_sentence_and_leaves_nothing(predict, place, words, said):
    code, told = predict(*words, "--run", "small")
    assert code == 2
    assert said in " ".join(told.split())
    assert not (place / "x").exists()


def test_a_run_that_does_not_know_its_micrometres_needs_them_said(predict, place, world):
    plain = world / "models" / "small" / "run.json"
    (place / "models" / "small" / "run.json").write_bytes(plain.read_bytes())
    code, said = predict("slides", "--run", "small", "--out", "x", "--engine", "local")
    assert code == 2
    assert "knows how many µm" in said
    words = ("slides/S0.tif", "--run", "small", "--engine", "local", "--workers", "1")
    code, said = predict(*words, "--out", "models/um", "--um", "0.5")
    assert code == 0, said
    raster = open_run(place / "models" / "um").info.raster
    assert (raster.um_per_px, raster.um_from) == (0.5, "given")


def test_other_micrometres_than_the_run_knows_are_refused(predict):
    words = ("slides", "--run", "small", "--out", "x", "--engine", "local", "--um", "0.25")
    code, said = predict(*words)
    assert code == 2
    assert "small knows patches of 0.5 µm per pixel. Found 0.25" in said
