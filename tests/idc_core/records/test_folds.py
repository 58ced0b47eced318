"""Who is in which fold, and what people say of a run."""

import pytest

from idc_core.io import record
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.folds import read_folds


@pytest.mark.parametrize("name", ["demo", "reference"])
def test_shipped_folds_are_read_without_loss(name):
    run = REPOSITORY / "models" / name
    folds = read_folds(run)
    assert folds is not None
    assert record.fields(folds) == read_json(run / "folds.json")


def test_none_were_begun_and_damaged_ones_are_refused_with_the_cure(tmp_path):
    assert read_folds(tmp_path) is None
    write_json(
        tmp_path / "folds.json", {"folds": 5, "seed": 0, "data": "f", "patients": {"a": "b"}}
    )
    with pytest.raises(Refusal, match=r"expected patients in .*whole number.* begin anew"):
        read_folds(tmp_path)
