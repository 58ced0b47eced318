"""Where patches and labels came from, said from the records and nothing else."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.export.pages import markup
from idc_core.export.report.origin import flow, reference_standard, validation
from idc_core.io import record
from idc_core.io.files import write_parquet
from idc_core.records.manifest import Manifest
from idc_core.records.run_info import Data, RunInfo


def words(blocks):
    page = markup(blocks if isinstance(blocks, list) else [blocks])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def test_the_flow_counts_what_the_store_recorded(tmp_path):
    index = pd.DataFrame(
        {
            "patient": ["a", "a", "b", "c"],
            "label": [1, 0, 0, 1],
            "split": ["train", "train", "test", "unused"],
        }
    )
    manifest = Manifest(
        name="mine",
        fingerprint="f",
        files=9,
        rejected={"not an image": 3, "named twice": 1},
        set_aside_for_shared_pixels=1,
        whole_patients=[],
    )
    said = words(flow(PatchStore(tmp_path, index, manifest)))
    assert "Files found 9 Not taken 4 (3 not an image; 1 named twice)" in said
    assert "Set aside, same pixels as another 1 Patches kept 4 of 3 patients" in said
    assert "In no split 1 patch of 1 patient" in said
    assert "train 2 1 1 test 1 0 1" in said


def test_without_the_store_the_flow_is_said_to_be_unknown():
    assert "the patches of this run are not on this machine" in words(flow(None))


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (
            {"status": "finished", "data": {"name": "real", "patches": {"train": 4}}},
            "internal validation, one source: the patients evaluated are from the same data, "
            "“real”",
        ),
        ({"status": "imported", "data": {"name": "mine"}}, "imported: source unknown"),
        (
            {"model_source": {"file": "a.keras"}, "data": {"name": "mine"}},
            "imported: source unknown (this network was imported)",
        ),
        (
            {"status": "scored", "trained_on": "real", "data": {"name": "mine"}},
            "source of the evaluated patches not recorded",
        ),
    ],
)
def test_how_far_the_figures_reach(info, said):
    assert validation(record.of(RunInfo, info, "here")).startswith(said)


def run_of(tmp_path, name, *, synthetic=None):
    data = Data(name=name, synthetic=synthetic)
    return SimpleNamespace(path=tmp_path, name="r", info=RunInfo(data=data))


def test_the_reference_standard_names_the_rule_and_what_nobody_recorded(tmp_path):
    said = words(reference_standard(run_of(tmp_path, "real"), None, "test"))
    assert "at least 80 % of it lies inside the outline that a pathologist drew" in said
    assert "one outline per slide" in said
    assert "blinding of annotators not recorded" in said
    assert "this run has no out-of-fold scores" in said
    made = run_of(tmp_path, "mine", synthetic=True)
    assert "of synthetic tissue, made by this project: no pathologist labelled them" in words(
        reference_standard(made, None, "test")
    )
    assert "no pathologist" not in words(reference_standard(run_of(tmp_path, "demo"), None, "test"))


def test_doubts_are_counted_on_the_judged_split_from_networks_that_never_saw_the_patient(tmp_path):
    rows = pd.DataFrame(
        {
            "patient": list("aabb"),
            "x": np.int32([1, 51, 1, 51]),
            "y": np.int32([1, 1, 1, 1]),
            "label": np.int8([1, 0, 1, 0]),
            "split": ["test", "test", "test", "train"],
        }
    )
    folds = rows.assign(fold=np.int8(0), score=np.float32([0.05, 0.95, 0.5, 0.99]))
    write_parquet(tmp_path / "out_of_fold.parquet", folds)
    said = words(reference_standard(run_of(tmp_path, "real"), rows, "test"))
    assert "2 of 3 labels of test are contradicted" in said
