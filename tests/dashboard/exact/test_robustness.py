"""Robustness: eight orientations, brightness step by step, nearest training patches, validation."""

import numpy as np
import pytest
from sklearn import metrics

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import captions, cards, datasets, holding, markdown, numbers

PLACE = ("10253", 1201, 501)
"""A c: no IDC, and the network says 0.6."""
STEPS = [-60, -40, -20, 0, 20, 40, 60]


@pytest.fixture(scope="module")
def pixels(exact_root):
    return network.patches(exact_root)[PLACE]


@pytest.fixture(scope="module")
def page(analysed_at):
    query = {"patient": "10253", "patch": "x1201_y501", "change": "brightness", "strength": "20"}
    analysed_at("similar", 0.5, patient="10253", patch="x1201_y501")  # computes embeddings
    return analysed_at("robustness", 0.5, **query)


def _brighter(pixels, step):
    return np.clip(pixels.astype(int) + step, 0, 255)


def test_the_eight_orientations_have_their_scores(page, pixels):
    turned = [np.rot90(each, turns) for each in (pixels, pixels[:, ::-1]) for turns in range(4)]
    scores = [network.score(each) for each in turned]
    assert cards(page) == [
        ("Score of the original", f"{scores[0]:.3f}", []),
        (
            "Mean of all eight",
            f"{np.mean(scores):.3f}",
            [f"{min(scores):.3f}", f"{max(scores):.3f}"],
        ),
        ("Predicted IDC", str(sum(each >= 0.5 for each in scores)), ["0.500"]),
    ]


def test_the_score_is_told_at_every_brightness(page, pixels):
    (walk,) = datasets(page)["walk"]
    expected = [network.score(_brighter(pixels, step)) for step in STEPS]
    assert walk["strength"].tolist() == STEPS
    assert walk["score"].tolist() == pytest.approx(expected, abs=1e-5)
    words = ["predicted IDC" if each >= 0.5 else "predicted no IDC" for each in expected]
    assert walk["prediction"].tolist() == words
    idc = sum(each >= 0.5 for each in expected)
    assert 0 < idc < 7
    said = holding(captions(page), "The prediction changes")
    assert numbers(said.partition("changes")[2]) == [str(idc), "7"]
    now = holding([each for each in markdown(page) if each.startswith("Score")], "Score")
    assert now == f"Score {expected[4]:.3f}, {words[4]}"


def test_the_nearest_training_patches_are_counted_by_label(page, exact_root, pixels):
    here = network.embedding(pixels)
    cosines = [
        here @ network.embedding(each)
        for place, each in network.patches(exact_root).items()
        if place[0] in ("9041", "9043")
    ]
    # all 11, of which D, C, B and C are IDC; the patch is none of them
    assert numbers(holding(markdown(page), "most similar to it")) == [
        *("11", "4", "2"),
        f"{max(cosines):.3f}",
        f"{min(cosines):.3f}",
    ]


def test_a_training_patch_is_not_among_those_most_similar_to_it(analysed_at):
    query = {"split": "train", "patient": "9041", "patch": "x1001_y501"}
    analysed_at("similar", 0.5, **query)
    said = holding(markdown(analysed_at("robustness", 0.5, **query)), "most similar to it")
    # the others of D C a b, B a a a, C b a
    assert numbers(said)[:3] == ["10", "3", "2"]


@pytest.fixture(scope="module")
def brighter(exact_root):
    """Labels of validation, and a row of scores a step."""
    rows, pixels = referee.rows("validation"), network.patches(exact_root)
    scores = [
        [network.score(_brighter(pixels[r.patient, r.x, r.y], step)) for r in rows.itertuples()]
        for step in STEPS
    ]
    return rows["label"].to_numpy(), np.array(scores)


def test_brightness_changes_the_rates_of_validation(page, brighter):
    labels, scores = brighter
    changed = ((scores >= 0.5) != (scores[3] >= 0.5)).mean(axis=1)
    worst = changed.argmax()
    said = numbers(holding(markdown(page), "At worst"))
    positive = scores[worst] >= 0.5
    assert said == [
        f"{STEPS[worst]}".replace("-", "−"),
        f"{100 * changed[worst]:.0f}",
        f"{metrics.recall_score(labels, positive):.2f}",
        f"{metrics.recall_score(labels, positive, pos_label=0):.2f}",
    ]
    (drawn,) = datasets(page)["rates"]
    drawn = drawn.pivot(index="strength", columns="figure", values="value").loc[STEPS]
    expected = {
        "sensitivity": [metrics.recall_score(labels, each >= 0.5) for each in scores],
        "specificity": [metrics.recall_score(labels, each >= 0.5, pos_label=0) for each in scores],
        "ROC-AUC": [metrics.roc_auc_score(labels, each) for each in scores],
    }
    for name, values in expected.items():
        assert drawn[name].tolist() == pytest.approx(values), name
    # 5 of 6 and 8 of 9 at the brightness that they have
    assert drawn.loc[0].round(3).tolist()[1:] == [0.833, 0.889]
    assert numbers(holding(captions(page), "validation patches"))[-2:] == ["15", "2"]
