"""The nearest patches, exactly; and a map of all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from idc_core.score.embeddings import normalised
from idc_core.score.nearest import flat_map, nearest


def some(seed, count=60, units=8):
    return normalised(np.random.default_rng(seed).normal(size=(count, units)).astype(np.float32))


def test_by_hand():
    found = normalised(np.float32([[1, 0], [1, 0.1], [0, 1], [1, 0.5]]))
    order, cosine = nearest(found, 0, 2)
    assert order.tolist() == [1, 3]
    assert cosine[0] == pytest.approx(1 / np.sqrt(1.01), abs=1e-3)


@given(st.integers(0, 2**32 - 1))
def test_scikit_learn_finds_the_same(seed):
    found = some(seed)
    order, cosine = nearest(found, 5, 7)
    exact = found.astype(np.float32)
    referee = NearestNeighbors(n_neighbors=8, metric="cosine", algorithm="brute").fit(exact)
    distance, _ = referee.kneighbors(exact[5:6])
    assert np.allclose(cosine, 1 - distance[0][1:], atol=2e-3)
    assert 5 not in order


def test_only_what_is_allowed_comes():
    allowed = np.zeros(60, bool)
    allowed[[3, 9, 11]] = True
    order, _ = nearest(some(0), 3, 10, allowed)
    assert sorted(order) == [9, 11]


def test_nothing_allowed_gives_nothing():
    order, cosine = nearest(some(0), 0, 5, np.zeros(60, bool))
    assert len(order) == len(cosine) == 0


def test_equal_patches_come_in_the_order_of_their_rows():
    order, _ = nearest(normalised(np.ones((6, 3), np.float32)), 2, 4)
    assert order.tolist() == [0, 1, 3, 4]


@pytest.mark.parametrize("row", [-1, 60])
def test_a_row_that_is_not_there_is_refused(row):
    with pytest.raises(ValueError, match="from 0 to 59"):
        nearest(some(0), row, 3)


def test_the_map_is_that_of_principal_components():
    found = some(1, count=200)
    places, shown = flat_map(found)
    referee = PCA(2).fit(found.astype(float))
    expected = referee.transform(found.astype(float))
    assert np.allclose(np.abs(places), np.abs(expected), atol=1e-3)
    assert shown == pytest.approx(referee.explained_variance_ratio_.sum(), abs=1e-6)


def test_a_map_of_hardly_anything_is_flat():
    assert flat_map(some(0, count=2))[0].tolist() == [[0, 0], [0, 0]]
    places, shown = flat_map(normalised(np.ones((5, 4), np.float32)))
    assert np.allclose(places, 0, atol=1e-3)
    assert shown == 0 or shown <= 1
