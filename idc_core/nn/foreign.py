"""Somebody else's Keras model made ours: `python -m idc_core.nn.foreign` (run by `model_import`).

A model file is a program. It is read here, in a child process with limits, with Keras's safe mode
on; what comes out is a network of plain layers from pixels (n, 50, 50, 3), 0-255, to one logit.
The answer is one JSON object in `answer.json` of the folder given: `sentence` where it was refused,
else what was found.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from idc_core.confined import limit_self
from idc_core.nn.export import export_onnx, probe
from idc_core.nn.rewire import rewired
from idc_core.patches import PATCH_PX
from idc_core.refusal import Refusal

Range = Literal["0-255", "0-1", "-1-1"]
RANGES: dict[str, tuple[float, float]] = {
    "0-255": (1.0, 0.0), "0-1": (1 / 255, 0.0), "-1-1": (1 / 127.5, -1.0),
}  # fmt: skip
"""Scale and offset that bring pixels 0-255 into the range a model was trained on."""

CONTRACT = (
    "a network that takes RGB patches (n, 50, 50, 3), or squares of another size, and answers with "
    "one logit or probability of IDC, or with two classes"
)
MOST_DIFFERENCE = 1e-3
"""Largest difference of a probability between the model as it came and as it is kept."""

MOST_SECONDS = 600
"""Of computing; four times as many on two cores are no longer waited for."""

_RESERVED = {"score", "pixels", "to_size", "to_range", "logit_of_two"}


def ours(
    given: keras.Model, pixels: str = "0-255", idc_class: int = 1
) -> tuple[keras.Model, list[str]]:
    """The same network from raw pixels to one logit, and in sentences what was put round it.

    `pixels`: the range it was trained on; `idc_class`: which of two classes IDC is. Raises
    `Refusal` naming the contract for any other network.
    """
    side = _side(given)
    before = _as_probability(given, _sized(probe(), side), pixels, idc_class)
    said: list[str] = []
    _name(given)
    core = _to_logit(given, idc_class, said)
    scale, offset = RANGES[pixels]
    if side != PATCH_PX:
        said.append(f"Patches are resized to {side}×{side} px, as the network expects.")
    if pixels != "0-255":
        said.append(f"Pixels are brought from 0–255 to {pixels.replace('-1-', '−1–')}.")

    def front(taken: Any) -> Any:
        if side != PATCH_PX:
            taken = layers.Resizing(side, side, name="to_size")(taken)
        if pixels != "0-255":
            taken = layers.Rescaling(scale, offset, name="to_range")(taken)
        return taken

    taken = keras.Input((PATCH_PX, PATCH_PX, 3), name="pixels")
    whole = keras.Model(taken, rewired(core, taken, front).model.output, name="imported")
    after = _sigmoid(np.asarray(whole(probe(), training=False))[:, 0])
    _refuse_other_answers(before, after, said)
    return whole, said


def _side(given: keras.Model) -> int:
    shape, answers = given.input_shape, given.output_shape
    one_image = isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3
    if not one_image or shape[1] != shape[2]:
        raise Refusal(f"expected {CONTRACT}: this one takes {shape}.")
    if not isinstance(answers, tuple) or len(answers) != 2 or answers[1] not in (1, 2):
        raise Refusal(f"expected {CONTRACT}: this one answers with {answers}.")
    side = shape[1] or PATCH_PX
    if not 8 <= side <= 512:
        raise Refusal(f"expected {CONTRACT}: this one takes squares of {side} px.")
    return int(side)


def _as_probability(
    given: keras.Model, patches: npt.NDArray[np.float32], pixels: str, idc_class: int
) -> npt.NDArray[np.float32]:
    """What the model says of the probe as it came, as a probability of IDC."""
    scale, offset = RANGES[pixels]
    answer = np.asarray(given(patches * scale + offset, training=False), np.float32)
    if not np.isfinite(answer).all():
        raise Refusal(
            "expected numbers from the network: it answers with NaN or infinity, as networks do "
            "whose training diverged."
        )
    ends = _ending(given)
    if answer.shape[1] == 1:
        return answer[:, 0] if ends == "sigmoid" else _sigmoid(answer[:, 0])
    if ends == "sigmoid":
        return answer[:, idc_class]
    if ends == "softmax":
        return answer[:, idc_class]
    return _sigmoid(answer[:, idc_class] - answer[:, 1 - idc_class])


def _ending(given: keras.Model) -> str:
    """How the last layer turns its sums into an answer: its activation's name."""
    last = given.outputs[0]._keras_history.operation
    if isinstance(last, layers.Softmax):
        return "softmax"
    return getattr(getattr(last, "activation", None), "__name__", "linear")


