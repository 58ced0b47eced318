"""What is kept of too many predictions says what the whole table in memory says."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate import recalibration
from idc_core.evaluate.decision import decision_table
from idc_core.evaluate.evaluation import patient_aucs
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.io.files import write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.many import build, engine, source, stored, table
from idc_core.metrics import areas
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import judged, open_run
from idc_core.threshold_table import file
from idc_core.threshold_table.build import build as table_in_memory
from tests.idc_core.many.worlds import drawn, run_of

WORLDS = {
    "two digits, many ties": drawn(),
    "no tie": drawn(digits=None),
    "single precision": drawn(digits=None).astype({"score": np.float32}),
    "one score for most": drawn(digits=0),
    "one class": drawn().assign(label=np.int8(0)),
    "a rare class": drawn(digits=None).assign(score=lambda rows: 1e-5 * rows["score"] ** 6),
}
NO_STEPS, FEW_STEPS = 0, 10**9


@pytest.fixture(params=[40, 10**6], ids=["batches of 40", "one batch"])
def at_once(request, monkeypatch):
    monkeypatch.setattr(engine, "AT_ONCE", request.param)
    monkeypatch.setattr(source, "_AT_ONCE", request.param)


def kept(run, split="test"):
    held = source.look_through(run)[split]
    return build.make(run, split, held, build.of(run, split))


def in_memory(run, split="test"):
    rows = judged(run, recalibration.mapped(run, run.predictions()))
    rows = rows[rows["split"] == split]
    return by_patient(rows), Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())


@pytest.mark.parametrize("steps", [NO_STEPS, FEW_STEPS], ids=["linear", "exact"])
@pytest.mark.parametrize("name", WORLDS)
def test_areas_and_intervals_are_those_of_the_table(name, steps, at_once, monkeypatch, tmp_path):
    monkeypatch.setattr(areas, "EXACT_STEPS", steps)
    monkeypatch.setattr("idc_core.many.ranks.EXACT_STEPS", steps)
    run = run_of(tmp_path / "run", WORLDS[name])
    found, (patients, ranked) = kept(run), in_memory(run)
    assert found.ranked.roc_auc == pytest.approx(ranked.roc_auc, rel=0, abs=0, nan_ok=True)
    assert found.ranked.pr_auc == pytest.approx(ranked.pr_auc, rel=1e-12, nan_ok=True)
    jackknife = PatientJackknife(len(patients))
    said = found.of_scores()
    for key, metric in METRICS.items():
        if metric.of_scores:
            own = metric.of_scores(patients, jackknife)
            for end in ("value", "low", "high"):
                assert getattr(said[key], end) == pytest.approx(
                    getattr(own, end), rel=1e-12, abs=1e-12, nan_ok=True
                ), (key, end)


@pytest.mark.parametrize("name", WORLDS)
def test_counts_at_any_threshold_are_those_of_the_table(name, at_once, tmp_path):
    run = run_of(tmp_path / "run", WORLDS[name])
    found, (patients, ranked) = kept(run), in_memory(run)
    assert found.counted.patients.tolist() == patients.patients.tolist()
    scores = patients.scores
    asked = [0, 1, 0.1, 0.5, *scores[:5], *np.nextafter(scores[:5], 2)]
    for threshold in map(float, asked):
        assert found.ranked.counts(threshold) == ranked.counts(threshold)
        assert (found.counted.at(threshold) == patients.at(threshold)).all()
    assert np.array_equal(found.aucs, patient_aucs(patients), equal_nan=True)


def test_scores_that_were_looked_at_are_given_back_group_by_group(monkeypatch, tmp_path):
    found = kept(run_of(tmp_path / "run", WORLDS["no tie"]))
    given = []
    monkeypatch.setattr(build, "let_go", lambda scores: given.append(scores))
    monkeypatch.setattr(build, "_PATIENTS", 2)
    groups = [at(0.5) for at in build._Groups(found.counted)]
    assert len(groups) == -(-len(found.counted) // 2)
    assert np.array_equal(np.concatenate(groups), found.counted.at(0.5))
    sides = (found.counted.idc.scores, found.counted.others.scores)
    assert [each is sides[at % 2] for at, each in enumerate(given)] == [True] * 2 * len(groups)


def test_counts_are_looked_up_once_for_all_parts_of_a_page(tmp_path):
    found = kept(run_of(tmp_path / "run", WORLDS["no tie"]))
    first = found.counted.at(0.5)
    assert found.counted.at(0.5) is first
    other = found.counted.at(0.25)
    assert not np.array_equal(other, first)
    assert np.array_equal(found.counted.at(0.5), first)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


@pytest.mark.parametrize("name", ["two digits, many ties", "a rare class"])
def test_the_threshold_table_is_the_very_same_file(name, tmp_path):
    run = run_of(tmp_path / "run", WORLDS[name])
    found, (patients, ranked) = kept(run), in_memory(run)
    own = table_in_memory(patients, ranked, run.info.raster, found.facts.of)
    assert file.encoded(table.table(found, run)) == file.encoded(own)


@pytest.mark.parametrize("name", ["two digits, many ties", "one class"])
def test_the_decision_curve_is_kept_as_the_table_in_memory_gives_it(name, tmp_path):
    run = run_of(tmp_path / "run", WORLDS[name])
    found, (patients, ranked) = kept(run), in_memory(run)
    own = decision_table(patients.at, ranked.prevalence)
    pd.testing.assert_frame_equal(found.decision, own, check_exact=True)


def test_the_demo_is_judged_alike(tmp_path):
    split = "test"
    run = run_of(tmp_path / "run", open_run(REPOSITORY / "models" / "demo").predictions())
    found, (patients, ranked) = kept(run, split), in_memory(run, split)
    assert (found.ranked.roc_auc, found.facts.patches) == (ranked.roc_auc, len(ranked))
    said, jackknife = found.of_scores(), PatientJackknife(len(patients))
    of_area = METRICS["roc_auc"].of_scores
    assert of_area is not None
    assert said["roc_auc"] == of_area(patients, jackknife)


@pytest.mark.parametrize("kind", ["platt", "isotonic"])
def test_scores_are_those_of_the_saved_map(kind, tmp_path):
    run = run_of(tmp_path / "run", WORLDS["no tie"])
    parameters = {"platt": {"a": 1.7, "b": -0.3}, "isotonic": {"x": [0, 0.4, 1], "y": [0, 0.1, 1]}}
    recalibration.save(run, ScoreMap(kind, parameters[kind]))
    found, (patients, ranked) = kept(run), in_memory(run)
    assert np.array_equal(found.ranked.positive, ranked.positive)
    assert np.array_equal(found.counted.idc.scores, patients.idc.scores)


def test_single_precision_takes_half_the_room(tmp_path):
    sizes = []
    for name in ("no tie", "single precision"):
        run = run_of(tmp_path / name, WORLDS[name])
        sizes.append(len(kept(run).ranked.positive.tobytes()))
    assert sizes[0] == 2 * sizes[1]


def test_patches_without_a_label_are_counted_and_in_no_figure(tmp_path):
    rows = WORLDS["no tie"]
    found = kept(run_of(tmp_path / "run", rows))
    of_test = rows[rows["split"] == "test"]
    assert found.facts.unlabelled == (of_test["label"] == -1).sum() > 0
    assert found.facts.patches == (of_test["label"] != -1).sum()
    assert "P08" not in found.counted.patients


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("label", 3, "expected the label 0, 1 or none"),
        ("score", np.nan, "expected scores in"),
        ("score", 1.5, "found 1.5. If these are logits"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_file(column, value, said, tmp_path):
    rows = WORLDS["no tie"].copy()
    rows.loc[rows.index[-1], ["label"]] = 1
    rows.loc[rows.index[-1], [column]] = value
    run = run_of(tmp_path / "run", rows)
    with pytest.raises(Refusal, match=said) as refused:
        source.look_through(run)
    assert "part-00002.parquet" in str(refused.value)


def test_scores_that_are_smoothed_over_neighbours_are_refused(tmp_path):
    run = run_of(tmp_path / "run", WORLDS["no tie"])
    write_json(run.path / "smoothing.json", {"id": "smooth"})
    with pytest.raises(Refusal, match="expected scores that are not smoothed"):
        source.look_through(run)


def test_sums_are_made_once_and_made_again_for_other_scores(tmp_path):
    run = run_of(tmp_path / "run", WORLDS["no tie"])
    wanted = {split: build.of(run, split) for split in ("train", "validation", "test")}
    assert build.keep(run, wanted) == ["validation", "test"]
    assert build.keep(run, wanted) == []
    run = run_of(tmp_path / "run", WORLDS["no tie"].assign(score=0.25))
    wanted = {"test": build.of(run, "test")}
    assert build.keep(run, wanted) == ["test"]
    left = sorted(each.name[:13] for each in (run.path / "analysis").iterdir())
    assert left == ["scores_v2_tes", "scores_v2_val"]


def test_damaged_sums_are_refused_with_the_command_that_makes_them(tmp_path):
    run = run_of(tmp_path / "run", WORLDS["no tie"])
    of = build.of(run, "test")
    kept(run)
    folder = stored.folder_of(run, "test", of)
    with (folder / "idc").open("r+b") as scores:
        scores.truncate(8)
    with pytest.raises(Refusal, match=r"scores in .*/idc\. Make it again: python train_cli"):
        stored.open_stored(folder, of)
    with pytest.raises(Refusal, match="they are of others"):
        stored.open_stored(folder, "else")


def test_whether_scores_are_calls_is_read_off_their_ends(tmp_path):
    calls = WORLDS["no tie"].assign(score=lambda rows: (rows["score"] > 0.5).astype(float))
    assert kept(run_of(tmp_path / "calls", calls)).only_calls
    assert not kept(run_of(tmp_path / "scores", WORLDS["no tie"])).only_calls


def test_a_missing_part_is_refused(tmp_path):
    run = run_of(tmp_path / "run", WORLDS["no tie"])
    (run.path / "predictions" / "part-00001.parquet").unlink()
    with pytest.raises(Refusal, match=r"part-00001\.parquet of the predictions: it is not there"):
        source.look_through(run)


def test_parts_are_read_whole_where_they_are_few(tmp_path):
    rows = WORLDS["no tie"]
    run = run_of(tmp_path / "run", rows)
    pd.testing.assert_frame_equal(run.predictions(), rows.astype({"score": np.float64}))
    compact = run.predictions(compact=True)
    assert compact["patient"].astype(str).tolist() == rows["patient"].tolist()
    assert "file" not in compact
