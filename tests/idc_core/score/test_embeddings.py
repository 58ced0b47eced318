"""Embeddings are those of the network, kept under the name of network and data."""

import numpy as np
import pytest

from idc_core.data.stores.store import open_store
from idc_core.runs.run import open_run
from idc_core.score.embeddings import file_of, measure, normalised, saved
from idc_core.score.scoring import Scorer


@pytest.fixture
def small(world, tmp_path):
    import shutil

    shutil.copytree(world / "models" / "small", tmp_path / "small")
    run = open_run(tmp_path / "small")
    return run, open_store(world / "data" / "tiny"), Scorer(run.path / "model.onnx")


def test_they_are_what_the_layer_before_the_logit_answers(small):
    run, store, scorer = small
    found = measure(run, store, scorer)
    alone = scorer.activations(np.array(store.patches[3]))[scorer.embedding_layer.name]
    assert np.allclose(found[3], alone / np.linalg.norm(alone), atol=2e-3)
    assert len(found) == len(store.index)


def test_they_are_kept_and_read_again(small):
    run, store, scorer = small
    assert saved(run, store) is None
    made = measure(run, store, scorer)
    assert np.array_equal(saved(run, store), made)


def test_a_damaged_file_is_made_again(small):
    run, store, scorer = small
    measure(run, store, scorer)
    file_of(run, store).write_bytes(b"half")
    assert saved(run, store) is None


def test_another_network_has_another_file(small):
    run, store, _ = small
    before = file_of(run, store)
    with (run.path / "model.onnx").open("ab") as file:
        file.write(b" ")
    assert file_of(run, store) != before


def test_progress_reaches_the_end(small):
    run, store, scorer = small
    told = []
    measure(run, store, scorer, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(store.index), len(store.index))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_rows_have_length_one_and_noughts_stay():
    found = normalised(np.float32([[3, 4], [0, 0]])).astype(float)
    assert np.allclose(np.linalg.norm(found, axis=1), [1, 0], atol=1e-3)
