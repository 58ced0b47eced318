"""Pair: the nearest patch of another kind, and how far apart each layer sees the two."""

import numpy as np
import pytest

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import datasets, holding, markdown, numbers

PLACE = ("10253", 1001, 501)
"""A D: IDC, found."""


def _nearest(root, allowed):
    """The patch of test whose channel means lie at the smallest angle, of those allowed."""
    pixels = network.patches(root)
    here = network.embedding(pixels[PLACE])
    found = {
        (row.patient, row.x, row.y): here @ network.embedding(pixels[row.patient, row.x, row.y])
        for row in referee.rows().itertuples()
        if allowed(row) and (row.patient, row.x, row.y) != PLACE
    }
    return max(found, key=found.get)


KINDS = {
    "opposite": (lambda row: row.label == 1 and row.score < 0.5, "labelled IDC", "missed IDC (FN)"),
    "other_label": (lambda row: row.label == 0, "labelled no IDC", None),
    "other_patient": (lambda row: row.patient != "10253", None, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_b_is_the_nearest_patch_of_that_kind(page_at, exact_root, kind):
    page = page_at("network/pair", 0.5, patient="10253", patch="x1001_y501", pair_beside=kind)
    allowed, label, outcome = KINDS[kind]
    patient, x, y = _nearest(exact_root, allowed)
    said = holding(markdown(page), "**B** ·")
    assert f"{patient} x{x}_y{y}" in said
    letter = network.letters()[patient, x, y].lower()
    assert numbers(said)[-1] == {"a": "0.100", "b": "0.300", "c": "0.600", "d": "0.900"}[letter]
    assert label is None or label in said
    assert outcome is None or outcome in said
    assert "labelled IDC, score 0.900: IDC found (TP)" in holding(markdown(page), "**A** ·")


def test_each_layer_says_how_far_the_means_of_its_channels_lie_apart(page_at, exact_root):
    page = page_at("network/pair", 0.5, patient="10253", patch="x1001_y501", pair_beside="opposite")
    other = _nearest(exact_root, KINDS["opposite"][0])
    one, other = (network.patches(exact_root)[each] for each in (PLACE, other))
    (bars,) = datasets(page)["layers"]
    assert bars["layer"].tolist() == ["conv", "relu"]
    means = [
        [network.conv(each).mean(axis=(0, 1)) for each in (one, other)],
        [network.pooled(each) for each in (one, other)],
    ]
    apart = [np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)) for a, b in means]
    assert bars["distance"].tolist() == pytest.approx(apart, abs=1e-6)
    a, b = means[1]
    order = np.argsort(-abs(a - b)).tolist()
    assert numbers(holding(markdown(page), "that differ most")) == ["3", *map(str, order)]
