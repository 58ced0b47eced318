"""Evidence: occlusion by a white square, its faithfulness checks, and how methods agree.

Gradients are those of `quick_gradients.py`: how dark every tenth pixel is, and the same upside
down for randomised weights.
"""

import re

import numpy as np
import pytest
from scipy import stats

from dashboard.views.network.evidence import evidence_setting
from tests import exact_world
from tests.dashboard.exact import network
from tests.dashboard.exact.reading import datasets, holding, markdown, numbers

PLACE = ("10253", 1001, 501)
"""A D of 10253."""
ASKED = {"patient": "10253", "patch": "x1001_y501", "fill": "white", "window": "20"}


@pytest.fixture
def page(analysed_at):
    return analysed_at("network/evidence", 0.5, method="occlusion", **ASKED)


@pytest.fixture(scope="module")
def pixels(exact_root):
    return network.patches(exact_root)[PLACE]


def _card(page, key):
    (found,) = [each for each in page.panel("evidence_cards")["cards"] if each["key"] == key]
    return found


def _occluded(pixels):
    """What the logit loses under white squares of 20 px in steps of 10, the mean a cell."""
    lost, seen = np.zeros((5, 5)), np.zeros((5, 5))
    for row in range(4):
        for column in range(4):
            covered = pixels.copy()
            covered[10 * row : 10 * row + 20, 10 * column : 10 * column + 20] = 255
            lost[row : row + 2, column : column + 2] += network.logit(pixels)
            lost[row : row + 2, column : column + 2] -= network.logit(covered)
            seen[row : row + 2, column : column + 2] += 1
    return lost / seen


def _dark(pixels):
    return 1 - pixels.mean(axis=2)[::10, ::10] / 255


def test_the_patch_says_logit_score_and_prediction(page, pixels):
    shown = page.panel("evidence_cards")
    logit, score = network.logit(pixels), network.score(pixels)
    assert shown["under"] == "predicted IDC"
    assert shown["facts"][0][1] == f"logit {logit:.2f}, score {score:.3f}"


def test_occlusion_says_what_the_logit_loses_under_each_cell(page, pixels):
    card, lost = _card(page, "occlusion"), _occluded(pixels)
    assert card["resolution"] == "5 × 5 cells of 10 px"
    assert np.array(card["pro"]) == pytest.approx(np.maximum(lost, 0), abs=2e-5)
    assert np.array(card["con"]) == pytest.approx(np.maximum(-lost, 0), abs=2e-5)
    assert card["most"] == pytest.approx(abs(lost).max(), abs=1e-5)


def test_the_mean_map_of_a_patients_missed_idc_is_that_of_its_three_patches(
    analysed_at, exact_root
):
    page = analysed_at("network/evidence", 0.5, over="fn", **ASKED)
    assert page.panel("evidence_cards")["under"] == "3 patches"
    places = [
        place
        for place, letter in network.letters().items()
        if place[0] == "10253" and letter in "AB"
    ]
    lost = np.array([_occluded(network.patches(exact_root)[each]) for each in places])
    card = _card(page, "occlusion")
    assert np.array(card["pro"]) == pytest.approx(np.maximum(lost, 0).mean(axis=0), abs=2e-5)
    assert np.array(card["con"]) == pytest.approx(np.maximum(-lost, 0).mean(axis=0), abs=2e-5)


def test_a_sample_of_a_patients_errors_says_how_many_there_are_and_how_many_are_shown(
    analysed_root, settle, app, monkeypatch
):
    settle(analysed_root)
    monkeypatch.setattr(evidence_setting, "MOST", 2)
    said = {"run": exact_world.RUN, "split": "test", "threshold": "0.5"}
    page = app(**said, **ASKED).open("network/evidence", **said, over="fn", **ASKED)
    assert page.panel("evidence_cards")["under"] == "3 patches, 2 of them evenly sampled"


