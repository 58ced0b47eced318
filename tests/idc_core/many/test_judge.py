"""A run of too many predictions is judged as a small one is, by the same command."""

import numpy as np
import pytest

from idc_core.evaluate import evaluation, threshold_tables
from idc_core.evaluate.acceptance import accept
from idc_core.io.refusal import Refusal
from idc_core.many import judge
from idc_core.runs import corrected_labels, score_parts, seal
from idc_core.runs.run import Unlabelled, open_run
from idc_core.runs.score_parts import TooMany
from tests.idc_core.many.worlds import drawn, run_of


@pytest.fixture
def few(monkeypatch):
    """What is too many for memory is a handful here."""
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)


def test_report_ledger_and_tables_are_those_of_the_same_run_in_memory(monkeypatch, tmp_path):
    small = run_of(tmp_path / "small" / "run", drawn(digits=None))
    own = evaluation.write_evaluation(small)
    threshold_tables.keep(small)
    large = run_of(tmp_path / "large" / "run", drawn(digits=None))
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)
    found = judge.judge(large)
    assert found.threshold == own.threshold != evaluation.UNCHOSEN
    assert found.splits.keys() == own.splits.keys() == {"validation", "test"}
    for split in own.splits:
        _alike(found.splits[split], own.splits[split])
    (point,), (same,) = large.operating_points(), small.operating_points()
    for name in ("rule", "threshold", "sensitivity", "n_patches", "n_patients", "predictions"):
        assert getattr(point, name) == getattr(same, name)
    tables = [sorted(each.path.glob("analysis/threshold_*")) for each in (large, small)]
    assert [each.name for each in tables[0]] == [each.name for each in tables[1]]
    assert [each.read_bytes() for each in tables[0]] == [each.read_bytes() for each in tables[1]]
    assert judge.judge(large).threshold == own.threshold


def _alike(one, other):
    assert one.confusion == other.confusion
    assert (one.n_patches, one.n_idc, one.n_patients) == (
        other.n_patches,
        other.n_idc,
        other.n_patients,
    )
    assert one.burden == other.burden
    assert one.per_patient.keys() == other.per_patient.keys()
    for group in ("pooled", "per_patient"):
        for name, figure in getattr(other, group).items():
            mine = getattr(getattr(one, group)[name], "mean", getattr(one, group)[name])
            theirs = getattr(figure, "mean", figure)
            for end in ("value", "low", "high"):
                pair = [
                    np.nan if v is None else v for v in (getattr(mine, end), getattr(theirs, end))
                ]
                assert pair[0] == pytest.approx(pair[1], rel=1e-12, nan_ok=True), (name, end)


def test_what_needs_every_patch_says_how_many_there_are_and_what_answers(few, tmp_path):
    run = run_of(tmp_path / "run", drawn())
    with pytest.raises(
        TooMany,
        match=r"at most 100 predictions .* run holds \d{3}\. Overview, .*import-predictions",
    ):
        run.predictions()


def test_sums_that_were_not_made_name_the_command(few, tmp_path):
    run = run_of(tmp_path / "run", drawn())
    with pytest.raises(Refusal, match=r"Make it: python train_cli\.py evaluate --run run"):
        judge.stored(run, "test")
    judge.judge(run)
    found = judge.stored(run, "test")
    assert found is not None
    assert judge.stored(run, "train") is None


def test_a_run_without_any_label_is_not_judged(few, tmp_path):
    run = run_of(tmp_path / "run", drawn().assign(label=np.int8(-1)))
    with pytest.raises(Refusal, match="expected labelled patches of a split"):
        judge.judge(run)
    (run.path / "run.json").write_text('{"status": "imported", "labels": false}')
    with pytest.raises(Unlabelled):
        judge.judge(open_run(run.path))


def test_corrected_labels_need_every_patch(few, tmp_path):
    run = run_of(tmp_path / "run", drawn())
    (run.path / corrected_labels.FILE).write_text("patient,x,y,label\nP01,1,1,1\n")
    with pytest.raises(Refusal, match="labels"):
        judge.judge(run)


def test_a_changed_part_is_a_difference_to_its_list_and_a_changed_list_to_the_seal(tmp_path):
    run = run_of(tmp_path / "run", drawn())
    seal.write(run.path)
    assert score_parts.differences(run.path) == seal.differences(run.path) == []
    part = run.path / "predictions" / "part-00001.parquet"
    part.write_bytes(part.read_bytes() + b"x")
    assert score_parts.differences(run.path) == [
        "The part part-00001.parquet of the scores changed."
    ]
    part.unlink()
    assert "went missing" in score_parts.differences(run.path)[0]
    run_of(run.path, drawn(seed=1))
    assert (
        "The list of the files of scores (predictions/parts.json) changed"
        in (seal.differences(run.path)[0])
    )


def test_a_list_that_leads_out_of_its_folder_is_refused(tmp_path):
    run = run_of(tmp_path / "run", drawn())
    listed = run.path / "predictions" / "parts.json"
    listed.write_text(listed.read_text().replace("part-00000.parquet", "inner/other.parquet"))
    with pytest.raises(Refusal, match="expected names of files beside"):
        run.predictions()


@pytest.mark.parametrize("split", ["validation", "test"])
def test_what_is_asked_of_a_run_is_answered_alike(split, monkeypatch, tmp_path):
    asked = dict.fromkeys(("sensitivity", "specificity", "roc_auc"), 0.5)
    small, large = (run_of(tmp_path / name / "run", drawn(14)) for name in ("small", "large"))
    evaluation.write_evaluation(small)
    seal.write(small.path)
    own = accept(small, asked, split=split, lower_limit=True)
    monkeypatch.setattr(score_parts, "MOST_IN_MEMORY", 100)
    judge.judge(large)
    seal.write(large.path)
    found = accept(large, asked, split=split, lower_limit=True, hold=judge.hold)
    assert repr(found) == repr(own)
    with pytest.raises(Refusal, match="of the train split in run: it has validation, test"):
        accept(large, asked, split="train", hold=judge.hold)
