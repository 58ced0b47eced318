"""Fine-tuning trains the last layer alone, then all, the earlier layers in smaller steps."""

import keras
import numpy as np
import pytest

from idc_core.nn import fine_tuning
from idc_core.nn.loop import compile_network
from idc_core.train.config import TrainConfig
from tests.idc_core.nn.children import remembering

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 50, 50, 3)).astype(np.float32)
TARGETS = np.repeat([[0.0, 0.0], [1.0, 1.0]], 4, axis=0).astype(np.float32)


def drawn() -> keras.Model:
    """The same weights, and the same dropout, each time."""
    keras.utils.set_random_seed(1)
    return remembering()


@pytest.fixture
def model() -> keras.Model:
    return drawn()


def moved(model: keras.Model, config: TrainConfig) -> dict[str, float]:
    """How far one step moves each layer's weights, at most."""
    compile_network(model, config)
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    model.train_on_batch(PIXELS, TARGETS)
    return {
        name: max(
            float(np.max(np.abs(old - new)))
            for old, new in zip(weights, model.get_layer(name).get_weights(), strict=True)
        )
        for name, weights in before.items()
    }


def test_what_is_frozen_stays_as_it_is_statistics_of_a_batch_norm_included(
    model: keras.Model,
) -> None:
    fine_tuning.freeze(model, True)
    found = moved(model, TrainConfig(learning_rate=0.01))
    assert found == {"conv": 0, "norm": 0, "logit": found["logit"]}
    assert found["logit"] > 0.005
    fine_tuning.freeze(model, False)
    assert min(moved(model, TrainConfig(learning_rate=0.01)).values()) > 0.005


def test_shares_grow_from_layer_to_layer_by_the_same_factor(model: keras.Model) -> None:
    # two kernels of the separable convolution, scale and shift of the norm, kernel and bias
    expected = [0.01, 0.01, 0.1, 0.1, 1, 1]
    assert fine_tuning.shares(model, 0.01) == pytest.approx(expected)
    fine_tuning.freeze(model, True)
    assert fine_tuning.shares(model, 0.01) == [1, 1]


@pytest.mark.parametrize("optimizer", ["adamw", "adagrad"])
def test_a_step_of_each_layer_is_its_share_of_the_whole_step(optimizer: str) -> None:
    far, near = (
        moved(
            drawn(),
            TrainConfig(
                optimizer=optimizer, learning_rate=0.01, weight_decay=0.5, first_layer_rate=share
            ),
        )
        for share in (1.0, 0.01)
    )
    assert near["conv"] == pytest.approx(0.01 * far["conv"], rel=0.01)
    assert near["logit"] == pytest.approx(far["logit"], rel=1e-3)


def test_weight_decay_of_each_layer_is_its_share_as_well(model: keras.Model) -> None:
    """With no gradient at all, decay alone moves a weight: by rate times share times decay."""
    config = TrainConfig(learning_rate=0.1, weight_decay=0.5, first_layer_rate=0.01)
    compile_network(model, config)
    before = [each.numpy() for each in model.trainable_variables]
    model.optimizer.apply([np.zeros_like(each) for each in before])
    for old, new, share in zip(
        before, model.trainable_variables, fine_tuning.shares(model, 0.01), strict=True
    ):
        np.testing.assert_allclose(new.numpy(), old * (1 - 0.1 * 0.5 * share), rtol=1e-6)


def test_one_rate_for_all_takes_keras_own_optimizer(model: keras.Model) -> None:
    assert type(fine_tuning.optimizer(TrainConfig(), model)) is keras.optimizers.AdamW
