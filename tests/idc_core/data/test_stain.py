"""Stain normalisation: the look of a target, tissue only."""

import cv2
import numpy as np
import pytest

from idc_core.data.stain import normalise, target_of, tissue


def patch(colour: tuple[int, int, int], spread: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, spread, (50, 50, 1))
    out = np.clip(np.array(colour) + noise, 0, 210).astype(np.uint8)
    out[:10] = 250
    return out


def test_a_patch_takes_the_targets_mean_and_spread() -> None:
    target = target_of(patch((150, 80, 150), 15, 0)[None])
    changed = normalise(patch((200, 150, 180), 8, 1), target)
    lab = cv2.cvtColor(changed[10:].astype(np.float32) / 255, cv2.COLOR_RGB2Lab).reshape(-1, 3)
    assert lab.mean(axis=0) == pytest.approx(target.mean, abs=1.5)
    assert lab.std(axis=0) == pytest.approx(target.spread, abs=1.5)


def test_white_stays_white_and_the_input_as_it_was() -> None:
    before = patch((200, 150, 180), 8, 1)
    kept = before.copy()
    changed = normalise(before, target_of(patch((150, 80, 150), 15, 0)[None]))
    assert (changed[:10] == 250).all()
    assert np.array_equal(before, kept)


def test_its_own_look_changes_nothing_much() -> None:
    own = patch((170, 110, 160), 12, 2)
    changed = normalise(own, target_of(own[None]))
    assert np.abs(changed.astype(int) - own).max() <= 1


def test_a_patch_without_tissue_is_left_alone_and_is_no_target() -> None:
    white = np.full((50, 50, 3), 245, np.uint8)
    target = target_of(patch((150, 80, 150), 15, 0)[None])
    assert np.array_equal(normalise(white, target), white)
    assert not tissue(white).any()
    with pytest.raises(ValueError, match="pixels of tissue: found 0"):
        target_of(white[None])
