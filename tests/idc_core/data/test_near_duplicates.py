"""Copies are found whatever was done to them; different tissue is not called a copy."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from idc_core.data.images import decode_patch
from idc_core.data.near_duplicates import SAME_WAY, SIDE, WAYS, laid, near_duplicates, overlay


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


def moved(patch: np.ndarray, right: int, down: int) -> np.ndarray:
    """The patch moved by a pixel, as if it had been cut beside."""
    wide = np.pad(patch, ((1, 1), (1, 1), (0, 0)), mode="reflect")
    return wide[1 - down : 51 - down, 1 - right : 51 - right]


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_that_was_mirrored_or_turned_is_found_and_told(
    patches: np.ndarray, way: str
) -> None:
    at = WAYS.index(way)
    copy = np.stack([laid(patches[7, :, :, colour])[at] for colour in range(3)], axis=2)
    found = near_duplicates(np.concatenate([patches, copy[None]]))
    assert found[["first", "second"]].to_numpy().tolist() == [[7, 60]]
    # The copy has to be turned back; a mirrored one is its own way back.
    back = {1: 3, 3: 1}.get(at, at)
    assert found.loc[0, "way"] == WAYS[back]
    assert found.loc[0, "alike"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("right", "down"), [(1, 0), (0, 1), (-1, 1)])
def test_a_copy_that_was_moved_by_a_pixel_is_found_and_told(
    patches: np.ndarray, right: int, down: int
) -> None:
    found = near_duplicates(np.concatenate([patches, moved(patches[9], right, down)[None]]))
    row = found.iloc[0]
    assert len(found) == 1
    assert (row["first"], row["second"], row["way"]) == (9, 60, SAME_WAY)
    assert (row["right"], row["down"]) == (right, down)


def test_a_copy_that_was_turned_moved_and_recoded_is_found(patches: np.ndarray) -> None:
    copy = moved(np.rot90(patches[4]), 0, 1)
    _, coded = cv2.imencode(".jpg", copy, [cv2.IMWRITE_JPEG_QUALITY, 60])
    copies = cv2.imdecode(coded, cv2.IMREAD_COLOR)[None]
    assert pairs(np.concatenate([patches, copies])) == [(4, 60)]


def test_what_is_said_not_to_be_found_is_not_found(patches: np.ndarray) -> None:
    """Turned by ten degrees, moved by five pixels: `docs/numbers.md` says so."""
    turn = cv2.getRotationMatrix2D((24.5, 24.5), 10, 1)
    copies = [
        cv2.warpAffine(patches[3], turn, (50, 50), borderMode=cv2.BORDER_REFLECT),
        np.pad(patches[5], ((0, 0), (5, 0), (0, 0)), mode="reflect")[:, :50],
    ]
    assert pairs(np.concatenate([patches, copies])) == []


def test_a_patch_without_detail_agrees_with_nothing() -> None:
    flat = np.full((50, 50, 3), 128, np.uint8)
    assert overlay(flat, flat).alike == -1


def test_all_copies_of_real_patches_are_found_and_hardly_anything_else(real_root: Path) -> None:
    """58 patches in six disguises each: 43 and 1 of 58 were found before."""
    index = pd.read_csv(real_root / "idc_index.csv", dtype={"patient": str})
    files = sorted(real_root.glob("idc/*/*/*.png"))[:: max(1, len(index) // 1200)]
    read = [decode_patch(file.read_bytes()).pixels for file in files]
    real = np.stack([each for each in read if each.shape[:2] == (SIDE, SIDE)])
    grey = real.mean(axis=3).reshape(-1, 10, 5, 10, 5).mean(axis=(2, 4))
    told = (grey.std(axis=(1, 2)) > 8) & ((grey > 215).mean(axis=(1, 2)) < 0.5)
    some = real[told][:58]
    assert len(some) == 58
    assert len(near_duplicates(real)) <= 2

    def coded(patch: np.ndarray) -> np.ndarray:
        _, data = cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, 60])
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

    disguises = {
        "re-coded": coded,
        "mirrored": lambda patch: patch[:, ::-1],
        "turned": lambda patch: np.rot90(patch),
        "moved": lambda patch: moved(patch, 1, 0),
        "moved both ways": lambda patch: moved(patch, 1, -1),
        "mirrored and re-coded": lambda patch: coded(np.ascontiguousarray(patch[:, ::-1])),
    }
    for name, disguise in disguises.items():
        copies = np.stack([disguise(patch) for patch in some])
        found = near_duplicates(np.concatenate([some, copies]))
        hits = int((found["second"] - found["first"] == len(some)).sum())
        assert hits >= 57, f"{name}: {hits} of 58 found"


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
