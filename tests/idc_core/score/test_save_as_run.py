"""What was scored live is kept as a store and a run; without labels it is looked at, not judged."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import open_store
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Origin
from idc_core.runs.run import UNLABELLED, open_run, refuse_unlabelled
from idc_core.score.save_as_run import plain_name, save_as_run
from idc_core.score.scoring import Scorer

PATCHES = np.random.default_rng(0).integers(0, 256, (6, 50, 50, 3)).astype(np.uint8)


def rows(label):
    return pd.DataFrame(
        {
            "patient": "a slide",
            "x": [101, 51, 1, 101, 51, 1],
            "y": [51, 51, 51, 1, 1, 1],
            "label": label,
            "score": np.linspace(0, 1, 6, dtype=np.float32),
        }
    )


@pytest.fixture
def parent(world):
    return open_run(world / "models" / "small")


def kept(parent, tmp_path, label, name="kept"):
    return save_as_run(
        name,
        parent,
        rows(label),
        PATCHES,
        Origin(kind="slide", file="a.svs", um_per_px=4.0),
        data=tmp_path / "data",
        models=tmp_path / "models",
    )


def test_pixels_scores_and_network_are_there_again(parent, tmp_path):
    run = kept(parent, tmp_path, UNLABELLED)
    store = open_store(tmp_path / "data" / "kept")
    table = run.predictions()
    assert table["x"].tolist() == [1, 51, 101] * 2
    assert table["score"].tolist() == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2, 0.0])
    assert np.array_equal(store.patches, PATCHES[::-1])
    assert run.info.data.fingerprint == store.fingerprint
    assert run.info.origin.um_per_px == 4.0
    assert store.whole_patients == {"a slide"}
    assert Scorer(run.path / "model.onnx").score(PATCHES).shape == (6,)


def test_brought_patients_are_whole_by_the_rule_of_prepare(parent, tmp_path):
    square = [(1 + 50 * at, 1 + 50 * to) for at in range(5) for to in range(5)]
    table = pd.DataFrame(
        {
            "patient": ["dense"] * 25 + ["sparse"] * 2,
            "x": [x for x, _ in square] + [1, 501],
            "y": [y for _, y in square] + [1, 501],
            "label": [at % 2 for at in range(27)],
            "score": np.float32(0.5),
        }
    )
    run = save_as_run(
        "brought",
        parent,
        table,
        np.zeros((27, 50, 50, 3), np.uint8),
        Origin(kind="patches"),
        data=tmp_path / "data",
        models=tmp_path / "models",
    )
    assert open_store(tmp_path / "data" / run.name).whole_patients == {"dense"}


def test_without_labels_nothing_can_be_judged(parent, tmp_path):
    run = kept(parent, tmp_path, UNLABELLED)
    assert not run.has_labels
    for judge in (refuse_unlabelled, write_evaluation):
        with pytest.raises(Refusal, match="labels to judge"):
            judge(run)
    assert not (run.path / "report.json").exists()


def test_with_labels_it_is_a_run_like_any_other(parent, tmp_path):
    run = kept(parent, tmp_path, [0, 1, 0, 1, 0, 1])
    assert run.has_labels
    assert run.report().splits["test"].n_patches == 6
    refuse_unlabelled(run)


def test_some_labels_are_neither(parent, tmp_path):
    with pytest.raises(Refusal, match="all patches or for none"):
        kept(parent, tmp_path, [0, 1, -1, 1, 0, 1])
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("name", ["", "../evil", "a b", "a/b", "-x", "x" * 65, "ä", "a.b"])
def test_a_name_that_is_no_plain_word_is_refused(parent, tmp_path, name):
    with pytest.raises(Refusal, match="expected a name"):
        kept(parent, tmp_path, UNLABELLED, name)
    assert not (tmp_path / "data").exists()


def test_a_taken_name_is_refused_and_what_is_there_stays(parent, tmp_path):
    kept(parent, tmp_path, UNLABELLED)
    before = (tmp_path / "models" / "kept" / "run.json").read_bytes()
    with pytest.raises(Refusal, match="there already"):
        kept(parent, tmp_path, UNLABELLED)
    assert (tmp_path / "models" / "kept" / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "name"),
    [("a.svs", "a-svs"), ("../..", "unnamed"), ("ü", "unnamed"), ("x" * 99, "x" * 60)],
)
def test_any_file_name_becomes_a_plain_one(text, name):
    assert plain_name(text) == name


def test_scores_of_a_network_that_was_exchanged_since_are_not_kept_beside_the_new_one(
    parent, tmp_path
):
    with pytest.raises(Refusal, match=r"expected the network that gave these scores in .*small"):
        save_as_run(
            "kept",
            parent,
            rows(UNLABELLED),
            PATCHES,
            Origin(kind="slide"),
            data=tmp_path / "data",
            models=tmp_path / "models",
            network="0" * 64,
        )
    assert not (tmp_path / "data" / "kept").exists()
    assert not (tmp_path / "models" / "kept").exists()