def _to_logit(given: keras.Model, idc_class: int, said: list[str]) -> keras.Model:
    """The model without its last sigmoid or softmax, and with one answer."""
    ends = _ending(given)
    last = given.outputs[0]._keras_history.operation
    if ends not in ("linear", "sigmoid", "softmax"):
        raise Refusal(f"expected {CONTRACT}: this one ends in “{ends}”.")
    if ends != "linear":
        if isinstance(last, layers.Softmax) or not hasattr(last, "activation"):
            raise Refusal(
                "expected the softmax inside the last dense layer: this network has a layer of its "
                "own for it. Save it without that layer, and import it again."
            )
        last.activation = keras.activations.linear
        said.append(f"The last {ends} was taken off, so that the logit is exact.")
    if given.output_shape[1] == 1:
        return given
    weights = np.zeros((2, 1), np.float32)
    weights[idc_class] = 1
    if ends != "sigmoid":
        weights[1 - idc_class] = -1  # softmax of two is the sigmoid of their difference
    flat = rewired(given)
    to_one = layers.Dense(1, use_bias=False, name="logit_of_two")
    answer = to_one(flat.model.output)
    to_one.set_weights([weights])
    said.append(f"Of two classes number {idc_class} is taken for IDC.")
    return keras.Model(flat.model.input, answer)


def _refuse_other_answers(
    before: npt.NDArray[np.float32], after: npt.NDArray[np.float32], said: list[str]
) -> None:
    off = float(np.abs(before - after).max())
    if not off <= MOST_DIFFERENCE:
        raise Refusal(
            f"expected the same answers from the network as it came and as it is kept: they differ "
            f"by {off:.2g}."
        )
    if float(np.ptp(after)) < 1e-6:
        raise Refusal(
            "expected different answers to different pictures: this network answers "
            f"{after[0]:.3g} to all. Was it trained on another range? Try --pixels 0-1."
        )
    if ((after < 1e-4) | (after > 1 - 1e-4)).mean() > 0.9:
        said.append(
            "Note: it is sure of nearly every picture, noise too, as networks are that are fed "
            "another range of pixels than they learnt. Try --pixels 0-1."
        )


def _name(given: keras.Model) -> None:
    """Names that can be addresses and outputs; a file may hold anything."""
    seen: set[str] = set(_RESERVED)
    for layer in given.layers:
        name = re.sub(r"[^A-Za-z0-9_]+", "_", str(layer.name))[:60].strip("_") or "layer"
        while name in seen:
            name += "_"
        seen.add(name)
        layer.name = name


def _sized(patches: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    if side == PATCH_PX:
        return patches
    return np.asarray(layers.Resizing(side, side)(patches), np.float32)


def _sigmoid(logit: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = np.asarray(keras.ops.sigmoid(logit), np.float32)
    return found


def convert(source: Path, out: Path, pixels: str, idc_class: int) -> dict[str, Any]:
    """Read, check and write `model.keras` and `model.onnx` into `out`; what was found."""
    try:
        given = keras.models.load_model(source, compile=False, safe_mode=True)
    except Exception as broken:  # Keras raises many types for damaged and hostile files
        raise Refusal(
            f"expected a Keras model that loads in safe mode in {source.name}: it does not "
            f"({_first_line(broken)})."
        ) from None
    try:
        model, said = ours(given, pixels, idc_class)
        model.save(out / "model.keras")
        # As it will be read: a graph that saves but gives no gradient is found out here.
        again = keras.models.load_model(out / "model.keras", compile=False, safe_mode=True)
        difference = export_onnx(again, out / "model.onnx")
    except Refusal:
        raise
    except Exception as broken:  # whatever a foreign layer does when it is called
        raise Refusal(
            f"expected {CONTRACT}: it fails when it is called ({_first_line(broken)})."
        ) from None
    return {
        "said": said, "parameters": int(model.count_params()), "onnx_max_difference": difference,
        "network": str(given.name)[:60], "layers": len(model.layers),
    }  # fmt: skip


def _first_line(broken: Exception) -> str:
    lines = [line.strip() for line in str(broken).splitlines() if line.strip()]
    return (lines or [type(broken).__name__])[0][:160].rstrip(".")


def main(source: str, out: str, pixels: str, idc_class: str) -> None:
    """Write `answer.json`, whatever happens."""
    limit_self(2 * MOST_SECONDS)
    try:
        answer = convert(Path(source), Path(out), pixels, int(idc_class))
    except Refusal as refused:
        answer = {"sentence": str(refused)}
    Path(out, "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:5])
