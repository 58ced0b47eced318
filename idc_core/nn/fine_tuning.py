"""Fine-tuning: the last layer alone at first, then every layer, the earlier ones in smaller steps.

What early layers of a pretrained network see, edges and colours, serves any picture; a new last
layer begins with noise, and would carry it into them (Howard & Ruder 2018, arXiv 1801.06146).
"""

from typing import Any

import keras

from idc_core.train.config import TrainConfig


def freeze(model: keras.Model, is_frozen: bool) -> None:
    """Keep all layers but the last as they are, or train them; the model is to be compiled anew.

    A frozen batch norm uses the statistics that it came with.
    """
    for layer in model.layers[:-1]:
        layer.trainable = not is_frozen


def optimizer(config: TrainConfig, model: keras.Model) -> Any:
    """The optimizer of a training, for what is trainable in the model now."""
    alike = config.first_layer_rate == 1
    if config.optimizer == "adamw":
        kind = keras.optimizers.AdamW if alike else LayerwiseAdamW
        made = kind(config.learning_rate, weight_decay=config.weight_decay)
    else:
        made = (keras.optimizers.Adagrad if alike else LayerwiseAdagrad)(config.learning_rate)
    if not alike:
        made.shares = shares(model, config.first_layer_rate)
    return made


def shares(model: keras.Model, first: float) -> list[float]:
    """The share of the learning rate of each trainable variable, in their order.

    1 in the last layer with weights, `first` in the first, and the same factor from each of the
    layers between them to the next.
    """
    layers = [layer for layer in model.layers if layer.weights]
    share = {
        variable.path: first ** (1 - at / max(len(layers) - 1, 1))
        for at, layer in enumerate(layers)
        for variable in layer.weights
    }
    return [share[variable.path] for variable in model.trainable_variables]


class _Layerwise:
    """An optimizer of Keras whose step, weight decay included, is a share of itself a variable."""

    shares: list[float]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        share = self.shares[self._get_variable_index(variable)]  # type: ignore[attr-defined]
        super().update_step(gradient, variable, learning_rate * share)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: Any) -> None:
        # Keras takes the same share of every variable: one at a time, each has a rate of its own.
        whole = self.weight_decay  # type: ignore[has-type]
        for variable in variables if whole else ():
            self.weight_decay = whole * self.shares[self._get_variable_index(variable)]  # type: ignore[attr-defined]
            super()._apply_weight_decay([variable])  # type: ignore[misc]
        self.weight_decay = whole


class LayerwiseAdamW(_Layerwise, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW, each variable at its own share of the rate."""


class LayerwiseAdagrad(_Layerwise, keras.optimizers.Adagrad):  # type: ignore[misc]
    """Adagrad likewise."""
