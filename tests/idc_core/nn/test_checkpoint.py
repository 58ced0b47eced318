"""A checkpoint is there whole, or said to be damaged."""

from pathlib import Path

import keras
import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.nn.checkpoint import Checkpoint, assign, read_checkpoint, values, write_checkpoint


@pytest.fixture
def checkpoint() -> Checkpoint:
    arrays = {"model": [np.arange(6.0).reshape(2, 3), np.array(7)], "best": [np.ones(2)] * 12}
    return Checkpoint({"epoch": 3, "log": {"loss": 0.1 + 0.2}}, arrays)


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path, checkpoint: Checkpoint) -> None:
    assert read_checkpoint(tmp_path) is None
    write_checkpoint(tmp_path, checkpoint)
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.state == checkpoint.state
    assert {name: len(arrays) for name, arrays in found.arrays.items()} == {"model": 2, "best": 12}
    assert np.array_equal(found.arrays["model"][0], checkpoint.arrays["model"][0])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_cut_off_checkpoint_is_refused(
    tmp_path: Path, checkpoint: Checkpoint, share: float
) -> None:
    write_checkpoint(tmp_path, checkpoint)
    file = tmp_path / "checkpoint" / "state.npz"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(Refusal, match="it is damaged"):
        read_checkpoint(tmp_path)


def test_a_flipped_bit_is_noticed(tmp_path: Path, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, checkpoint)
    file = tmp_path / "checkpoint" / "state.npz"
    content = bytearray(file.read_bytes())
    content[content.index(np.float64(5).tobytes())] ^= 1
    file.write_bytes(content)
    with pytest.raises(Refusal, match="it is damaged"):
        read_checkpoint(tmp_path)


def test_arrays_of_another_network_are_refused() -> None:
    variables = [keras.Variable(np.zeros((2, 3)))]
    with pytest.raises(Refusal, match="of other shapes"):
        assign(variables, [np.zeros((3, 2))])


def test_values_are_copies() -> None:
    variable = keras.Variable(np.zeros(3))
    (copy,) = values([variable])
    variable.assign(np.ones(3))
    assert not copy.any()
    assign([variable], [copy])
    assert not np.asarray(variable).any()


def test_dropout_seeds_are_among_the_values_of_a_network() -> None:
    pixels = keras.Input((4,))
    network = keras.Model(pixels, keras.layers.Dropout(0.5)(pixels))
    before = values(network.variables)
    network(np.ones((1, 4), np.float32), training=True)
    assert not np.array_equal(before[0], values(network.variables)[0])
