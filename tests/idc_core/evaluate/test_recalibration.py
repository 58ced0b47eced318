"""Maps of scores: fitted on validation, rising, kept with the run, and the same when read again."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from idc_core.evaluate import recalibration
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.recalibration import MAPS, ScoreMap, fit, fit_all, from_dict
from idc_core.io.files import write_json
from idc_core.io.refusal import Refusal
from idc_core.metrics.calibration import ece, logit
from idc_core.metrics.calibration_fit import fitted
from idc_core.metrics.curves import Ranked
from idc_core.runs.run import open_run

some = settings(max_examples=40, deadline=None)


def bold(n=4000, seed=1):
    """Labels, and scores twice as bold as they should be and too high."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.5, 1.5, n)
    labels = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    return labels, (1 / (1 + np.exp(-(2 * odds + 0.8)))).astype(np.float32)


def test_temperature_and_platt_by_hand():
    assert ScoreMap("temperature", {"temperature": 2.0}).apply([0.9]) == pytest.approx(0.75)
    assert ScoreMap("platt", {"a": 1.0, "b": -np.log(9)}).apply([0.9]) == pytest.approx(0.5)
    assert ScoreMap("isotonic", {"x": [0.2, 0.6], "y": [0.1, 0.5]}).apply(
        [0.0, 0.4, 1.0]
    ) == pytest.approx([0.1, 0.3, 0.5])


def test_platt_finds_what_was_done_to_the_scores():
    found = fit("platt", *bold(40_000)).parameters
    assert found["a"] == pytest.approx(0.5, abs=0.02)
    assert found["b"] == pytest.approx(-0.4, abs=0.05)


def test_the_maps_are_those_of_scikit_learn():
    labels, scores = bold()
    grid = np.linspace(0.001, 0.999, 201)
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(scores)[:, None], labels)
    np.testing.assert_allclose(
        fit("platt", labels, scores).apply(grid),
        theirs.predict_proba(logit(grid)[:, None])[:, 1],
        atol=1e-4,
    )
    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
    np.testing.assert_allclose(
        fit("isotonic", labels, scores).apply(grid), steps.predict(grid), atol=1e-5
    )
    one = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10)
    slope = one.fit(logit(scores)[:, None], labels).coef_[0, 0]
    assert 1 / fit("temperature", labels, scores).parameters["temperature"] == pytest.approx(
        slope, rel=1e-4
    )


@pytest.mark.parametrize("kind", MAPS)
def test_a_fit_makes_bold_scores_mean_what_they_say_on_other_patches(kind):
    chosen = fit(kind, *bold(seed=1))
    labels, scores = bold(seed=2)
    # A temperature cannot move the middle, which is wrong here too.
    better = 0.7 if kind == "temperature" else 0.4
    assert ece(labels, chosen.apply(scores)) < better * ece(labels, scores)


@pytest.mark.parametrize("kind", MAPS)
@some
@given(scores=st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30))
def test_a_map_never_turns_two_scores_round_and_stays_a_probability(kind, scores):
    mapped = fit(kind, *bold(400)).apply(np.sort(scores))
    assert mapped.dtype == np.float64
    assert (np.diff(mapped) >= 0).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


@pytest.mark.parametrize("kind", ["temperature", "platt"])
def test_the_order_and_so_the_area_are_kept(kind):
    labels, scores = bold()
    before, after = Ranked(labels, scores), Ranked(labels, fit(kind, labels, scores).apply(scores))
    assert after.roc_auc == pytest.approx(before.roc_auc, abs=1e-6)


def test_scores_of_a_rare_class_keep_their_order_and_their_digits():
    scores = np.logspace(-40, -9, 200)
    mapped = ScoreMap("platt", {"a": 1.0, "b": np.log(2)}).apply(scores)
    np.testing.assert_allclose(mapped, 2 * scores, rtol=1e-8)
    assert (np.diff(mapped) > 0).all()


def test_a_map_kept_by_an_older_release_goes_on_rounding_as_when_points_were_chosen_on_it():
    scores = np.random.default_rng(0).random(500)
    new = ScoreMap("temperature", {"temperature": 2.0})
    written = {name: value for name, value in new.to_dict().items() if name != "precision"}
    old = from_dict(written)
    assert old.apply(scores).tolist() == new.apply(scores).astype(np.float32).tolist()
    assert from_dict(new.to_dict()) == new
    assert from_dict(old.to_dict()) == old
    assert (
        old.id
        == "temperature-"
        + hashlib.sha256(b'["temperature", {"temperature": 2.0}]').hexdigest()[:10]
    ), "the name that its operating points bear"
    assert new.id != old.id, "its scores are others"


