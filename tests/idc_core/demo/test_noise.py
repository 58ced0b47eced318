"""Fields are exact, smooth and of the promised size."""

import numpy as np
import pytest

from idc_core.demo.noise import cells, fractal_noise, magnified, sampled_noise, smooth_noise


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(1))


@pytest.mark.parametrize("cell", [2.2, 9, 70, 500])
def test_noise_of_any_cell_size_has_the_asked_shape_and_type(rng, cell):
    noise = smooth_noise(rng, (60, 90), cell)
    assert noise.shape == (60, 90)
    assert noise.dtype == np.float32


def test_noise_is_centred_and_of_unit_spread(rng):
    noise = smooth_noise(rng, (600, 600), 6)
    assert abs(noise.mean()) < 0.05
    assert 0.85 < noise.std() < 1.15


def test_noise_equals_a_plain_cubic_b_spline():
    cell, shape = 7.0, (20, 31)
    noise = smooth_noise(np.random.Generator(np.random.PCG64(4)), shape, cell)
    rng = np.random.Generator(np.random.PCG64(4))
    lattice = rng.random((int(20 / cell) + 5, int(31 / cell) + 5), dtype=np.float32)

    def basis(distance: float) -> float:
        d = abs(distance)
        return 2 / 3 - d * d + d**3 / 2 if d < 1 else max(2 - d, 0) ** 3 / 6

    for y, x in [(0, 0), (6, 7), (13, 30), (19, 1)]:
        expected = sum(
            basis(y / cell + 1 - i) * basis(x / cell + 1 - j) * (float(value) - 0.5) / 0.139
            for (i, j), value in np.ndenumerate(lattice)
        )
        assert noise[y, x] == pytest.approx(expected, abs=1e-4)


def test_noise_of_large_cells_changes_slowly(rng):
    assert np.abs(np.diff(smooth_noise(rng, (200, 200), 100), axis=0)).max() < 0.1


def test_octaves_halve(rng):
    one, two = (np.random.Generator(np.random.PCG64(3)) for _ in range(2))
    expected = smooth_noise(one, (30, 30), 20) + smooth_noise(one, (30, 30), 8) / 2
    np.testing.assert_allclose(fractal_noise(two, (30, 30), 20, 8), expected, rtol=1e-6)


def test_sampled_noise_repeats_after_its_lattice_and_stays_in_range(rng):
    u = np.linspace(-300, 300, 500, dtype=np.float32).reshape(10, 50)
    noise = sampled_noise(rng, u, u * 0)
    again = sampled_noise(np.random.Generator(np.random.PCG64(1)), u + 256, u * 0)
    assert np.abs(noise).max() <= 1
    np.testing.assert_allclose(noise, again, atol=1e-4)


def test_every_pixel_belongs_to_its_nearest_centre(rng):
    plane = cells(rng, (40, 50), 12.0)
    y, x = np.mgrid[:40, :50]
    away = np.hypot(y[..., None] - plane.centre_y, x[..., None] - plane.centre_x)
    np.testing.assert_array_equal(plane.cell, away.argmin(axis=-1))
    two = np.sort(away, axis=-1)[..., :2]
    np.testing.assert_allclose(plane.nearest, two[..., 0], atol=1e-3)
    np.testing.assert_allclose(plane.gap, two[..., 1] - two[..., 0], atol=1e-3)


def test_sampled_noise_is_its_lattice_at_whole_places_and_the_mean_halfway(rng):
    u = np.array([[0, 1, 255, 0.5]], dtype=np.float32)
    noise = sampled_noise(rng, u, np.full_like(u, 3))
    lattice = np.random.Generator(np.random.PCG64(1)).random((256, 256), dtype=np.float32) * 2 - 1
    expected = [*lattice[3, [0, 1, 255]], (lattice[3, 0] + lattice[3, 1]) / 2]
    np.testing.assert_allclose(noise[0], expected, atol=1e-6)


def test_a_magnified_slope_stays_one_and_lies_where_it_lay():
    y, x = np.mgrid[:9, :12].astype(np.float32)
    large = magnified(2 * y + x, 4)
    assert large.shape == (36, 48)
    assert large.dtype == np.float32
    to_y, to_x = ((np.mgrid[:36, :48] + 0.5) / 4 - 0.5)[:, 8:-8, 8:-8]
    np.testing.assert_allclose(large[8:-8, 8:-8], 2 * to_y + to_x, atol=1e-5)


def test_a_magnified_constant_is_one_up_to_its_edge():
    np.testing.assert_allclose(magnified(np.full((5, 7), 3, np.float32), 8), 3, rtol=1e-6)
