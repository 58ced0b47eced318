"""The description of a network that Keras 2 wrote, as Keras 3 reads it.

Only what can be said again without loss is; the weights do not change. Nothing here opens a file or
wakes Keras: configurations are what JSON makes of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from idc_core.io.refusal import Refusal

Config = dict[str, Any]

_TRAINING_ONLY = ("_initializer", "_regularizer", "_constraint")
"""Settings that play no part once a network is trained."""

_DROPPED: dict[str, tuple[Any, ...]] = {
    "groups": (1,),
    "ragged": (False, None),
    "sparse": (False, None),
    "optional": (False,),
    "implementation": (0, 1, 2),
    "time_major": (False,),
    "renorm": (False,),
    "fused": (None, True, False),
    "virtual_batch_size": (None,),
    "adjustment": (None,),
    "synchronized": (False, None),
    "batch_input_shape": (),
    "type_spec": (None,),
    "input_dtype": (None,),
    "input_dim": (None,),
    "input_length": (None,),
    "experimental_run_tf_function": (),
    "force_generator": (False,),
    "rng_type": (None,),
    "bias_quantizer": (None,),
    "kernel_quantizer": (None,),
}
"""Settings that Keras 3 does not know, with the values that mean nothing; () for any."""

_GROUPED = {"Conv1D", "Conv2D", "Conv3D"}
"""Layers that keep `groups`."""

_RENAMED = {
    "Model": "Functional",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "LayerNormalizationV1": "LayerNormalization",
    "NormalizationV1": "Normalization",
}

_NETWORKS = ("Functional", "Sequential")

_CODE = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}

_ANOTHER_MEANING = {"hard_sigmoid"}
"""Activations whose formula changed from Keras 2 to Keras 3."""

_OPERATIONS: dict[str, Callable[[float], tuple[float, float]]] = {
    "math.truediv": lambda by: (1 / by, 0.0),
    "math.divide": lambda by: (1 / by, 0.0),
    "__operators__.truediv": lambda by: (1 / by, 0.0),
    "math.multiply": lambda by: (by, 0.0),
    "__operators__.mul": lambda by: (by, 0.0),
    "math.subtract": lambda by: (1.0, -by),
    "__operators__.sub": lambda by: (1.0, -by),
    "math.add": lambda by: (1.0, by),
    "__operators__.add": lambda by: (1.0, by),
    "nn.bias_add": lambda by: (1.0, by),
}
"""Scale and offset of what stands in a network as `x / 127.5` or `x - 1`."""


def _less(by: float) -> tuple[float, float]:
    """`1 - x`."""
    return -1.0, by


class Untranslated(Refusal):
    """The layer of a Keras 2 network that cannot be said again."""


def major(version: str) -> int:
    """The major version of Keras that a file names; 2 where it names none, as old files do.

    >>> major("2.2.4-tf"), major("3.15.1"), major("")
    (2, 3, 2)
    """
    head = version.split(".")[0]
    return int(head) if head.isdigit() else 2


def is_of_keras2(model: Mapping[str, Any]) -> bool:
    """Whether a description is Keras 2's; asked of one that names no version.

    Keras 3 says `batch_shape` of an input, Keras 2 said `batch_input_shape`.
    """
    text = str(model)
    return "batch_input_shape" in text or "'module'" not in text


def translated(model: Mapping[str, Any]) -> Config:
    """The description of a whole network (`class_name`, `config`) for Keras 3.

    Raises `Untranslated` naming the layer that holds code, a class of its own, or a setting whose
    meaning is not known.
    """
    kind = _kind(model)
    if kind not in _NETWORKS:
        raise Untranslated(f"it is a {kind}, neither Sequential nor Functional")
    config = model["config"]
    if kind == "Sequential":
        return {"class_name": kind, "config": _sequential(config)}
    return {"class_name": kind, "config": _functional(config)}


def _sequential(config: Any) -> Config:
    if isinstance(config, list):  # Keras 2.1 and before
        config = {"name": "sequential", "layers": config}
    layers = list(config["layers"])
    found = [_layer(each) for each in layers]
    if found and found[0]["class_name"] != "InputLayer":
        shape = layers[0]["config"].get("batch_input_shape") or config.get("build_input_shape")
        if shape is None and found[0]["class_name"] == "Functional":
            shape = _shape_of(found[0])
        if shape is not None:
            entry = {"name": f"{config.get('name', 'sequential')}_pixels", "batch_shape": shape}
            found.insert(0, {"class_name": "InputLayer", "config": entry})
    return {"name": config.get("name", "sequential"), "layers": found}


def _shape_of(network: Config) -> Any:
    inputs = [each for each in network["config"]["layers"] if each["class_name"] == "InputLayer"]
    return inputs[0]["config"].get("batch_shape") if inputs else None


def _functional(config: Mapping[str, Any]) -> Config:
    layers = [_called(each) for each in config["layers"]]
    inner = {each["name"] for each in layers if each["class_name"] in _NETWORKS}
    plain = {each["name"] for each in layers if each["class_name"] == "Sequential"}
    for each in layers:
        each["inbound_nodes"] = [_node(node, inner) for node in each["inbound_nodes"]]
    return {
        "name": config["name"],
        "trainable": bool(config.get("trainable", True)),
        "layers": layers,
        "input_layers": _only(config["input_layers"]),
        "output_layers": _only(_one_back(config["output_layers"], plain)),
    }


def _only(places: Any) -> Any:
    """A list of one input or output is that one: Keras 2 always wrote a list."""
    one = isinstance(places, list) and len(places) == 1 and isinstance(places[0], list)
    return places[0] if one else places


def _called(layer: Mapping[str, Any]) -> Config:
    """A layer of a functional network, with the calls it takes part in."""
    nodes = layer.get("inbound_nodes", [])
    name = layer.get("name") or layer["config"]["name"]
    if _kind(layer) in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
        made, nodes = _operation(layer, name)
    else:
        made = _layer(layer)
    return made | {"name": name, "inbound_nodes": nodes}


def _operation(layer: Mapping[str, Any], name: str) -> tuple[Config, list[Any]]:
    """Arithmetic with a number, as preparation of pixels stands in networks, as a `Rescaling`."""
    function = str(layer["config"].get("function")).removeprefix("tf.")
    nodes = layer["inbound_nodes"]
    try:
        place, first, said = _arguments(nodes)
    except (IndexError, TypeError, ValueError):
        raise Untranslated(f"its layer {name} computes {function}") from None
    called = [[[*place, {}]]]
    if function == "cast" and said.get("dtype") == "float32":
        return _idle(name), called
    if function == "__operators__.getitem" and _turns_channels(said.get("slice_spec")):
        return {
            "module": "keras.src.ops.numpy",
            "class_name": "Flip",
            "registered_name": "Flip",
            "config": {"name": name, "axis": -1},
        }, called
    by = first if first is not None else said.get("y", said.get("bias"))
    rule = _OPERATIONS.get(function)
    if first is not None and function in ("math.subtract", "__operators__.sub"):
        rule = _less
    if rule is None or not _is_number(by) or (first is not None and "div" in function):
        raise Untranslated(f"its layer {name} computes {function}")
    one = not isinstance(by, list)
    numbers: list[float] = [by] if one else by  # type: ignore[list-item, assignment]
    pairs = [rule(each) for each in numbers]
    scale, offset = ([pair[at] for pair in pairs] for at in (0, 1))
    config = {
        "name": name,
        "scale": scale[0] if one else scale,
        "offset": offset[0] if one else offset,
    }
    return {"class_name": "Rescaling", "config": config}, called


def _arguments(nodes: Any) -> tuple[list[Any], Any, dict[str, Any]]:
    """Of one call: the tensor's place, a number before it as in `1 - x`, and the rest by name."""
    if len(nodes) != 1:
        raise ValueError(f"{len(nodes)} calls")
    source, index, tensor, said = nodes[0] if isinstance(nodes[0][0], str) else nodes[0][0]
    if source != "_CONSTANT_VALUE":
        return [source, index, tensor], None, said
    place = said["y"]
    if len(place) != 3 or not isinstance(place[0], str):
        raise ValueError("no tensor")
    return list(place), tensor, said


