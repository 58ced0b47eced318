"""The tab Folds: what each fold's network reached on its held-out patients, by hand."""

import pandas as pd
import pytest

from idc_core.io.files import write_json, write_parquet
from tests.dashboard.exact.reading import datasets

PATCHES = pd.DataFrame(
    [
        # fold 1: every IDC patch above every other: an area of 1
        ("a", 1, 1, 1, "train", 1, 0.9),
        ("a", 51, 1, 0, "train", 1, 0.2),
        ("b", 1, 1, 1, "train", 1, 0.8),
        ("b", 51, 1, 0, "train", 1, 0.1),
        # fold 2: of 2 · 2 pairs 3 in the right order: 0.75
        ("c", 1, 1, 1, "test", 2, 0.7),
        ("c", 51, 1, 0, "test", 2, 0.6),
        ("c", 101, 1, 1, "test", 2, 0.3),
        ("d", 1, 1, 0, "train", 2, 0.1),
    ],
    columns=["patient", "x", "y", "label", "split", "fold", "score"],
)


@pytest.fixture
def folds(own_world, app):
    """Opens the tab; the world has folds unless a test takes them away."""
    run = own_world / "models" / "small"
    write_parquet(run / "out_of_fold.parquet", PATCHES)
    (run / "folds" / "2").mkdir(parents=True)
    write_json(run / "folds" / "2" / "run.json", {"epochs": 9, "best_epoch": 4})
    return lambda: app(run="small", more="folds").open("training", run="small", more="folds")


def test_each_fold_is_judged_on_its_own_patients_and_the_epochs_of_its_network_are_said(folds):
    opened = folds()
    assert not opened.failed, opened.text
    assert "2 networks, each evaluated on its held-out patients:" in opened.text
    assert "ROC-AUC from 0.750 to 1.000, mean 0.875." in opened.text
    assert "8 patches of 4 patients; bars: 95 % intervals over patients" in opened.html
    tables = [frame for frames in datasets(opened).values() for frame in frames]
    table = next(frame for frame in tables if "saved epoch" in frame)
    assert table[["fold", "ROC-AUC", "patients", "patches"]].values.tolist() == [
        ["1", 1.0, 2, 4],
        ["2", 0.75, 2, 4],
    ]
    assert table["epochs"].fillna(-1).tolist() == [-1, 9]
    assert table["saved epoch"].fillna(-1).tolist() == [-1, 4]


def test_a_run_without_folds_says_how_to_train_them(folds, own_world):
    (own_world / "models" / "small" / "out_of_fold.parquet").unlink()
    opened = folds()
    assert "train_cli.py train --run small --folds 5" in opened.text
    assert "networks, each evaluated" not in opened.text
