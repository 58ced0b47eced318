"""Smoothing that was taken: applied to whole slides only, named, and given back."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.recalibration import mapped
from idc_core.evaluate.spatial.saved_smoothing import Smoothing, drop, save, saved
from idc_core.io.files import read_json
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo
from idc_core.runs.run import Run


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path, RunInfo())


@pytest.fixture
def rows():
    return pd.DataFrame(
        {
            "patient": ["a", "a", "b", "b"],
            "x": [1, 51, 1, 51],
            "y": 1,
            "score": np.float32([0, 1, 0, 1]),
        }
    )


def test_only_whole_slides_are_smoothed_and_patients_do_not_touch(rows):
    assert Smoothing(0.25, ("a",)).apply(rows).tolist() == [0.25, 0.75, 0, 1]


def test_the_order_of_the_rows_does_not_matter(rows):
    turned = rows.iloc[::-1]
    assert Smoothing(0.25, ("a",)).apply(turned).tolist() == [1, 0, 0.75, 0.25]


def test_it_is_kept_under_its_id_and_given_back(run, rows):
    chosen = Smoothing(0.5, ("a", "b"))
    save(run, chosen, {"split": "validation"})
    assert saved(run) == chosen
    assert run.calibration_id() == chosen.id
    assert mapped(run, rows)["score"].tolist() == [0.5] * 4
    assert mapped(run, rows, smooth=False)["score"].tolist() == rows["score"].tolist()
    drop(run)
    assert saved(run) is None
    assert run.calibration_id() is None


def test_a_smoothing_kept_by_an_older_release_goes_on_rounding(run, rows):
    rows = rows.assign(score=[0.1, 0.2, 0.3, 0.4])
    old = Smoothing(0.5, ("a", "b"), rounded=True)
    save(run, old, {"split": "validation"})
    assert "precision" not in read_json(run.path / "smoothing.json")
    assert saved(run) == old
    new = Smoothing(0.5, ("a", "b"))
    assert new.id != old.id
    assert old.apply(rows).tolist() == new.apply(rows).astype(np.float32).tolist()
    assert old.apply(rows).tolist() != new.apply(rows).tolist()


def test_another_strength_or_other_patients_have_another_id():
    ids = {Smoothing(0.5, ("a",)).id, Smoothing(0.6, ("a",)).id, Smoothing(0.5, ("b",)).id}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "content", ["[]", '{"id": "x"}', '{"id": "smooth-0", "strength": 0.5, "whole": ["a"]}']
)
def test_a_damaged_file_is_refused_with_the_cure(run, content):
    (run.path / "smoothing.json").write_text(content)
    with pytest.raises(Refusal, match="Remove the file"):
        saved(run)