def _turns_channels(spec: Any) -> bool:
    """Whether a slice is `[..., ::-1]`."""
    if not isinstance(spec, list | tuple) or len(spec) != 2:
        return False
    is_rest = spec[0] == "..." or "llipsis" in str(spec[0])
    return is_rest and spec[1] == {"start": None, "stop": None, "step": -1}


def _is_number(given: Any) -> bool:
    if isinstance(given, list):
        return bool(given) and all(_is_number(each) for each in given)
    return isinstance(given, int | float) and not isinstance(given, bool)


def _node(node: Any, inner: set[str]) -> Any:
    """A call, as `[[layer, call, tensor, settings], …]`; calls of inner networks count from 0."""
    if isinstance(node, list) and node and isinstance(node[0], str):
        node = [node]
    if not isinstance(node, list):
        raise Untranslated("a layer of it takes its inputs by name")
    return [_one_back(each, inner) for each in node]


def _one_back(place: Any, names: set[str]) -> Any:
    """Keras 2 counted the calls of an inner network from 1: its own was 0."""
    if isinstance(place, dict):
        return {key: _one_back(each, names) for key, each in place.items()}
    if isinstance(place, list | tuple) and place and isinstance(place[0], str):
        index = place[1] - 1 if place[0] in names else place[1]
        return [place[0], index, *place[2:]]
    return [_one_back(each, names) for each in place]


