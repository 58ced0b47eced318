"""Channels: figures, colours and pictures agree with the activation they were made from."""

import cv2
import numpy as np
import pytest

from dashboard.charts import channels


def activation(low=-2.0, high=3.0, shape=(7, 7, 5)):
    return np.random.default_rng(3).uniform(low, high, shape).astype(np.float32)


def test_figures_are_those_of_each_channel():
    values = activation(0.0)
    values[:, :, 2] = 0
    values[0, :, 1] = 0
    found = channels.channels_of(values)
    assert found.count == 5
    for at in range(5):
        one = values[:, :, at]
        assert found.low[at] == one.min()
        assert found.high[at] == one.max()
        assert found.mean[at] == pytest.approx(one.mean(), rel=1e-5)
        assert found.zeros[at] == pytest.approx((one == 0).mean())
    assert found.zeros[2] == 1


def test_a_layer_without_places_has_one_number_a_channel():
    found = channels.channels_of(np.arange(4, dtype=np.float32))
    assert found.values.shape == (1, 1, 4)
    assert not found.has_place
    assert found.high.tolist() == [0, 1, 2, 3]


def test_a_leading_batch_of_one_changes_nothing():
    values = activation()
    assert np.array_equal(channels.channels_of(values[None]).values, values)
    assert channels.channels_of(values[0, 0][None]).values.shape == (1, 1, 5)


def test_an_activation_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"found \(2, 3, 4, 5\)"):
        channels.channels_of(np.zeros((2, 3, 4, 5)))


@pytest.mark.parametrize("low", [-2.0, 0.0])
def test_values_come_back_from_their_levels(low):
    found = channels.channels_of(activation(low))
    span = found.high - found.low
    back = found.low + channels.levels(found) / 255 * span
    assert np.abs(back - found.values).max() <= span.max() / 509


def test_zero_has_the_middle_colour_in_a_signed_layer_and_the_lowest_in_any_other():
    signed, rising = activation(), activation(0.0)
    signed[0, 0, 0] = rising[0, 0, 0] = 0
    for values, level in ((signed, 128), (rising, 0)):
        found = channels.channels_of(values)
        for scale in ("shared", "own"):
            painted = channels.painted(found, scale)[0, 0, 0]
            assert np.abs(painted.astype(int) - channels.ramp(found.signed)[level]).max() <= 2


def test_the_shared_scale_has_one_end_and_the_own_scale_one_a_channel():
    found = channels.channels_of(activation(0.0) * np.array([1, 2, 3, 4, 0], np.float32))
    low, high = channels.limits(found, "shared")
    assert set(low.tolist()) == {0.0}
    assert set(high.tolist()) == {float(found.high.max())}
    own = channels.limits(found, "own")[1]
    assert np.array_equal(own[:4], found.high[:4])
    assert own[4] == 1  # a silent channel is no division by zero


def test_a_silent_channel_looks_like_nothing_in_both_scales():
    values = activation(0.0)
    values[:, :, 1] = 0
    found = channels.channels_of(values)
    for scale in ("shared", "own"):
        assert (channels.painted(found, scale)[1] == channels.ramp(False)[0]).all()


def test_tiles_of_a_sheet_stand_in_reading_order():
    found = channels.channels_of(activation(0.0, shape=(4, 4, 7)))
    picture, columns = channels.sheet(found)
    levels = channels.levels(found)
    for at in range(7):
        row, column = divmod(at, columns)
        tile = picture[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert np.array_equal(tile, levels[:, :, at])


def test_a_mosaic_shows_each_channel_enlarged():
    found = channels.channels_of(activation())
    picture = channels.mosaic(found, "own", tile_px=14, gap=2)
    columns = channels.columns_for(5)
    tile = picture[16 : 16 + 14, :14] if columns < 5 else picture[:14, 64 : 64 + 14]
    at = columns if columns < 5 else 4
    assert np.array_equal(tile[::2, ::2], channels.painted(found, "own")[at])


def test_a_png_holds_the_same_pixels():
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    back = cv2.imdecode(np.frombuffer(channels.png(picture), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.array_equal(back, picture)


def test_both_ramps_have_256_distinct_ends():
    for signed in (True, False):
        colours = channels.ramp(signed)
        assert colours.shape == (256, 3)
        assert len(np.unique(colours, axis=0)) > 200
