"""Copies are found whatever was done to them; different tissue is not called a copy."""

import cv2
import numpy as np
import pytest

from idc_core.near_duplicates import near_duplicates


@pytest.fixture
def patches() -> np.ndarray:
    """Sixty patches of smooth noise, none like another."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (60, 7, 7, 3), dtype=np.uint8)
    return np.stack([cv2.resize(each, (50, 50), interpolation=cv2.INTER_CUBIC) for each in coarse])


def pairs(patches: np.ndarray) -> list[tuple[int, int]]:
    found = near_duplicates(patches)
    return sorted(zip(found["first"].tolist(), found["second"].tolist(), strict=True))


def test_different_tissue_is_no_copy(patches: np.ndarray) -> None:
    assert pairs(patches) == []


def test_a_recoded_a_brighter_and_a_slightly_noisy_copy_are_found(patches: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    _, coded = cv2.imencode(".jpg", patches[3], [cv2.IMWRITE_JPEG_QUALITY, 60])
    copies = [
        cv2.imdecode(coded, cv2.IMREAD_COLOR),
        np.clip(patches[10] * 0.8 + 40, 0, 255).astype(np.uint8),
        np.clip(patches[20] + rng.normal(0, 6, (50, 50, 3)), 0, 255).astype(np.uint8),
    ]
    assert pairs(np.concatenate([patches, copies])) == [(3, 60), (10, 61), (20, 62)]


def test_plain_patches_are_not_called_copies_of_each_other(patches: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    plain = np.clip(rng.normal(240, 2, (20, 50, 50, 3)), 0, 255).astype(np.uint8)
    assert pairs(np.concatenate([patches, plain])) == []


def test_two_edges_of_tissue_are_not_the_same_tissue() -> None:
    """As on real slides: white on the left, tissue on the right, hashes alike, tissue not."""
    rng = np.random.default_rng(3)
    patches = np.full((30, 50, 50, 3), 245, np.uint8)
    for patch in patches:
        grain = cv2.resize(rng.integers(60, 200, (12, 12, 3), dtype=np.uint8), (28, 50))
        patch[:, 22:] = grain
    assert pairs(patches) == []


def test_the_nearest_pair_stands_first_and_every_pair_once(patches: np.ndarray) -> None:
    noisy = np.clip(patches[5].astype(int) + 3 * (np.indices((50, 50))[0] % 2)[..., None], 0, 255)
    found = near_duplicates(np.concatenate([patches, patches[5:6], noisy[None].astype(np.uint8)]))
    assert found["alike"].is_monotonic_decreasing
    assert (found["first"] < found["second"]).all()
    assert (found.loc[0, "first"], found.loc[0, "second"]) == (5, 60)
    assert not found.duplicated(["first", "second"]).any()


def test_no_patches_have_no_copies() -> None:
    assert near_duplicates(np.empty((0, 50, 50, 3), np.uint8)).empty
