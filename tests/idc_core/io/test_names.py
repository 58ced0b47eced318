"""Names that are near are named; what lies hidden is no run and no store."""

import pytest

from idc_core.io.files import write_json
from idc_core.io.names import near, needed_run, needed_store, run_names
from idc_core.io.refusal import Refusal


@pytest.fixture
def models(tmp_path):
    for name in ("first", "first-2", "reference", ".trash", ".replaced", "empty"):
        (tmp_path / name).mkdir()
        if name != "empty":
            write_json(tmp_path / name / "run.json", {})
    return tmp_path


def test_hidden_folders_hold_no_runs(models):
    assert run_names(models) == ["first", "first-2", "reference"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fisrt", ["first", "first-2"]),
        ("FIRST", ["first", "first-2"]),
        ("referense", ["reference"]),
        ("xyz", []),
        ("", []),
    ],
)
def test_near_names_are_found(models, wanted, found):
    assert near(wanted, run_names(models)) == found


def test_the_sentence_names_them_and_the_cure(models):
    with pytest.raises(Refusal) as refused:
        needed_run(models / "referense")
    assert str(refused.value) == (
        f"expected a run in {models / 'referense'}: there is none. Did you mean reference? "
        "Make one: python train_cli.py train --data NAME --run referense."
    )
    with pytest.raises(Refusal) as refused:
        needed_store(models / "nowhere" / "mine")
    assert "Did you mean" not in str(refused.value)
