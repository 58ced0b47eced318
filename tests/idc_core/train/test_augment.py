"""Augmentation: reproducible per patch, one transform, and only what was asked for."""

import cv2
import numpy as np
import pytest

from idc_core.train.augment import DRAWS, augment, draw, stain_tables, transforms
from idc_core.train.config import AugmentConfig

STILL = AugmentConfig(
    rotation=0,
    zoom=0,
    shift=0,
    shear=0,
    flip_horizontal=False,
    flip_vertical=False,
    stain=0,
    stain_hue=0,
    brightness=0,
)


def only(**ranges: float | bool) -> AugmentConfig:
    return AugmentConfig(**{name: getattr(STILL, name) for name in STILL.__slots__} | ranges)  # type: ignore[arg-type]


@pytest.fixture
def patches() -> np.ndarray:
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (40, 7, 7, 3), dtype=np.uint8)
    return np.stack([cv2.resize(patch, (50, 50)) for patch in coarse])


def test_a_patch_does_not_depend_on_its_batch(patches: np.ndarray) -> None:
    config = AugmentConfig()
    together = augment(patches, np.arange(40), config, seed=3, epoch=2)
    backwards = augment(patches, np.arange(40)[::-1], config, seed=3, epoch=2)
    alone = augment(patches, np.array([17]), config, seed=3, epoch=2)
    assert np.array_equal(together, backwards[::-1])
    assert np.array_equal(together[17], alone[0])


def test_epoch_seed_and_patch_each_change_the_draw() -> None:
    rows = np.arange(100)
    base = draw(0, 0, rows)
    assert not np.isclose(base, draw(0, 1, rows)).any()
    assert not np.isclose(base, draw(1, 0, rows)).any()
    assert len(np.unique(base)) == base.size


def test_draws_are_uniform_and_unrelated() -> None:
    uniform = draw(5, 7, np.arange(20_000))
    assert uniform.shape == (20_000, DRAWS)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert np.allclose(uniform.mean(axis=0), 0.5, atol=0.01)
    assert np.allclose(uniform.var(axis=0), 1 / 12, atol=0.003)
    related = np.corrcoef(uniform.T) - np.eye(DRAWS)
    neighbours = [np.corrcoef(column[:-1], column[1:])[0, 1] for column in uniform.T]
    assert np.abs(related).max() < 0.04
    assert np.abs(neighbours).max() < 0.04


def test_without_ranges_a_patch_stays_as_it_is(patches: np.ndarray) -> None:
    assert np.array_equal(augment(patches, np.arange(40), STILL, seed=0, epoch=0), patches)


def test_flips_are_exact_mirror_images_and_all_four_occur(patches: np.ndarray) -> None:
    config = only(flip_horizontal=True, flip_vertical=True)
    found = augment(patches, np.arange(40), config, seed=0, epoch=0)
    kinds = set()
    for before, after in zip(patches, found, strict=True):
        mirrors = {
            (x, y): before[:: -1 if y else 1, :: -1 if x else 1] for x in (0, 1) for y in (0, 1)
        }
        matching = [kind for kind, mirror in mirrors.items() if np.array_equal(mirror, after)]
        assert matching
        kinds.update(matching)
    assert len(kinds) == 4


def test_a_quarter_turn_is_a_quarter_turn(patches: np.ndarray) -> None:
    uniform = np.full((1, DRAWS), 0.5)
    uniform[0, 0] = 0.75  # half of the range of 180 degrees
    matrix = transforms(uniform, only(rotation=180), width=50, height=50)
    assert matrix is not None
    turned = cv2.warpAffine(patches[0], matrix[0], (50, 50), borderMode=cv2.BORDER_REFLECT_101)
    difference = np.abs(turned.astype(int) - np.rot90(patches[0]).astype(int))
    assert difference.max() <= 1


def test_the_fused_matrix_is_rotation_with_zoom_after_shear_after_mirror() -> None:
    config = AugmentConfig()
    uniform = draw(0, 0, np.arange(50))
    fused = transforms(uniform, config, width=50, height=50)
    assert fused is not None
    for row, matrix in zip(2 * uniform - 1, fused, strict=True):
        angle, zoom = config.rotation * row[0], 1 + config.zoom * row[1]
        turn = np.vstack([cv2.getRotationMatrix2D((24.5, 24.5), angle, zoom), [0, 0, 1]])
        slant = np.tan(np.deg2rad(config.shear * row[4]))
        shear = np.array([[1, slant, -24.5 * slant], [0, 1, 0], [0, 0, 1]])
        mirror = np.diag([-1.0 if row[5] < 0 else 1.0, -1.0 if row[6] < 0 else 1.0, 1.0])
        mirror[:2, 2] = [49.0 * (row[5] < 0), 49.0 * (row[6] < 0)]
        whole = turn @ shear @ mirror
        whole[:2, 2] += config.shift * row[2:4] * 50
        assert np.allclose(matrix, whole[:2])


def test_a_stronger_stain_is_darker_and_white_stays_white() -> None:
    uniform = np.full((2, DRAWS), 0.5)
    uniform[:, 7] = [0.0, 1 - 1e-9]
    tables = stain_tables(uniform, only(stain=0.2))
    assert tables is not None
    weak, strong = tables[0, 0].astype(int), tables[1, 0].astype(int)
    assert (weak[5:250] > strong[5:250]).all()
    assert (weak[255] == 255).all()
    assert (strong[255] == 255).all()
    assert (np.diff(weak, axis=0) >= 0).all()
    # twice the optical density is the square of the light that comes through
    assert strong[127, 0] == pytest.approx(256 * (128 / 256) ** 1.2 - 1, abs=0.51)
