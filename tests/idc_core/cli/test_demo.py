"""`demo --slides` says what it made and where, and what is missing."""

import sys
from functools import partial

import pytest

import train_cli
from idc_core.demo import slide_store
from idc_core.io.files import write_json
from tests.idc_core.demo.small_slides import SMALL


@pytest.fixture
def demo(tmp_path, monkeypatch, capsys):
    """Calls the command on small slides; its exit code and what it said."""
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    small = partial(slide_store.ensure_slides, slides=SMALL)
    monkeypatch.setattr(slide_store, "ensure_slides", small)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["train_cli.py", "demo", *words])
        with pytest.raises(SystemExit) as left:
            train_cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return int(left.value.code or 0), " ".join((out + err).split())

    return run


def test_it_says_how_many_patches_lie_where_and_that_there_is_no_run(demo, tmp_path):
    code, said = demo("--slides")
    assert code == 0
    assert f"synthetic patches in {tmp_path}/data/demo-slides, cut from " in said
    assert "Train it: python train_cli.py demo --slides --rebuild." in said
    assert sorted(each.name for each in (tmp_path / "data").iterdir() if each.is_dir()) == [
        "demo-slides",
        "synthetic-slides",
    ]


def test_a_run_of_other_slides_is_told_and_the_exit_code_is_2(demo, tmp_path):
    write_json(
        tmp_path / "models" / "demo-slides" / "run.json", {"data": {"fingerprint": "0" * 64}}
    )
    code, said = demo("--slides")
    assert code == 2
    assert "expected the slides drawn here to give the fingerprint 000000000000" in said
