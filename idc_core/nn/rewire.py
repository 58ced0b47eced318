"""A loaded network on an input of its own, with the tensor behind every layer.

A reloaded Keras network may carry several inbound nodes a layer; a model built from `layer.output`
then predicts, but the gradient of its output to that layer is None, silently. Calling the layers
again on a fresh input gives one graph and a gradient everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Rewired:
    """The same layers and weights in one graph: input, output, and each layer's answer by name."""

    model: keras.Model
    answers: dict[str, Any]

    def up_to(self, *names: str) -> keras.Model:
        """A model that answers with these layers and, last, with its output."""
        return keras.Model(self.model.input, [*(self.answers[n] for n in names), self.model.output])


def rewired(
    model: keras.Model,
    pixels: Any = None,
    front: Callable[[Any], Any] | None = None,
    made: Callable[[Any], Any] = lambda layer: layer,
) -> Rewired:
    """Call the layers of a Sequential or functional network again; their weights are shared.

    The new network begins at `pixels`, an input, else at a fresh one of the shape the network
    takes; `front` is put between it and the first layers. `made`: what stands for each layer of a
    functional network, where it is not to be the layer itself.
    """
    answers: dict[str, Any] = {}
    pixels = keras.Input(model.input_shape[1:]) if pixels is None else pixels
    entry = pixels if front is None else front(pixels)

    def call(layer: Any, *inputs: Any, **named: Any) -> Any:
        inputs, named = keras.tree.map_structure(
            lambda given: entry if given is pixels else given, (inputs, named)
        )
        answers[layer.name] = layer(*inputs, **named)
        return answers[layer.name]

    if isinstance(model, keras.Sequential):
        found = pixels
        for layer in model.layers:
            found = call(layer, found)
        return Rewired(keras.Model(pixels, found), answers)
    again = keras.models.clone_model(
        model, input_tensors=pixels, clone_function=made, call_function=call
    )
    return Rewired(again, answers)
