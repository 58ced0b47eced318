"""Scores keep their digits from the table to the counts: equal is called, and no order is lost."""

import csv

import numpy as np
import pandas as pd
import pytest

from idc_core.data.patches import PatchName
from idc_core.importing.columns import Columns
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.io.files import read_json, sha256_of
from idc_core.io.paths import REPOSITORY
from idc_core.metrics.curves import Ranked
from idc_core.runs.run import open_run

SHIPPED = ("demo", "reference", "reference-cancernet")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))


def names(labels):
    return [
        str(PatchName(f"P{at % 20}", 1 + 50 * (at // 20), 1, int(label)))
        for at, label in enumerate(labels)
    ]


def ranked(run, split="test"):
    rows = run.predictions()
    rows = rows[rows["split"] == split]
    return Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())


@pytest.fixture
def tenths():
    """Labels and scores in tenths, as a vote of ten readers gives them."""
    rng = np.random.default_rng(7)
    label = rng.random(600) < 0.3
    return label, np.clip(np.round(rng.normal(0.35 + 0.35 * label, 0.2), 1), 0, 1)


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.7, 0.9])
@pytest.mark.parametrize("kind", ["csv", "parquet in single precision"])
def test_a_score_equal_to_a_typed_threshold_is_called(tenths, tmp_path, threshold, kind):
    label, score = tenths
    table = pd.DataFrame({"file": names(label), "score": score})
    source = tmp_path / "votes"
    if kind == "csv":
        table.to_csv(source, index=False)
    else:
        table.astype({"score": np.float32}).to_parquet(source)
    import_predictions(source, tmp_path / "run")
    found = ranked(open_run(tmp_path / "run")).counts(threshold)
    called = np.round(score * 10) >= round(threshold * 10)
    assert (found.tp, found.fp) == (int((called & label).sum()), int((called & ~label).sum()))


def test_votes_in_tenths_at_seven_tenths(real_root, tmp_path):
    """Counted from the file's text: ten votes of which at least seven."""
    source = real_root / "cases" / "votes_in_tenths.csv"
    if not source.is_file():
        pytest.skip("the awkward inputs are not here")
    import_predictions(source, tmp_path / "run", split_choice=SplitChoice(validation=0.4))
    run = open_run(tmp_path / "run")
    found = ranked(run).counts(0.7)
    assert (found.tp, found.fp) == (177, 27)
    kept = set(run.predictions().query("split == 'test'")["file"])
    with source.open(newline="") as file:
        called = [
            row["label"]
            for row in csv.DictReader(file)
            if row["filename"] in kept and row["score"] in ("0.7", "0.8", "0.9", "1.0", "1")
        ]
    assert (called.count("1"), called.count("0")) == (177, 27)


def test_one_minus_a_tiny_probability_keeps_its_order(tmp_path):
    """1 − p in single precision holds a handful of these scores; their order is that of p."""
    rng = np.random.default_rng(4)
    label = np.arange(1_120) % 3 == 0
    other = 10 ** rng.normal(-7 - 1.3 * label, 1)
    source = tmp_path / "saturated.csv"
    pd.DataFrame({"file": names(label), "prob_no_idc": other}).to_csv(source, index=False)
    import_predictions(source, tmp_path / "run", asked=Columns(score_of="no-idc"))
    found, right = ranked(open_run(tmp_path / "run")), Ranked(label.astype(int), 1 - other)
    scores = open_run(tmp_path / "run").predictions()["score"]
    assert scores.nunique() == 1_120
    assert scores.astype(np.float32).nunique() < 300, "the table tests nothing"
    order = Ranked(label.astype(int), -np.log10(other) / 400)
    assert found.roc_auc == right.roc_auc == order.roc_auc


def test_of_both_columns_that_of_idc_is_read_with_all_its_digits(tmp_path):
    rare = 10 ** np.random.default_rng(1).uniform(-12, -6, 300)
    label = np.arange(300) % 2
    table = pd.DataFrame({"file": names(label), "prob_no_idc": 1 - rare, "prob_idc": rare})
    table.to_csv(tmp_path / "softmax.csv", index=False)
    import_predictions(tmp_path / "softmax.csv", tmp_path / "run")
    assert sorted(open_run(tmp_path / "run").predictions()["score"]) == sorted(rare)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_locked_threshold_of_a_shipped_run_calls_what_it_called(name):
    """Its file is in single precision and was locked on these very numbers: neither is moved."""
    run = open_run(REPOSITORY / "models" / name)
    point = run.operating_point()
    stored = pd.read_parquet(run.path / "predictions.parquet")["score"]
    assert stored.dtype == np.float32
    read = run.predictions()["score"]
    assert read.dtype == np.float64
    assert (read == stored.astype(np.float64)).all()
    assert (read == point.threshold).any(), "the point is one of the run's scores"
    found = ranked(run, "validation").counts(point.threshold)
    assert found.sensitivity == point.sensitivity
    assert found.specificity == point.specificity
    test = read_json(run.path / "report.json")["splits"]["test"]["confusion"]
    now = ranked(run).counts(point.threshold)
    assert {each: getattr(now, each) for each in ("tn", "fp", "fn", "tp")} == {
        each: test[each] for each in ("tn", "fp", "fn", "tp")
    }
    assert sha256_of(run.path / "predictions.parquet") == point.predictions
