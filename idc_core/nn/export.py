"""A trained network as one ONNX file: the score and the activation of every layer.

The dashboard reads nothing else: ONNX Runtime answers in half a millisecond what Keras needs
seconds to wake up for.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
import onnx.numpy_helper
import tensorflow as tf
import tf2onnx

from idc_core.io.files import write_with
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.score.foreign.probe import pictures
from idc_core.score.network_probe import known_safe
from idc_core.score.scoring import score_graph, session_of

MOST_DIFFERENCE = 1e-5
"""Largest difference of a score between Keras and ONNX Runtime that is let through."""

MOST_ACTIVATION = 1e-4
"""The same of an activation, as a share of the layer's largest; of what a layer clips, before."""

_UNSEEN = (keras.layers.InputLayer, keras.layers.Dropout, keras.layers.Flatten)


def export_onnx(model: keras.Model, path: Path, *, most: float = MOST_DIFFERENCE) -> float:
    """Write `model` (pixels 0-255 in, one logit out) as ONNX and return the largest difference.

    The difference is that of scores between Keras and ONNX Runtime over a batch of noise, flat and
    smooth patches. Raises `Refusal`, and writes nothing, if it is above `most`, or if the
    activations of a layer differ by more than `MOST_ACTIVATION`.
    """
    shown = [layer for layer in model.layers if not isinstance(layer, _UNSEEN)]
    score = keras.ops.sigmoid(model.output)
    wired = keras.Model(model.input, [score, *(layer.output for layer in shown)])
    converted = _convert(wired, [layer.name for layer in shown])
    entry = converted.metadata_props.add()
    entry.key, entry.value = "layers", json.dumps([_described(layer) for layer in shown])
    content = converted.SerializeToString()
    known_safe(content)
    difference = _compare(wired, content, shown)
    if not difference <= most:
        raise Refusal(
            f"expected ONNX scores within {most:g} of Keras: "
            f"they differ by {difference:g}. The network was not exported."
        )
    write_with(path, lambda file: file.write(content))
    return difference


def _convert(wired: keras.Model, names: list[str]) -> Any:
    signature = [tf.TensorSpec((None, *wired.input_shape[1:]), tf.float32, name="pixels")]

    def answer(pixels: Any) -> dict[str, Any]:
        score, *activations = wired(pixels, training=False)
        found = {"score": tf.reshape(score, (-1,))}
        # A name of its own, so that no output collides with an operation inside the graph.
        return found | dict(zip(names, activations, strict=True))

    traced = tf.function(answer, input_signature=signature)
    converted, _ = tf2onnx.convert.from_function(traced, input_signature=signature, opset=17)
    _whole_sizes(converted.graph, wired.input_shape[1])
    return _in_order(converted, ["score", *names])


def _whole_sizes(graph: Any, side: int) -> None:
    """Let what resizes patches of `side` pixels answer with the size that was meant.

    A graph holds the factor in single precision: 50 px times 1.92 are 95.999998, of which ONNX
    keeps 95, unless the factor is the next larger number.
    """
    factors = {node.input[2] for node in graph.node if node.op_type == "Resize"}
    for each in graph.initializer:
        if each.name in factors:
            scales = onnx.numpy_helper.to_array(each)
            sizes = scales.astype(np.float64) * side
            above = np.nextafter(scales, np.float32(np.inf))
            kept = np.where(np.floor(sizes) < np.rint(sizes), above, scales)
            each.CopyFrom(onnx.numpy_helper.from_array(kept, each.name))


def _in_order(converted: Any, names: list[str]) -> Any:
    """tf.function sorts a dictionary's keys; put the score first again, the layers as they come."""
    outputs = {output.name: output for output in converted.graph.output}
    missing = [name for name in names if name not in outputs]
    if missing:
        raise Refusal(
            f"expected an output a layer in the ONNX graph: {', '.join(missing)} missing."
        )
    ordered = [onnx.ValueInfoProto.FromString(outputs[name].SerializeToString()) for name in names]
    del converted.graph.output[:]
    converted.graph.output.extend(ordered)
    return converted


def _described(layer: Any) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": type(layer).__name__,
        "shape": [int(size) for size in layer.output.shape[1:]],
        "parameters": int(layer.count_params()),
    }


def _compare(wired: keras.Model, content: bytes, shown: list[Any]) -> float:
    """The largest difference of a score; raises `Refusal` where an activation differs."""
    names = [layer.name for layer in shown]
    patches = probe(wired.input_shape[1])
    score, *activations = (np.asarray(each) for each in wired(patches, training=False))
    # Scores come from the graph that scores: what is fused there rounds in another way.
    (scored,) = _answers(score_graph(content), ["score"], patches)
    before = 0.0
    for layer, ours, theirs in zip(
        shown, activations, _answers(content, names, patches), strict=True
    ):
        largest = float(np.max(np.abs(ours)))
        # What clips, as ReLU6 does, hides how large the numbers are that were rounded.
        whole = max(largest, before) if getattr(layer, "max_value", None) else largest
        off = float(np.max(np.abs(ours - theirs))) / max(whole, 1e-12)
        before = largest
        if not off <= MOST_ACTIVATION:
            raise Refusal(
                f"expected activations of {layer.name} in ONNX within {MOST_ACTIVATION:g} of "
                f"Keras: they differ by {off:g} of the largest. The network was not exported."
            )
    return float(np.max(np.abs(score.reshape(-1) - scored)))


def _answers(content: bytes, names: list[str], patches: npt.NDArray[np.float32]) -> Any:
    session = session_of(content)
    return session.run(names, {session.get_inputs()[0].name: patches})


def probe(side: int = USUAL.patch_px) -> npt.NDArray[np.float32]:
    """Pictures every network is tried on: noise, flat and smooth, (24, side, side, 3), 0-255."""
    return pictures(side).astype(np.float32)
