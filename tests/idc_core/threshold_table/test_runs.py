"""The tables of real runs say what their pages say: of shipped runs, and of real imports."""

import gzip
import json
import shutil

import numpy as np
import pytest

from idc_core.evaluate.threshold_tables import keep
from idc_core.importing.run import import_predictions
from idc_core.io.paths import REPOSITORY, real_data
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import judged, open_run
from idc_core.threshold_table.packed import Packed
from tests.idc_core.threshold_table.worlds import page_texts, ranked_of

ASKED = 40


@pytest.mark.parametrize("name", ["demo", "reference"])
def test_a_shipped_runs_table_says_what_its_pages_say(name, tmp_path):
    run = tmp_path / name
    run.mkdir()
    for file in ("run.json", "predictions.parquet"):
        shutil.copy(REPOSITORY / "models" / name / file, run)
    agrees(run)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file",
    [
        "patientwise_photonvish/image_level_probs.csv",
        "randomsplit_kushaldeb/validation-results-xception.csv",
    ],
)
def test_the_table_of_an_import_says_what_its_pages_say(file, tmp_path):
    source = real_data() / "predictions" / file
    if not source.is_file():
        pytest.skip(f"real predictions are not in {source.parent}")
    import_predictions(source, tmp_path / "theirs")
    agrees(tmp_path / "theirs")


def agrees(folder):
    run = open_run(folder)
    keep(run)
    (kept,) = (folder / "analysis").glob("threshold_v1_test_*.json.gz")
    told = json.loads(gzip.decompress(kept.read_bytes()))
    texts = {key: Packed(**each).texts() for key, each in told["texts"].items()}
    rows = judged(run, run.predictions()).query("split == 'test'")
    patients, ranked = by_patient(rows), ranked_of(rows)
    for at in np.random.default_rng(0).choice(len(told["grid"]), ASKED, replace=False).tolist():
        said = page_texts(patients, ranked, told["grid"][at], run.info.raster)
        assert {key: each[at] for key, each in texts.items()} == said, told["grid"][at]
