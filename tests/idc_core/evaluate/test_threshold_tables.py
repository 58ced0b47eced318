"""A run that was judged has the tables of its pages."""

import pytest

from idc_core.evaluate import recalibration
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.evaluate.threshold_tables import keep
from idc_core.io import record
from idc_core.io.files import sha256_of, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.records import run_info
from idc_core.runs.run import open_run
from idc_core.threshold_table.file import read
from idc_core.threshold_table.identity import identity
from tests.idc_core.threshold_table.worlds import patches


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    rows = patches(6, 20)
    rows["split"] = rows["patient"].map(lambda name: "test" if name < "p03" else "validation")
    rows = rows.assign(x=range(len(rows)), y=0, file="", label=rows["label"].astype("int8"))
    write_parquet(folder / "predictions.parquet", rows)
    record.write(folder / "run.json", run_info.RunInfo(status="finished"))
    return open_run(folder)


def of(run, split):
    digest = sha256_of(run.path / "predictions.parquet")
    return identity(digest, split, run.calibration_id(), run.info.raster)


def test_each_split_with_patches_has_one_and_it_is_made_once(run):
    assert keep(run) == ["validation", "test"]
    assert sorted(path.name[:-21] for path in (run.path / "analysis").iterdir()) == [
        "threshold_v1_test",
        "threshold_v1_validation",
    ]
    assert read(run, "test", of(run, "test"))
    assert keep(run) == []


def test_a_recalibration_has_a_table_of_its_own_in_place_of_the_other(run):
    keep(run)
    before = read(run, "test", of(run, "test"))
    recalibration.save(run, ScoreMap("temperature", {"temperature": 2.0}, {}))
    assert keep(run) == ["validation", "test"]
    assert read(run, "test", of(run, "test")) != before
    assert len(list((run.path / "analysis").iterdir())) == 2


def test_a_run_without_predictions_is_refused(run):
    (run.path / "predictions.parquet").unlink()
    with pytest.raises(Refusal, match="there are none yet"):
        keep(run)
