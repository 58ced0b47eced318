"""From labels to targets: smoothing, blending and a teacher, by hand."""

import numpy as np
import pytest

from idc_core.train.soft_targets import TargetRule

LABELS = np.array([0, 1, 1, 0], np.int8)


@pytest.fixture
def patches() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (4, 50, 50, 3), dtype=np.uint8)


def draw() -> np.random.Generator:
    return np.random.default_rng(5)


def test_without_settings_the_targets_are_the_labels(patches: np.ndarray) -> None:
    shown, targets = TargetRule().softened(patches, LABELS, draw())
    assert np.array_equal(shown, patches)
    assert targets.dtype == np.float32
    assert np.array_equal(targets, np.stack([LABELS, LABELS], axis=1))


def test_smoothing_moves_the_target_and_not_the_label(patches: np.ndarray) -> None:
    _, targets = TargetRule(smoothing=0.2).softened(patches, LABELS, draw())
    assert targets[:, 0] == pytest.approx([0.1, 0.9, 0.9, 0.1])
    assert np.array_equal(targets[:, 1], LABELS)


def test_a_teacher_scores_the_pixels_that_are_shown(patches: np.ndarray) -> None:
    seen = []

    def teacher(pixels: np.ndarray) -> np.ndarray:
        seen.append(pixels)
        return np.full(len(pixels), 0.4, np.float32)

    shown, targets = TargetRule(teacher=teacher, trust=0.75).softened(patches, LABELS, draw())
    assert seen[0] is shown
    assert targets[:, 0] == pytest.approx([0.3, 0.55, 0.55, 0.3])
    assert np.array_equal(targets[:, 1], LABELS)


def test_blends_are_of_pairs_in_shares_and_judged_by_the_larger(patches: np.ndarray) -> None:
    shown, targets = TargetRule(mixup=0.4).softened(patches, LABELS, draw())
    share = draw().beta(0.4, 0.4, 4)
    share = np.maximum(share, 1 - share)
    other = patches[::-1]
    expected = patches * share[:, None, None, None] + other * (1 - share[:, None, None, None])
    assert np.abs(shown - expected).max() <= 0.51
    assert targets[:, 0] == pytest.approx(share * LABELS + (1 - share) * LABELS[::-1])
    assert (share >= 0.5).all()
    assert np.array_equal(targets[:, 1], LABELS)


def test_the_same_draw_gives_the_same_blend(patches: np.ndarray) -> None:
    one, other = (TargetRule(mixup=1.0).softened(patches, LABELS, draw())[0] for _ in range(2))
    assert np.array_equal(one, other)
