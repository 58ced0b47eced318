"""Parts of an exported network: all layers boiled down to figures, and the rest after one layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnx.helper
import onnx.shape_inference
import onnx.utils

from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Layer, Scorer, ScoreSource, score_source

FIGURES = ("mean", "max", "min")
_OPERATORS = {"mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin"}

Array = npt.NDArray[np.float32]


def boiled_down(content: bytes, layers: Sequence[Layer]) -> bytes:
    """A network that answers with mean, max and min over the places of every layer's channels.

    Outputs are named `mean/<layer>` and so on, each (n, channels).
    """
    model = onnx.load_model_from_string(content)
    names = []
    for layer in layers:
        for figure in FIGURES:
            name = f"{figure}/{layer.name}"
            names.append(name)
            model.graph.node.append(_boiling(layer, figure, name))
            shape = [None, layer.shape[-1]]
            model.graph.output.append(
                onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            )
    cut = onnx.utils.Extractor(model).extract_model([model.graph.input[0].name], names)
    found: bytes = cut.SerializeToString()
    return found


def _boiling(layer: Layer, figure: str, name: str) -> Any:
    if len(layer.shape) == 1:
        return onnx.helper.make_node("Identity", [layer.name], [name])
    places = list(range(1, len(layer.shape)))
    return onnx.helper.make_node(_OPERATORS[figure], [layer.name], [name], axes=places, keepdims=0)


@dataclass(frozen=True)
class Rest:
    """What follows a layer: `feed` is the tensor to be changed, `axis` that of its channels;
    `source` is what the score is read from."""

    layer: Layer
    content: bytes
    feed: str
    axis: int
    needs_pixels: bool
    source: ScoreSource


def rest_after(content: bytes, layer: Layer) -> Rest:
    """The network from one layer's answer to the score.

    It is cut at the tensor all readers of the layer share: exported files turn axes round between
    layers, and one reader may lie before the turn, another behind. Raises `Refusal` where the score
    does not depend on the layer.
    """
    model = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(content))
    makers = {output: node for node in model.graph.node for output in node.output}
    feed, axis = layer.name, len(layer.shape)
    maker = makers.get(layer.name)
    if maker is not None and maker.op_type == "Transpose" and len(layer.shape) == 3:
        feed, axis = maker.input[0], 1
    source = score_source(content)
    if source.name == feed:
        source = ScoreSource("score", is_logit=False)
    reached = _reached(makers, source.name, feed)
    if feed not in reached:
        raise Refusal(f"expected the score to depend on {layer.name}: it does not.")
    pixels = model.graph.input[0].name
    inputs = [feed, pixels] if pixels in reached else [feed]
    cut = onnx.utils.Extractor(model).extract_model(inputs, [source.name])
    return Rest(layer, cut.SerializeToString(), feed, axis, pixels in reached, source)


def _reached(makers: dict[str, Any], start: str, stop: str) -> set[str]:
    """Tensors that `start` depends on, without looking behind `stop`."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name != stop and name in makers:
            waiting.extend(makers[name].input)
    return seen


READ = ("Conv", "Dense", "Add", "Activation", "ReLU", "BatchNormalization")
_FOLLOWERS = ("BatchNormalization", "ReLU", "Activation", "Dropout", "SpatialDropout2D")


def read_layers(scorer: Scorer) -> list[Layer]:
    """The layers whose channels the next ones read: the last of each convolution with its norm and
    rectification.

    Poolings are left out, since a channel that is off before one is off behind it.
    """
    layers = scorer.layers
    found = []
    for at, layer in enumerate(layers[:-1]):
        follows = layers[at + 1].kind in _FOLLOWERS
        if any(word in layer.kind for word in READ) and not follows:
            found.append(layer)
    return found
