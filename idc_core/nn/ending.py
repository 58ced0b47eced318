"""How a network ends: what its answer is, and the tensor that the logit of IDC is made of.

The last layers are walked back over those that leave every number as it is (`Flatten`, `Reshape`,
`Dropout`, a linear activation) to the sigmoid or softmax, wherever it stands.
"""

from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from idc_core.io.refusal import Refusal
from idc_core.score.foreign.onnx_graph import SMALLEST, mixed

Kind = Literal["logits", "sigmoid", "softmax", "probabilities"]

_PASSES = (
    layers.Flatten,
    layers.Reshape,
    layers.Dropout,
    layers.SpatialDropout2D,
    layers.ActivityRegularization,
    layers.Identity,
)
_PASSING_OPERATIONS = ("Reshape", "Squeeze", "ExpandDims", "Identity", "Cast")
_PROBABILITIES = ("sigmoid", "softmax", "hard_sigmoid")
_TAKEN = ("linear", "log_softmax", "sigmoid", "softmax", "hard_sigmoid")


@dataclass(frozen=True, slots=True)
class Ending:
    """`tensor` holds sums (`logits`, and what `sigmoid` or `softmax` was made of) or
    `probabilities`; `units` of them a patch; `passed`: the layers after them."""

    kind: Kind
    tensor: Any
    units: int
    passed: tuple[str, ...] = ()


def ending(answer: Any, wanted: str = "auto") -> Ending:
    """How the tensor `answer` (n, 1 or 2) came about; the last layer loses its activation.

    `wanted`: what the answer was said to be, "logits" or "probabilities". Raises `Refusal` for an
    ending that is neither, and where it is not what was said.
    """
    units = int(np.prod(answer.shape[1:]))
    tensor, passed = _walked(answer)
    operation = tensor._keras_history.operation
    name = activation(operation)
    if name in ("sigmoid", "softmax"):
        if wanted == "logits":
            raise Refusal(
                f"expected logits as --answers says: the network ends in a {name}. Leave it out."
            )
        if name == "softmax" and units == 1:
            raise Refusal(
                "expected a sigmoid over one answer, or a softmax over two: this network ends in a "
                "softmax over one, which is 1 for every picture. Train it anew with a sigmoid."
            )
        sums = _without(operation, tensor)
        return Ending(name, sums, units, tuple(passed))  # type: ignore[arg-type]
    if name not in _TAKEN:
        raise Refusal(
            f"expected a network that ends in a logit, a sigmoid or a softmax: this one ends in "
            f"“{name}”."
        )
    if wanted == "probabilities" or name == "hard_sigmoid":
        return Ending("probabilities", answer, units)
    if wanted == "auto" and computed_from_probabilities(tensor):
        return Ending("probabilities", answer, units)
    return Ending("logits", tensor, units, tuple(passed))


def _walked(answer: Any) -> tuple[Any, list[str]]:
    tensor, passed = answer, list[str]()
    while True:
        operation = tensor._keras_history.operation
        node = operation._inbound_nodes[tensor._keras_history.node_index]
        kind = type(operation).__name__
        passes = (
            isinstance(operation, _PASSES)
            or (isinstance(operation, layers.Activation) and activation(operation) == "linear")
            or (not isinstance(operation, layers.Layer) and kind in _PASSING_OPERATIONS)
        )
        if not passes or len(node.input_tensors) != 1:
            return tensor, passed
        if _numbers(node.input_tensors[0]) != _numbers(tensor):
            return tensor, passed
        passed.append(str(operation.name))
        tensor = node.input_tensors[0]


def _numbers(tensor: Any) -> int:
    return int(np.prod([size or 0 for size in tensor.shape[1:]]))


def activation(operation: Any) -> str:
    """The name of the function that a layer, or an operation, ends in; "linear" where none."""
    if isinstance(operation, layers.Softmax):
        return "softmax"
    if isinstance(operation, layers.ReLU | layers.LeakyReLU | layers.ELU | layers.PReLU):
        return type(operation).__name__.lower()
    if not isinstance(operation, layers.Layer):
        kind = type(operation).__name__.lower()
        return kind if kind in ("sigmoid", "softmax", "tanh", "relu") else "linear"
    found = getattr(operation, "activation", None)
    if isinstance(found, layers.Layer):
        return activation(found)
    return str(getattr(found, "__name__", "linear"))


def _without(operation: Any, tensor: Any) -> Any:
    """The sums that a sigmoid or softmax is taken of; a layer's own activation is taken off."""
    node = operation._inbound_nodes[tensor._keras_history.node_index]
    alone = isinstance(operation, layers.Softmax | layers.Activation)
    if alone or not isinstance(operation, layers.Layer):
        return _walked(node.input_tensors[0])[0]
    operation.activation = keras.activations.linear
    return tensor


def computed_from_probabilities(tensor: Any) -> bool:
    """Whether layers without weights make this of a sigmoid's or softmax's answers, as a mean of
    several networks does."""
    waiting, seen, found = [tensor], set(), False
    while waiting:
        each = waiting.pop()
        operation = each._keras_history.operation
        if activation(operation) in _PROBABILITIES:
            found = True
            continue
        if getattr(operation, "weights", None) or isinstance(operation, layers.InputLayer):
            return False
        node = operation._inbound_nodes[each._keras_history.node_index]
        for given in node.input_tensors:
            if id(given) not in seen:
                seen.add(id(given))
                waiting.append(given)
    return found


def logit_of_idc(found: Ending, idc_class: int) -> Any:
    """One logit of IDC (n, 1) of what the network ends in; exact but for `probabilities`."""
    if found.kind == "probabilities":
        return _of_probabilities(found, idc_class)
    weights = mixed(found.kind, found.units, idc_class)
    tensor = found.tensor
    if found.units == 1 and idc_class == 1:
        return tensor if len(tensor.shape) == 2 else layers.Reshape((1,), name="idc_logit")(tensor)
    operation = tensor._keras_history.operation
    node = operation._inbound_nodes[tensor._keras_history.node_index]
    if type(operation) is layers.Dense and len(tensor.shape) == 2:
        # One layer instead of two: what comes before it stays the layer before the logit.
        kernel, *bias = (np.asarray(each, np.float64) for each in operation.get_weights())
        one = layers.Dense(1, use_bias=bool(bias), name=f"{operation.name}_idc")
        answer = one(node.input_tensors[0])
        one.set_weights([each @ weights for each in (kernel, *bias)])
        return answer
    flat = layers.Reshape((found.units,), name="idc_sums")(tensor)
    one = layers.Dense(1, use_bias=False, name="idc_logit")
    answer = one(flat)
    one.set_weights([weights])
    return answer


def _of_probabilities(found: Ending, idc_class: int) -> Any:
    given = layers.Reshape((found.units,), name="idc_answers")(found.tensor)
    given = ops.clip(given, SMALLEST, 1 - SMALLEST)
    if found.units == 2:
        one = layers.Dense(1, use_bias=False, name="idc_probability")
        given, of_idc = one(given), np.zeros((2, 1))
        of_idc[idc_class] = 1
        one.set_weights([of_idc])
        sign = 1.0
    else:
        sign = 1.0 if idc_class == 1 else -1.0
    logit = ops.log(given) - ops.log(1 - given)
    return layers.Rescaling(sign, name="idc_logit")(logit)
