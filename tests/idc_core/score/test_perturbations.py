"""Changes with a neutral value that changes nothing; their effect on a sample, kept and read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from idc_core.data.stores.store import open_store
from idc_core.interpret import robustness
from idc_core.io.refusal import Refusal
from idc_core.runs.run import open_run
from idc_core.score.perturbations import PERTURBATIONS, changed, curve
from idc_core.score.scoring import Scorer
from idc_core.score.tta import positions, spread

NOISE = np.random.default_rng(0).integers(30, 226, (3, 50, 50, 3)).astype(np.uint8)


@pytest.mark.parametrize("key", PERTURBATIONS)
def test_the_neutral_value_changes_nothing(key):
    assert np.array_equal(changed(NOISE, key, PERTURBATIONS[key].neutral), NOISE)
    if PERTURBATIONS[key].neutral in PERTURBATIONS[key].values and key != "blur":
        found = PERTURBATIONS[key].apply(NOISE, PERTURBATIONS[key].neutral).astype(int)
        assert np.abs(found - NOISE).max() <= 1


@pytest.mark.parametrize("key", PERTURBATIONS)
def test_every_other_strength_changes_something_and_keeps_the_form(key):
    before = NOISE.copy()
    for value in PERTURBATIONS[key].values:
        found = changed(NOISE, key, value)
        assert found.shape == NOISE.shape
        assert found.dtype == np.uint8
        assert (value == PERTURBATIONS[key].neutral) == np.array_equal(found, NOISE)
    assert np.array_equal(NOISE, before)


def test_a_stronger_stain_is_darker_and_a_weaker_one_paler():
    means = [changed(NOISE, "stain", value).mean() for value in PERTURBATIONS["stain"].values]
    assert means == sorted(means, reverse=True)


def test_more_blue_stain_takes_red_away_faster_than_blue():
    pixels = np.full((1, 50, 50, 3), [150, 110, 180], np.uint8)
    bluer, pinker = changed(pixels, "ratio", 1.5)[0, 0, 0], changed(pixels, "ratio", 0.7)[0, 0, 0]
    assert int(bluer[2]) - int(bluer[0]) > int(pinker[2]) - int(pinker[0])


def test_a_half_turn_is_a_half_turn():
    turned = changed(NOISE, "rotation", 180.0)
    assert np.abs(turned.astype(int) - NOISE[:, ::-1, ::-1]).max() <= 1


def test_the_curve_is_the_score_at_every_strength():
    def brightness(patches):
        return (patches.mean(axis=(1, 2, 3)) / 255).astype(np.float32)

    found = curve(brightness, NOISE[0], "brightness")
    assert len(found) == len(PERTURBATIONS["brightness"].values)
    assert (np.diff(found) > 0).all()
    assert curve(brightness, NOISE[0], "brightness", [0.0])[0] == brightness(NOISE[:1])[0]


def test_the_eight_positions_are_eight_and_the_first_is_the_patch():
    found = positions(NOISE[0])
    assert len({each.tobytes() for each in found}) == 8
    assert np.array_equal(found[0], NOISE[0])


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_a_score_that_does_not_see_position_has_no_spread(seed):
    patch = np.random.default_rng(seed).integers(0, 256, (50, 50, 3)).astype(np.uint8)
    found = spread(lambda some: some.astype(np.float64).mean(axis=(1, 2, 3)).astype("f"), patch)
    assert found.high - found.low < 1e-3
    assert found.called(found.mean + 1) == 0
    assert found.called(0) == 8


def test_the_spread_is_lowest_mean_and_highest():
    def corner(some):
        return (some[:, 0, 0, 0] / 255).astype(np.float32)

    found = spread(corner, NOISE[0])
    corners = [NOISE[0][y, x, 0] / 255 for y in (0, -1) for x in (0, -1)]
    assert found.low == pytest.approx(min(corners))
    assert found.high == pytest.approx(max(corners))
    assert found.mean == pytest.approx(np.mean(corners))


@pytest.fixture
def measured(world, tmp_path):
    run = open_run(world / "models" / "small")
    store, scorer = open_store(world / "data" / "tiny"), Scorer(run.path / "model.onnx")
    moved = type(run)(tmp_path, run.info)
    (tmp_path / "model.onnx").write_bytes((run.path / "model.onnx").read_bytes())
    told = []
    robustness.measure(moved, store, scorer, "stain", lambda *step: told.append(step))
    assert told[0][1] == 0
    return moved, store, scorer


def test_scores_of_the_sample_are_kept_and_are_those_of_the_changed_patches(measured):
    run, store, scorer = measured
    found = robustness.saved(run, store, "stain")
    rows = robustness.sample(store)
    assert set(store.index["split"].to_numpy()[rows]) == {"validation"}
    at = PERTURBATIONS["stain"].values.index(1.5)
    expected = scorer.score(changed(np.asarray(store.patches[rows]), "stain", 1.5))
    assert np.array_equal(found[at], expected)
    assert robustness.saved(run, store, "blur") is None


def test_figures_at_a_threshold_are_counted_as_by_hand(measured):
    run, store, scorer = measured
    scores, rows = robustness.saved(run, store, "stain"), robustness.sample(store)
    labels = store.index["label"].to_numpy(np.int8)[rows]
    neutral = scorer.score(np.asarray(store.patches[rows]))
    table = robustness.at(scores, labels, neutral, "stain", 0.5)
    assert table["strength"].tolist() == list(PERTURBATIONS["stain"].values)
    one = scores[0]
    assert table["sensitivity"][0] == pytest.approx((one[labels == 1] >= 0.5).mean())
    assert table["specificity"][0] == pytest.approx((one[labels == 0] < 0.5).mean())
    assert table["roc_auc"][0] == pytest.approx(roc_auc_score(labels, one))
    assert table["flipped"][0] == pytest.approx(((one >= 0.5) != (neutral >= 0.5)).mean())
    assert table["flipped"][PERTURBATIONS["stain"].values.index(1.0)] == 0


def test_a_damaged_or_foreign_file_is_none_and_what_was_given_up_keeps_nothing(measured):
    run, store, scorer = measured
    file = next((run.path / "analysis").glob("stress_*.npz"))
    file.write_bytes(b"PK damaged")
    assert robustness.saved(run, store, "stain") is None

    def give_up(*_step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        robustness.measure(run, store, scorer, "blur", give_up)
    assert robustness.saved(run, store, "blur") is None


def test_without_validation_patches_there_is_a_sentence(measured):
    run, store, scorer = measured
    object.__setattr__(store, "index", store.index.assign(split="test"))
    with pytest.raises(Refusal, match="validation"):
        robustness.measure(run, store, scorer, "stain", lambda *step: None)
