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
import onnxruntime
import tensorflow as tf
import tf2onnx

from idc_core.files import write_with
from idc_core.patches import PATCH_PX
from idc_core.refusal import Refusal

MOST_DIFFERENCE = 1e-5
"""Largest difference of a score between Keras and ONNX Runtime that is let through."""

_UNSEEN = (keras.layers.InputLayer, keras.layers.Dropout, keras.layers.Flatten)


def export_onnx(model: keras.Model, path: Path) -> float:
    """Write `model` (pixels 0-255 in, one logit out) as ONNX and return the largest difference.

    The difference is that of scores between Keras and ONNX Runtime over a batch of noise, flat and
    smooth patches. Raises `Refusal`, and writes nothing, if it is above `MOST_DIFFERENCE`.
    """
    shown = [layer for layer in model.layers if not isinstance(layer, _UNSEEN)]
    score = keras.ops.sigmoid(model.output)
    wired = keras.Model(model.input, [score, *(layer.output for layer in shown)])
    converted = _convert(wired, [layer.name for layer in shown])
    entry = converted.metadata_props.add()
    entry.key, entry.value = "layers", json.dumps([_described(layer) for layer in shown])
    content = converted.SerializeToString()
    difference = _difference(wired, content)
    if not difference <= MOST_DIFFERENCE:
        raise Refusal(
            f"expected ONNX scores within {MOST_DIFFERENCE:g} of Keras: "
            f"they differ by {difference:g}. The network was not exported."
        )
    write_with(path, lambda file: file.write(content))
    return difference


def _convert(wired: keras.Model, names: list[str]) -> Any:
    signature = [tf.TensorSpec((None, PATCH_PX, PATCH_PX, 3), tf.float32, name="pixels")]

    @tf.function(input_signature=signature)
    def answer(pixels: Any) -> dict[str, Any]:
        score, *activations = wired(pixels, training=False)
        found = {"score": tf.reshape(score, (-1,))}
        # A name of its own, so that no output collides with an operation inside the graph.
        return found | dict(zip(names, activations, strict=True))

    converted, _ = tf2onnx.convert.from_function(answer, input_signature=signature, opset=17)
    return _in_order(converted, ["score", *names])


def _in_order(converted: Any, names: list[str]) -> Any:
    """tf.function sorts a dictionary's keys; put the score first again, the layers as they come."""
    outputs = {output.name: output for output in converted.graph.output}
    missing = [name for name in names if name not in outputs]
    if missing:
        raise Refusal(f"expected an output a layer in the ONNX graph: {', '.join(missing)} missing.")
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


def _difference(wired: keras.Model, content: bytes) -> float:
    patches = _probe()
    ours = np.asarray(wired(patches, training=False)[0]).reshape(-1)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    theirs = session.run(["score"], {session.get_inputs()[0].name: patches})[0]
    return float(np.max(np.abs(ours - theirs)))


def _probe() -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, PATCH_PX, PATCH_PX, 3))
    flat = np.broadcast_to(rng.integers(0, 256, (8, 1, 1, 3)), noise.shape)
    coarse = np.repeat(np.repeat(rng.integers(60, 256, (8, 10, 10, 3)), 5, axis=1), 5, axis=2)
    return np.concatenate([noise, flat, coarse]).astype(np.float32)
