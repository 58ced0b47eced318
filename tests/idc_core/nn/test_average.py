"""The running average of the weights."""

import keras
import numpy as np
import pytest

from idc_core.nn.average import EVERY, Average


def test_the_average_of_weights_that_stay_is_the_weights() -> None:
    variable = keras.Variable(np.array([3.0, 5.0]))
    average = Average([variable], 0.99)
    for step in range(100):
        average.update(step)
    assert average.arrays[0] == pytest.approx([3, 5])


def test_it_lags_behind_as_the_decay_says() -> None:
    variable = keras.Variable(np.zeros(1))
    average = Average([variable], 0.9)
    average.update(0)
    variable.assign(np.ones(1))
    for step in range(1000, 1000 + 5 * EVERY):
        average.update(step)
    assert average.arrays[0][0] == pytest.approx(1 - 0.9 ** (5 * EVERY), rel=1e-5)


def test_the_weights_come_back_after_the_average_was_in_their_place() -> None:
    variable = keras.Variable(np.zeros(1))
    average = Average([variable], 0.9)
    average.arrays = [np.full(1, 7.0)]
    with average.in_place():
        assert np.asarray(variable)[0] == 7
    assert np.asarray(variable)[0] == 0


def test_without_decay_the_weights_are_judged_themselves() -> None:
    variable = keras.Variable(np.ones(1))
    average = Average([variable], 0.0)
    average.update(0)
    with average.in_place():
        assert np.asarray(variable)[0] == 1
    assert average.arrays == []