def test_the_curves_remove_and_restore_the_strongest_cells_first(page, pixels):
    deletion, insertion = datasets(page)["walk"]
    assert deletion["share"].round(2).tolist() == [round(0.05 * at, 2) for at in range(21)]
    white = network.logit(np.full_like(pixels, 255))
    ends = [network.logit(pixels), white]
    for column in ("by_map", "low", "middle", "high"):
        assert deletion[column].iloc[[0, -1]].tolist() == pytest.approx(ends, abs=1e-4)
        assert insertion[column].iloc[[0, -1]].tolist() == pytest.approx(ends[::-1], abs=1e-4)
    # a cell of 10 px is 4 of the 100 that are taken: 5, 10, ... are whole at 0.2, 0.4, ...
    order = np.argsort(-_occluded(pixels).ravel())
    for share, gone in ((0.2, 5), (0.4, 10), (0.6, 15), (0.8, 20)):
        left, back = pixels.copy(), np.full_like(pixels, 255)
        for cell in order[:gone]:
            square = np.s_[10 * (cell // 5) :, 10 * (cell % 5) :]
            left[square][:10, :10] = 255
            back[square][:10, :10] = pixels[square][:10, :10]
        row = round(share * 20)
        assert deletion["by_map"].iloc[row] == pytest.approx(network.logit(left), abs=1e-4)
        assert insertion["by_map"].iloc[row] == pytest.approx(network.logit(back), abs=1e-4)
    assert (deletion["low"] <= deletion["middle"]).all()
    assert (deletion["middle"] <= deletion["high"]).all()


def _walked(start, end, order):
    """Logits while the cells of 5 px become those of `end`, 5 of 100 at a step."""
    now, logits = start.copy(), [network.logit(start)]
    for step in range(20):
        for cell in order[5 * step : 5 * step + 5]:
            row, column = 5 * (cell // 10), 5 * (cell % 10)
            square = np.s_[row : row + 5, column : column + 5]
            now[square] = end[square]
        logits.append(network.logit(now))
    return logits


# The network is all but linear: what deletion beats, insertion beats too.
@pytest.mark.parametrize(
    ("method", "patch", "towards"),
    [
        ("occlusion", "x1001_y501", 1),
        ("grad_cam", "x1001_y501", 1),
        # an A, predicted no IDC: the evidence against goes first
        ("grad_cam", "x1151_y651", -1),
    ],
)
def test_the_checks_say_how_many_of_the_random_orders_are_beaten(
    analysed_at, exact_root, method, patch, towards
):
    page = analysed_at("network/evidence", 0.5, method=method, **ASKED | {"patch": patch})
    x, y = patch[1:].split("_y")
    pixels = network.patches(exact_root)["10253", int(x), int(y)]
    random, white = np.random.default_rng(0), np.full_like(pixels, 255)
    orders = [random.permutation(100) for _ in range(20)]
    deletion, insertion = datasets(page)["walk"]
    gone, back = (
        np.array([_walked(*ends, order) for order in orders])
        for ends in ((pixels, white), (white, pixels))
    )
    for drawn, chance in ((deletion, gone), (insertion, back)):
        assert drawn["low"].tolist() == pytest.approx(chance.min(axis=0), abs=1e-4)
        assert drawn["middle"].tolist() == pytest.approx(np.median(chance, axis=0), abs=1e-4)
        assert drawn["high"].tolist() == pytest.approx(chance.max(axis=0), abs=1e-4)
    away = (towards * deletion["by_map"].mean() < towards * gone.mean(axis=1)).sum()
    restored = (towards * insertion["by_map"].mean() > towards * back.mean(axis=1)).sum()
    mark, text, hint = _card(page, method)["checks"][0]
    assert numbers(text) == [str(away), str(restored), "20"]
    assert numbers(hint) == [str(away), "20", str(restored), "20"]
    assert mark == "✗~✓"[int(away >= 19) + int(restored >= 19)]


def test_gradients_say_their_gap_and_what_randomised_weights_change(page, pixels):
    dark = np.repeat(np.repeat(_dark(pixels), 2, axis=0), 2, axis=1)
    like = stats.spearmanr(dark.ravel(), dark[::-1].ravel()).statistic
    assert like >= 0.5
    said = f"stays the same with randomised weights (correlation {like:.2f})"
    for key in ("grad_cam", "layer_cam", "integrated"):
        card = _card(page, key)
        assert np.array(card["pro"]) == pytest.approx(_dark(pixels), abs=2e-5)
        assert card["checks"][1][:2] == ["✗", said]
    assert _card(page, "integrated")["checks"][2][1] == "completeness gap 0.01"
    assert len(_card(page, "grad_cam")["checks"]) == 2


def test_methods_agree_as_the_ranks_of_their_cells_do(page, pixels):
    fine = [np.repeat(np.repeat(m, 2, 0), 2, 1) for m in (_dark(pixels), _occluded(pixels))]
    apart = stats.spearmanr(*(each.ravel() for each in fine)).statistic
    cells = re.findall(r"<td style[^>]*>(.*?)</td>", page.html)
    # Grad-CAM, Layer-CAM, occlusion, integrated gradients: all but occlusion are alike here
    assert cells == [
        f"{apart:.2f}" if (one == 2) != (other == 2) else "1.00"
        for one in range(4)
        for other in range(4)
    ]
    said = holding(markdown(page), "The methods agree in part")
    assert numbers(said) == [f"{apart:.2f}", "1.00"]
