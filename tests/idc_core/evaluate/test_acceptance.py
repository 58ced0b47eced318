"""A run is held against what is asked: by the figures of its report, and said so that it agrees."""

import shutil
from dataclasses import replace

import pytest

from idc_core.evaluate.acceptance import Answer, accept
from idc_core.io.refusal import Refusal
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import USUAL, Raster
from idc_core.runs import seal
from idc_core.runs.ledger import looks
from idc_core.runs.run import open_run


@pytest.fixture
def run(copied, tmp_path):
    return open_run(copied(tmp_path) / "models" / "small")


NAMES = ("sensitivity", "specificity", "roc_auc")


@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_figures_are_those_of_the_report(run, split):
    found = accept(run, dict.fromkeys(NAMES, 0.5), split=split)
    report = run.report().splits[split].pooled
    for answer in found.answers:
        known = report[answer.name]
        assert (answer.found.value, answer.found.low, answer.found.high) == (
            known.value,
            known.low,
            known.high,
        )
    assert found.threshold == run.report().threshold


def test_each_figure_says_what_it_is_of(run):
    found = accept(run, dict.fromkeys(NAMES, 0.0), split="test")
    assert [(each.patches, each.patients) for each in found.answers] == [(39, 3), (39, 3), (78, 3)]
    assert "only 3 patients: the intervals themselves are unreliable" in found.where


def test_the_figure_or_its_lower_limit_is_compared(run):
    known = run.report().splits["validation"].pooled["roc_auc"]
    asked = {"roc_auc": (known.low + known.value) / 2}
    assert accept(run, asked).met
    assert not accept(run, asked, lower_limit=True).met
    assert accept(run, {"roc_auc": known.value}).met, "reached is enough"
    assert accept(run, {"roc_auc": known.low}, lower_limit=True).met


def test_reading_test_is_a_look_and_validation_none(run):
    accept(run, {"roc_auc": 0.5})
    assert looks(run) == []
    found = accept(run, {"roc_auc": 0.5}, split="test")
    accept(run, {"roc_auc": 0.6}, split="test")
    assert [look.threshold for look in looks(run)] == [run.report().threshold]
    assert found.looks == "1 look at test"


def test_a_sealed_run_that_was_changed_is_not_judged(run):
    seal.write(run.path)
    shutil.copyfile(run.path / "model.onnx", run.path / "spare")
    (run.path / "model.onnx").write_bytes(b"another")
    with pytest.raises(Refusal, match="expected small as it was sealed"):
        accept(run, {"roc_auc": 0.5})


def test_a_rate_needs_an_operating_point_and_an_area_none(run):
    (run.path / "operating_points.jsonl").unlink()
    with pytest.raises(Refusal, match="expected an operating point of small"):
        accept(run, {"sensitivity": 0.5})
    assert accept(run, {"roc_auc": 0.5}).met


def test_a_side_that_is_not_there_is_refused(run):
    table = run.predictions()
    table[table["split"] != "validation"].to_parquet(run.path / "predictions.parquet")
    (run.path / "operating_points.jsonl").unlink()
    with pytest.raises(Refusal, match="expected patches of the validation split in small: it has"):
        accept(run, {"roc_auc": 0.5})


def test_what_is_not_defined_is_neither_met_nor_missed(run):
    table = run.predictions()
    table[table["label"] == 1].to_parquet(run.path / "predictions.parquet")
    (run.path / "operating_points.jsonl").unlink()
    with pytest.raises(Refusal, match="expected ROC-AUC to be defined on validation: it is not"):
        accept(run, {"roc_auc": 0.5})


@pytest.mark.parametrize("value", [0.8996, 0.89999, 0.9, 0.90004, 0.8999999])
def test_what_is_printed_agrees_with_what_was_compared(value):
    answer = Answer("sensitivity", Interval(value, 0.8, 0.95), 0.9, False, 100, 10)
    printed = float(answer.line().split()[2])
    assert (printed >= 0.9) == answer.met
    below = replace(answer, of_lower_limit=True)
    assert "the lower limit is below" in below.line()


def test_patches_are_named_as_the_store_names_its_classes():
    named = Raster(positive="tumour", negative="stroma")
    found = Interval(0.9, 0.8, 0.95)
    for raster, positive in ((named, "tumour"), (USUAL, "IDC")):
        said = Answer("sensitivity", found, 0.9, False, 100, 10, raster).line()
        assert said.endswith(f"(100 {positive} patches of 10 patients)")
        said = Answer("specificity", found, 0.9, False, 100, 10, raster).line()
        assert said.endswith(f"(100 patches without {positive} of 10 patients)")