def test_scores_of_exactly_0_and_1_stay():
    for kind in ("temperature", "platt"):
        assert fit(kind, *bold()).apply([0.0, 1.0]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("kind", MAPS)
def test_a_map_read_again_is_the_same(kind):
    chosen = fit(kind, *bold(500), n_patches=500)
    again = from_dict(json.loads(json.dumps(chosen.to_dict())))
    assert again == chosen
    assert again.id == chosen.id
    assert chosen.id.startswith(kind)


def test_one_class_and_falling_scores_are_refused():
    with pytest.raises(Refusal, match="both classes"):
        fit("platt", [1, 1], [0.2, 0.4])
    labels, scores = bold(400)
    with pytest.raises(Refusal, match="rise with the share of the positive class"):
        fit("platt", labels, 1 - scores)
    table = pd.DataFrame({"label": labels, "score": 1 - scores, "patient": "a"})
    assert set(fit_all(table)) == {"isotonic"}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "magic", "parameters": {}},
        {"kind": "platt", "parameters": {"a": 1}},
        {"kind": "platt", "parameters": {"a": -1.0, "b": 0.0}},
        {"kind": "temperature", "parameters": {"temperature": 0.0}},
        {"kind": "isotonic", "parameters": {"x": [0.1, 0.2], "y": [0.5, 0.4]}},
        {"kind": "isotonic", "parameters": {"x": [0.1], "y": [0.5, 0.6]}},
        {"kind": "isotonic", "parameters": {"x": [0.1, 0.2], "y": [0.5, 1.4]}},
    ],
)
def test_what_is_no_rising_map_is_refused(content):
    with pytest.raises(ValueError, match="expected"):
        from_dict(content)


@pytest.fixture
def own(world, tmp_path):
    """A copy of the small run."""
    import shutil

    shutil.copytree(world / "models" / "small", tmp_path / "small")
    return open_run(tmp_path / "small")


def validation(run):
    rows = run.predictions()
    return rows[rows["split"] == "validation"]


def test_a_kept_map_drives_the_report_and_another_operating_point(own):
    before, raw = write_evaluation(own), own.operating_point()
    chosen = ScoreMap("temperature", {"temperature": 3.0})
    recalibration.save(own, chosen)
    after, point = write_evaluation(own), own.operating_point()
    assert own.calibration_id() == chosen.id == point.calibration
    assert point.rule == raw.rule
    assert point.threshold == pytest.approx(float(chosen.apply([raw.threshold])[0]))
    one, other = (each.splits["test"] for each in (before, after))
    assert one.confusion == other.confusion, "a milder map moves scores and threshold alike"
    assert one.pooled["brier"] != other.pooled["brier"]
    recalibration.drop(own)
    assert own.operating_point() == raw
    assert write_evaluation(own).splits == before.splits


def test_raw_scores_are_never_changed(own):
    bytes_before = (own.path / "predictions.parquet").read_bytes()
    recalibration.save(own, fit_all(validation(own))["isotonic"])
    write_evaluation(own)
    assert (own.path / "predictions.parquet").read_bytes() == bytes_before


@pytest.mark.parametrize("content", ["{", "[]", '{"id": "x"}', '{"id": 3, "kind": "platt"}'])
def test_a_damaged_map_is_a_sentence_with_the_cure(own, content):
    (own.path / "calibration.json").write_text(content)
    with pytest.raises(Refusal, match=r"calibration\.json"):
        recalibration.saved(own)


def test_a_map_changed_by_hand_is_noticed(own):
    chosen = ScoreMap("temperature", {"temperature": 3.0})
    write_json(
        own.path / "calibration.json", chosen.to_dict() | {"parameters": {"temperature": 2.0}}
    )
    with pytest.raises(Refusal, match="its parameters are those of"):
        recalibration.saved(own)


def test_the_slope_of_a_fitted_map_is_one():
    labels, scores = bold()
    mapped = fit("platt", labels, scores).apply(scores)
    line = fitted(labels, mapped, np.arange(len(labels)) % 20, 20)
    assert line.slope.value == pytest.approx(1, abs=1e-3)
    for each in (line.joint_intercept, line.in_the_large, line.off):
        assert each.value == pytest.approx(0, abs=1e-3)
