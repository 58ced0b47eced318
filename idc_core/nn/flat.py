"""A network called again layer by layer, on an input of its own, with nothing nested in it.

Every layer is rebuilt with the same weights: one call each, a name of its own, single precision.
What rests when a network answers (augmentation) is left out.
"""

import re
from typing import Any

import keras
import numpy as np
from keras import layers

HALF = {"mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64"}
"""Policies that compute in another precision than ours."""

_AT_REST = (layers.GaussianNoise, layers.GaussianDropout, layers.AlphaDropout)


class Flattened:
    """Calls of a network's layers; `names` are taken, `policies` and `left_out` what was found."""

    def __init__(self, reserved: set[str]) -> None:
        self.names = set(reserved)
        self.policies: set[str] = set()
        self.left_out: list[str] = []

    def answers(self, model: keras.Model, pixels: Any) -> list[Any]:
        """What `model` answers to `pixels`, tensors in the order of its outputs."""
        return self._through(model, [pixels])

    def _through(self, model: keras.Model, given: list[Any]) -> list[Any]:
        if isinstance(model, keras.Sequential):
            found = given[0]
            for layer in model.layers:
                found = self._call(layer, found)
            return list(keras.tree.flatten(found))
        return list(keras.tree.flatten(model._run_through_graph(given, call_fn=self._call)))

    def _call(self, operation: Any, *given: Any, **named: Any) -> Any:
        if isinstance(operation, keras.Model):
            answers = self._through(operation, list(keras.tree.flatten(given)))
            structure = getattr(operation, "_outputs_struct", None)
            one = structure is None or not isinstance(structure, list | tuple | dict)
            return answers[0] if one else keras.tree.pack_sequence_as(structure, answers)
        if not isinstance(operation, layers.Layer):
            given, named = keras.tree.map_structure(_constant, (given, named))
            return operation(*given, **named)
        if self._rests(operation):
            self.left_out.append(str(operation.name))
            return given[0]
        return self._again(operation)(*given, **named)

    def _rests(self, layer: Any) -> bool:
        kind = type(layer).__name__
        return isinstance(layer, _AT_REST) or (kind.startswith("Random") and kind != "RandomCrop")

    def _again(self, layer: Any) -> Any:
        """A new layer of the same settings, that takes over the weights once it is called."""
        name = self._name(str(layer.name))
        if isinstance(layer, layers.Normalization) and (found := _rescaling(layer, name)):
            return found
        made = type(layer).from_config(self._single(layer.get_config()) | {"name": name})

        def called(*given: Any, **named: Any) -> Any:
            found = made(*given, **named)
            made.set_weights(layer.get_weights())
            return found

        return called

    def _single(self, config: Any) -> Any:
        """Settings with every policy of half precision turned into single."""
        if isinstance(config, dict):
            return {
                key: self._policy(value) if key == "dtype" else self._single(value)
                for key, value in config.items()
            }
        if isinstance(config, list):
            return [self._single(each) for each in config]
        return config

    def _policy(self, value: Any) -> Any:
        name = value.get("config", {}).get("name") if isinstance(value, dict) else value
        if name not in HALF:
            return value
        self.policies.add(str(name))
        return "float32"

    def _name(self, given: str) -> str:
        """A name that can be an address and an output; a file may hold anything."""
        name = re.sub(r"[^A-Za-z0-9_]+", "_", given)[:60].strip("_") or "layer"
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name


def _rescaling(layer: Any, name: str) -> layers.Rescaling | None:
    """A `Normalization` as the scale and offset it is; None where these differ from place to place.

    Its own statistics are no weights once they are fixed, and an exported graph would lack them.
    """
    mean, variance = (np.asarray(each, np.float64) for each in (layer.mean, layer.variance))
    if mean.ndim and mean.size != mean.shape[-1]:
        return None
    deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
    scale, offset = (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)
    one = scale.size == 1
    return layers.Rescaling(
        float(scale.ravel()[0]) if one else scale.ravel().tolist(),
        float(offset.ravel()[0]) if one else offset.ravel().tolist(),
        name=name,
    )


def _constant(given: Any) -> Any:
    """A tensor that stands in a call as a number does, as an array: a graph keeps only those."""
    is_fixed = keras.ops.is_tensor(given) and not keras.backend.is_keras_tensor(given)
    return np.asarray(given) if is_fixed else given
