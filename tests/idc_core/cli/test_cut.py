"""`cut` says what became of each slide, by its exit code too, and does nothing half."""

import sys

import pandas as pd
import pytest

import train_cli
from idc_core.data.originals import FOLDERS
from idc_core.data.stores.store import open_store
from tests.idc_core.cut.conftest import draw_slide, laid_out


@pytest.fixture
def place(tmp_path):
    return laid_out(tmp_path)


@pytest.fixture
def cut(place, monkeypatch, capsys):
    """Calls the command for the slides in `place`; its exit code and what it said."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("IDC_DATA", str(place / "data"))

    def run(*words, **options):
        usual = {"annotations": "outlines", "classes": "classes.csv", "um": 0.5, "px": 16}
        chosen = usual | {"name": "mine", "jobs": 1} | options
        said = [str(each) for name, value in chosen.items() for each in (f"--{name}", value)]
        monkeypatch.setattr(sys, "argv", ["train_cli.py", "cut", "slides", *said, *words])
        with pytest.raises(SystemExit) as left:
            train_cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(left.value.code or 0), out + err

    return run


def made(place):
    """What lies among the stores; locks, and the note where slides lie, left out."""
    folder = place / "data"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(each.name for each in found if not each.name.endswith((".lock", FOLDERS)))


def damage(place, name):
    (place / "slides" / f"{name}.tif").write_bytes(b"II*\0 cut off")


def test_0_where_all_slides_are_cut(cut, place):
    code, said = cut()
    assert code == 0
    assert "a: 6 positive, 4 negative, 1 undecided, 24 unknown, 1 excluded." in said
    assert made(place) == ["mine"]
    assert len(open_store(place / "data" / "mine").index) == 10


def test_3_where_some_are_refused(cut, place):
    draw_slide(place, "b")
    damage(place, "b")
    code, said = cut()
    assert code == 3
    assert "b: refused. expected a tissue image" in said
    assert "1 of 2 slides were refused; slides.parquet lists them." in said
    table = pd.read_parquet(place / "data" / "mine" / "slides.parquet")
    assert table["state"].tolist() == ["done", "refused"]


def test_2_where_none_is_cut_and_nothing_is_left(cut, place):
    damage(place, "a")
    first, again = cut(), cut()
    assert first == again
    assert first[0] == 2
    assert "None of 1 slides could be cut." in first[1]
    assert made(place) == []


def test_dry_writes_the_contact_sheet_and_nothing_else(cut, place):
    draw_slide(place, "b")
    assert cut("--dry")[0] == 0
    assert made(place) == ["mine_contact_sheet.html"]
    damage(place, "b")
    assert cut("--dry")[0] == 3
    damage(place, "a")
    code, said = cut("--dry")
    assert code == 2
    assert "Nothing was cut. Contact sheet: " in said
    assert made(place) == ["mine_contact_sheet.html"]


def test_a_store_of_that_name_is_kept_unless_it_may_be_replaced(cut, place):
    cut()
    before = open_store(place / "data" / "mine").fingerprint
    code, said = cut("--exhaustive")
    assert code == 2
    assert "--overwrite" in said
    assert open_store(place / "data" / "mine").fingerprint == before
    assert cut("--exhaustive", "--overwrite")[0] == 0
    assert open_store(place / "data" / "mine").fingerprint != before


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"um": 0}, "expected um_per_px from 0.01 to 100 µm: found 0."),
        ({"um": "nan"}, "expected um_per_px from 0.01 to 100 µm: found nan."),
        ({"px": 5}, "expected patch_px from 16 to 1,024 pixels: found 5."),
        ({"positive-from": 2}, "expected shares from 0 to 1"),
        ({"negative-to": 0.9}, "that of a negative square below that of a positive"),
        ({"tissue-chroma": 900}, "expected chroma of tissue from 0 to 255: found 900."),
        ({"positive": "x", "negative": "x"}, "expected two names of classes: both are 'x'."),
        ({"fractions": "1,2"}, "expected three fractions"),
        ({"seed": -1}, "expected a seed from 0 on for the split: found -1."),
        ({"classes": "none.csv"}, "expected a table of classes in none.csv: there is no such"),
        ({"slides": "none.csv"}, "expected a table of slides in none.csv: there is no such"),
        ({"annotations": "none"}, "expected a folder of annotations: none is none."),
        ({"split": "none.csv"}, "expected a split in none.csv: it is not there."),
        ({"name": ""}, "expected a patch store or nothing in .: found 'classes.csv'"),
    ],
)
def test_an_option_that_will_not_do_gets_a_sentence_before_any_slide_is_cut(
    cut, place, options, expected
):
    code, said = cut(**options)
    assert code == 2
    assert expected in said
    assert said.count("expected") == 1
    assert "positive, " not in said
    assert made(place) == []
    assert sorted(
        each.name for each in place.iterdir() if not each.name.endswith((".lock", FOLDERS))
    ) == [
        "classes.csv",
        "outlines",
        "slides",
    ]


def test_what_a_stopped_command_had_cut_is_taken_when_it_is_given_again(cut, place, monkeypatch):
    draw_slide(place, "b")

    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("idc_core.cut.store.put_together", stopped)
        code, _ = cut()
        assert code not in (0, 3)
    assert made(place) == [".mine.cut"]
    (place / "slides" / "a.tif").chmod(0o000)
    code, _ = cut()
    assert code == 0
    assert made(place) == ["mine"]