def _layer(layer: Mapping[str, Any]) -> Config:
    kind = _kind(layer)
    if kind in _NETWORKS:
        return translated(layer)
    config = dict(layer["config"])
    name = str(config.get("name", layer.get("name", kind)))
    if kind in _CODE:
        raise Untranslated(f"its layer {name} is a {kind}, which is code, and code is not run")
    if kind.startswith("Random") and kind != "RandomCrop":
        return _idle(name)  # augmentation is at rest when a network answers
    if kind == "InputLayer":
        shape = config.get("batch_input_shape", config.get("batch_shape"))
        return {"class_name": kind, "config": {"name": name, "batch_shape": shape}}
    return {"class_name": kind, "config": _settings(kind, name, config)}


def _kind(layer: Mapping[str, Any]) -> str:
    kind = str(layer.get("class_name"))
    registered = layer.get("registered_name")
    if ">" in kind or (registered and ">" in str(registered)):
        raise Untranslated(f"it holds a class of its own, {registered or kind}, which is code")
    return _RENAMED.get(kind, kind)


def _idle(name: str) -> Config:
    return {"class_name": "Activation", "config": {"name": name, "activation": "linear"}}


def _settings(kind: str, name: str, config: Config) -> Config:
    found: Config = {}
    for key, value in config.items():
        if key.endswith(_TRAINING_ONLY):
            continue
        if key in _DROPPED and not (key == "groups" and kind in _GROUPED):
            most = _DROPPED[key]
            if most and value not in most:
                raise Untranslated(f"its layer {name} ({kind}) has {key}={value!r}")
            continue
        found[key] = _setting(key, value, name)
    if kind == "LeakyReLU" and "alpha" in found:
        found["negative_slope"] = found.pop("alpha")
    return found


def _setting(key: str, value: Any, name: str) -> Any:
    if key == "dtype":
        return _dtype(value)
    if key == "axis" and isinstance(value, list) and len(value) == 1:
        return int(value[0])
    if key in ("activation", "recurrent_activation"):
        return _activation(value, name)
    if (
        isinstance(value, dict)
        and "class_name" in value
        and "config" in value
        and key
        in (
            "layer",
            "forward_layer",
            "backward_layer",
            "cell",
        )
    ):
        return _layer(value)
    return value


def _activation(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value
        if isinstance(value, dict) and isinstance(value.get("class_name"), str):
            return _layer(value)
    if value in _ANOTHER_MEANING:
        raise Untranslated(
            f"its layer {name} ends in {value}, which means another curve in Keras 3"
        )
    return value


def _dtype(value: Any) -> Any:
    """A policy's name: `{"class_name": "Policy", "config": {"name": "mixed_float16"}}`."""
    if isinstance(value, dict):
        return value.get("config", {}).get("name", "float32")
    return value
