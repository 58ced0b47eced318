"""Channels whose worth is known in advance are found to be worth that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from idc_core.interpret.channels import analyse, statistics
from idc_core.interpret.channels.cut import boiled_down, read_layers, rest_after
from idc_core.interpret.channels.sample import patient_sample
from idc_core.interpret.channels.worth import SwitchedOff, aucs, duplicates, switched_off_here
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Layer, Scorer, session_of

NOISE = np.random.default_rng(3).integers(0, 256, (5, 50, 50, 3)).astype(np.uint8)


def quiet(doing, done, of):
    """Nobody listens."""


@pytest.fixture
def analysed(run, store, scorer):
    return analyse.analyse(run, store, scorer, quiet)


def test_the_channel_that_decides_tells_the_classes_apart_alone(analysed):
    auc = analysed.of("conv_relu")["auc"].to_numpy()
    assert auc[0] == auc[2] == 1
    assert auc[1] == 0.5
    assert auc[4] == 0.5


def test_dead_twin_and_always_on_channels_are_flagged(analysed):
    rows = analysed.of("conv_relu")
    assert rows["dead"].tolist() == [False, True, False, False, True]
    assert rows["duplicate_of"].tolist() == [-1, -1, 0, -1, -1]
    assert rows["saturated"].to_numpy()[4]
    assert not rows["saturated"].to_numpy()[3]
    # Before the rectification nothing is rectified, and nothing can be always on by that.
    assert not analysed.of("conv")["saturated"].any()


def test_a_channel_that_fires_on_one_patient_is_seen_to(analysed, store):
    rows = analysed.of("conv_relu")
    assert rows["top_patients"].tolist()[3] == 1
    column = int(np.flatnonzero(analysed.table["layer"] == "conv_relu")[3])
    top = analysed.rows[:, column]
    strongest = store.index["patient"].to_numpy()[top[analysed.values[:, column] > 0]]
    assert set(strongest) == {"105"}


def test_the_strongest_patches_are_those_with_the_largest_mean(analysed, store, scorer):
    layer = next(each for each in scorer.layers if each.name == "conv_relu")
    means = scorer.answers(layer, store.patches).mean(axis=(1, 2))[:, 0]
    column = int(np.flatnonzero(analysed.table["layer"] == "conv_relu")[0])
    assert analysed.rows[:, column].tolist() == np.argsort(-means, kind="stable")[:24].tolist()
    assert np.allclose(analysed.values[:, column], np.sort(means)[::-1][:24], rtol=1e-4)


def test_without_the_channel_that_decides_the_model_knows_nothing(analysed):
    assert analysed.measured == ["conv_relu"]
    off = analysed.off("conv_relu")
    base, labels = analysed.sample["score"].to_numpy(), analysed.sample["label"].to_numpy(np.int8)
    assert aucs(base[:, None], labels)[0] == 1
    assert aucs(off[:1].T, labels)[0] == pytest.approx(0.5, abs=0.05)
    for channel in (1, 2, 3):
        assert np.allclose(off[channel], base, atol=1e-3)


def test_what_was_kept_is_read_again_and_stale_data_are_not(analysed, run, store):
    again = analyse.saved(run, store)
    pd.testing.assert_frame_equal(again.table, analysed.table)
    assert np.array_equal(again.rows, analysed.rows)
    (run.path / "model.onnx").write_bytes((run.path / "model.onnx").read_bytes() + b"\0\0")
    assert analyse.saved(run, store) is None


def test_a_damaged_file_is_made_again(analysed, run, store, scorer):
    file = next(analysed.folder.glob("off_*.npz"))
    good = analysed.off("conv_relu")
    file.write_bytes(b"PK damaged")
    assert analyse.saved(run, store).off("conv_relu") is None
    again = analyse.analyse(run, store, scorer, quiet)
    assert np.array_equal(again.off("conv_relu"), good)


def test_a_stopped_analysis_goes_on_where_it_was_and_finds_the_same(
    run, store, scorer, monkeypatch, tmp_path
):
    monkeypatch.setattr(statistics, "BLOCK", 16)
    looked = []
    monkeypatch.setattr(
        statistics, "summary", lambda *a, f=statistics.summary: (looked.append(a[3]), f(*a))[1]
    )

    def stop(doing, done, of):
        if done >= 48:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyse.analyse(run, store, scorer, stop)
    assert looked == [0, 16, 32]
    found = analyse.analyse(run, store, scorer, quiet)
    assert looked == [0, 16, 32, 48, 64, 80]
    whole = statistics.look(scorer, store.patches, tmp_path / "anew", quiet)
    assert np.array_equal(found.rows, whole.rows)
    assert np.array_equal(found.values, whole.values)


def test_without_pixels_or_validation_patches_there_is_a_sentence(run, store, scorer):
    nobody = store.index.assign(split="test")
    object.__setattr__(store, "index", nobody)
    with pytest.raises(Refusal, match="validation patches"):
        analyse.analyse(run, store, scorer, quiet)
    (store.path / "patches.npy").unlink()
    with pytest.raises(Refusal, match="prepare SOURCE"):
        analyse.analyse(run, store, scorer, quiet)


def test_boiling_down_gives_mean_largest_and_smallest(scorer):
    session = session_of(boiled_down(scorer.content, scorer.layers))
    names = ["mean/conv_relu", "max/conv_relu", "min/conv_relu", "mean/average"]
    mean, high, low, average = session.run(names, {"pixels": NOISE.astype(np.float32)})
    layer = next(each for each in scorer.layers if each.name == "conv_relu")
    values = scorer.answers(layer, NOISE)
    assert np.allclose(mean, values.mean(axis=(1, 2)), rtol=1e-4, atol=1e-4)
    assert np.allclose(high, values.max(axis=(1, 2)))
    assert np.allclose(low, values.min(axis=(1, 2)))
    assert np.allclose(average, mean, rtol=1e-4, atol=1e-4)


DEMO = Scorer(REPOSITORY / "models" / "demo" / "model.onnx")


@pytest.mark.parametrize(
    "name", ["stem_relu", "block1_res1_relu1", "block2_res1_norm2", "block3_res2_relu2"]
)
def test_switching_off_is_what_setting_the_weights_that_read_it_to_nought_does(name):
    """Referee: the same channel put to nought by hand, through a graph that starts there."""
    layer = next(each for each in DEMO.layers if each.name == name)
    rest = rest_after(DEMO.content, layer)
    whole = DEMO.tensor(rest.feed, NOISE)
    session = session_of(rest.content)
    pixels = {"pixels": NOISE.astype(np.float32)} if rest.needs_pixels else {}
    name, scored = rest.source.name, rest.source.scores
    untouched = scored(session.run([name], {rest.feed: whole} | pixels)[0])
    assert np.allclose(untouched, DEMO.score(NOISE), atol=1e-5)
    found = SwitchedOff(DEMO, layer).scores(NOISE)
    for channel in (0, layer.shape[-1] - 1):
        changed = whole.copy()
        changed[:, channel] = 0
        expected = scored(session.run([name], {rest.feed: changed} | pixels)[0])
        assert np.allclose(found[channel], expected, atol=1e-6)
    here = switched_off_here(DEMO, layer, NOISE[2])
    assert np.allclose(here, found[:, 2], atol=1e-5)


def test_short_cuts_around_a_layer_are_kept():
    by_name = {layer.name: layer for layer in DEMO.layers}
    assert rest_after(DEMO.content, by_name["block2_res1_relu1"]).needs_pixels
    assert not rest_after(DEMO.content, by_name["block2_res1_relu2"]).needs_pixels


def test_the_layers_that_are_read_are_the_last_of_each_convolution():
    names = [layer.name for layer in read_layers(DEMO)]
    assert names[:3] == ["stem_relu", "block1_relu1", "block1_res1_relu1"]
    assert not any("pool" in name or "sepconv" in name or name == "logit" for name in names)


def test_a_layer_the_score_does_not_depend_on_is_refused(scorer):
    with pytest.raises(Refusal, match="depend on"):
        rest_after(scorer.content, Layer("nowhere", "ReLU", (50, 50, 5), 0))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_areas_are_those_of_scikit_learn_ties_too(seed, n):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, n).astype(np.int8)
    labels[:2] = [0, 1]
    values = random.integers(0, 5, (n, 3)).astype(np.float32)
    expected = [roc_auc_score(labels, values[:, at]) for at in range(3)]
    assert np.allclose(aucs(values, labels), expected)


def test_with_one_class_no_area_is_made_up():
    assert np.isnan(aucs(np.zeros((4, 2)), np.ones(4, np.int8))).all()


def test_a_channel_repeats_an_earlier_one_up_to_scale_but_not_sign():
    base = np.random.default_rng(0).normal(size=(50, 4, 4)).astype(np.float32)
    other = np.random.default_rng(1).normal(size=(50, 4, 4)).astype(np.float32)
    flat = np.zeros_like(base)
    answers = np.stack([base, other, 3 * base + 1, -base, flat, flat], axis=-1)
    assert duplicates(answers).tolist() == [-1, -1, 0, -1, -1, -1]


@given(st.integers(1, 60), st.integers(0, 5))
def test_every_patient_gives_an_equal_share(most, seed):
    counts = {"a": 50, "b": 3, "c": 20, "d": 1}
    index = pd.DataFrame(
        {
            "patient": np.repeat(list(counts), list(counts.values())),
            "split": "validation",
            "label": 0,
        }
    )
    rows = patient_sample(index, most=most, seed=seed)
    assert len(rows) == min(most, 74)
    assert (np.diff(rows) > 0).all()
    given_ = index.iloc[rows]["patient"].value_counts().reindex(list(counts), fill_value=0)
    full = [name for name in counts if given_[name] == counts[name]]
    others = [given_[name] for name in counts if name not in full]
    assert not others or max(others) - min(others) <= 1
    assert np.array_equal(rows, patient_sample(index, most=most, seed=seed))
