"""Somebody else's Keras model made ours: `python -m idc_core.nn.foreign` (run by `model_import`).

A model file is a program. It is read here, in a child process with limits, with Keras's safe mode
on; what comes out is a network of plain layers from pixels (n, 50, 50, 3), 0-255, to one logit.
The answer is one JSON object in `answer.json` of the folder given: `sentence` where it was refused,
else what was found.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from idc_core.io.confined import limit_self
from idc_core.io.refusal import Refusal
from idc_core.nn.ending import Ending, ending, logit_of_idc
from idc_core.nn.export import export_onnx, probe
from idc_core.nn.flat import Flattened
from idc_core.nn.keras_file import first_line, opened
from idc_core.records.raster import USUAL
from idc_core.score.foreign import agreement
from idc_core.score.foreign.reading import Reading, from_record
from idc_core.score.scoring import Scorer

CONTRACT = (
    "a network that takes RGB patches (n, 50, 50, 3), or squares of another size, and answers with "
    "one logit or probability of the positive class, or with two classes"
)

MOST_SECONDS = 600
"""Of computing; four times as many on two cores are no longer waited for."""

_RESERVED = {
    "score",
    "pixels",
    "to_size",
    "to_bgr",
    "to_range",
    "idc_logit",
    "idc_sums",
    "idc_answers",
    "idc_probability",
}

Pictures = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ours:
    """The same network from raw pixels to one logit, in sentences what was put round it, how it
    ended, and what it had answered to `tried`; `half`: it computed in half precision."""

    model: keras.Model
    said: tuple[str, ...]
    ending: Ending
    tried: Pictures
    declared: npt.NDArray[np.float32]
    half: bool

    def check(self, scores: Any, logits: Any, reading: Reading) -> tuple[float, list[str]]:
        """The largest difference of a probability from what the network declared, and notes.

        Raises `Refusal` where they differ, or where all answers are the same.
        """
        kind = self.ending.kind
        was = agreement.declared(self.declared, kind, reading.idc_class)
        off = agreement.refuse_disagreement(was, scores, logits, half=self.half)
        auto = reading.answers == "auto"
        said = agreement.notes(was, logits, self.declared, kind, auto)
        if self.half:
            said.insert(
                0,
                "It computed in half precision and is kept in single: probabilities differ by "
                f"up to {off:.1g}.",
            )
        return off, said


def ours(
    given: keras.Model,
    reading: Reading,
    patches: Pictures | None = None,
    px: int = USUAL.patch_px,
) -> Ours:
    """The same network from raw pixels of patches of `px` a side to one logit; `patches` are tried
    beside the probe.

    Raises `Refusal` naming the contract for any other network.
    """
    side = _side(given, px)
    tried = probe(px) if patches is None else np.concatenate([probe(px), patches])
    at = _output(given, reading.output)
    declared = _declared(given, reading.prepared(_sized(tried, side)), at)
    agreement.refuse_no_numbers(declared)
    said: list[str] = []
    if side != px:
        said.append(f"Patches are resized to {side}×{side} px, as the network expects.")
    if words := reading.words():
        said.append(words)
    pixels = keras.Input((px, px, 3), name="pixels")
    flat = Flattened(_RESERVED)
    answer = flat.answers(given, _front(pixels, side, reading))[at]
    found = ending(answer, reading.answers)
    if found.kind == "probabilities":
        agreement.refuse_no_probabilities(declared)
    model = keras.Model(pixels, logit_of_idc(found, reading.idc_class), name="imported")
    said += [*_of_ending(found, reading), *_of_layers(flat)]
    return Ours(model, tuple(said), found, tried, declared, bool(flat.policies))


def _front(pixels: Any, side: int, reading: Reading) -> Any:
    taken = pixels
    if side != pixels.shape[1]:
        taken = layers.Resizing(side, side, name="to_size")(taken)
    if not reading.is_rgb:
        turned = layers.Conv2D(3, 1, use_bias=False, trainable=False, name="to_bgr")
        taken = turned(taken)
        turned.set_weights([np.eye(3, dtype=np.float32)[::-1].reshape(1, 1, 3, 3)])
    scale, offset = reading.scale, reading.offset
    if set(scale) == {1.0} and set(offset) == {0.0}:
        return taken
    if len(set(scale)) == len(set(offset)) == 1:
        return layers.Rescaling(scale[0], offset[0], name="to_range")(taken)
    return layers.Rescaling(list(scale), list(offset), name="to_range")(taken)


def _of_ending(found: Ending, reading: Reading) -> list[str]:
    said = []
    if found.kind in ("sigmoid", "softmax"):
        said.append(f"The last {found.kind} was taken off, so that the logit is exact.")
    if found.kind == "probabilities":
        said.append(
            "Its answers are probabilities that no single logit is behind: one is computed."
        )
    if found.units == 2:
        said.append(f"Of two classes number {reading.idc_class} is taken for the positive one.")
    elif reading.idc_class == 0:
        said.append("Its one answer is taken for that of the negative class, and turned round.")
    return said


def _of_layers(flat: Flattened) -> list[str]:
    if not flat.left_out:
        return []
    return [f"Augmentation rests and is left out: {', '.join(flat.left_out)[:200]}."]


def _side(given: keras.Model, px: int) -> int:
    inputs = _inputs(given, px)
    if len(inputs) != 1:
        named = ", ".join(f"{each.name} {_shape(each)}" for each in inputs)
        raise Refusal(
            f"expected {CONTRACT}: this one takes {len(inputs)} inputs ({named}), and there is "
            "nothing but a patch to give it."
        )
    shape = tuple(inputs[0].shape)
    if len(shape) != 4 or shape[3] != 3 or shape[1] != shape[2]:
        raise Refusal(f"expected {CONTRACT}: this one takes {shape}.")
    side = shape[1] or px
    if not 8 <= side <= 1024:
        raise Refusal(f"expected {CONTRACT}: this one takes squares of {side} px.")
    return int(side)


def _inputs(given: keras.Model, px: int) -> list[Any]:
    if isinstance(given, keras.Sequential) and not given.built:
        given.build((None, px, px, 3))
    return list(given.inputs)


def _output(given: keras.Model, wanted: str | None) -> int:
    """Which of the network's answers is IDC's."""
    names = _output_names(given)
    if wanted is None and len(names) > 1:
        named = ", ".join(
            f"{name} {_shape(each)}" for name, each in zip(names, given.outputs, strict=True)
        )
        raise Refusal(
            f"expected {CONTRACT}: this one has {len(names)} answers ({named}). Say which is "
            "the positive class's: --output NAME."
        )
    if wanted is not None and wanted not in names:
        raise Refusal(f"expected --output as one of {', '.join(names)}: found {wanted!r}.")
    at = 0 if wanted is None else names.index(wanted)
    shape = tuple(given.outputs[at].shape)
    sizes = [size for size in shape[1:] if size != 1]
    if len(shape) < 2 or sizes not in ([], [2]):
        raise Refusal(f"expected {CONTRACT}: this one answers with {shape}.")
    return at


def _output_names(given: keras.Model) -> list[str]:
    made = [str(each._keras_history.operation.name) for each in given.outputs]
    structure = getattr(given, "_outputs_struct", None)
    if isinstance(structure, dict) and len(structure) == len(made):
        return [str(name) for name in sorted(structure)]
    return [
        name if made.count(name) == 1 else f"{name}_{made[:at].count(name)}"
        for at, name in enumerate(made)
    ]


def _shape(tensor: Any) -> str:
    return "×".join("any" if size is None else str(size) for size in tensor.shape[1:])


def _declared(given: keras.Model, prepared: Pictures, at: int) -> npt.NDArray[np.float32]:
    """What the model answers as it came: `model.predict`, (n, 1) or (n, 2)."""
    structure = getattr(given, "_inputs_struct", None)
    whole = prepared if structure is None else keras.tree.pack_sequence_as(structure, [prepared])
    answers = keras.tree.flatten(given.predict(whole, batch_size=16, verbose=0))
    return np.asarray(answers[at], np.float32).reshape(len(prepared), -1)


def _sized(patches: Pictures, side: int) -> Pictures:
    if side == patches.shape[1]:
        return patches
    return np.asarray(layers.Resizing(side, side)(patches), np.float32)


def convert(
    source: Path,
    out: Path,
    reading: Reading,
    architecture: Path | None = None,
    patches: Path | None = None,
    px: int = USUAL.patch_px,
) -> dict[str, Any]:
    """Read, check and write `model.keras` and `model.onnx` into `out`; what was found.

    `architecture`: the network's description where `source` holds weights alone. `patches`: a
    `.npy` of patches to compare answers on, uint8 (n, px, px, 3); `px`: their side.
    """
    written = opened(source, architecture)
    some = None if patches is None else np.load(patches, allow_pickle=False).astype(np.float32)
    try:
        made = ours(written.model, reading, some, px)
        made.model.save(out / "model.keras")
        # As it will be read: a graph that saves but gives no gradient is found out here.
        again = keras.models.load_model(out / "model.keras", compile=False, safe_mode=True)
        difference = export_onnx(again, out / "model.onnx", most=agreement.MOST_SCORE)
        scorer = Scorer(out / "model.onnx")
        tried = np.clip(np.rint(made.tried), 0, 255).astype(np.uint8)
        off, notes = made.check(scorer.score(tried), scorer.logits(tried), reading)
    except Refusal:
        raise
    except Exception as broken:  # whatever a foreign layer does when it is called
        raise Refusal(
            f"expected {CONTRACT}: it fails when it is called ({first_line(broken)})."
        ) from None
    return {
        "said": [*_of_version(written.version), *made.said, *notes],
        "parameters": int(written.model.count_params()),
        "onnx_max_difference": difference,
        "declared_max_difference": off,
        "network": str(written.model.name)[:60],
        "layers": len(made.model.layers),
        "kind": "keras",
    }


def _of_version(version: str) -> list[str]:
    if version.split(".")[0] in ("3", ""):
        return []
    return [f"It was written by Keras {version} and is translated to Keras 3."]


def main(source: str, out: str, orders: str) -> None:
    """Write `answer.json`, whatever happens; `orders`: JSON of what `convert` takes."""
    limit_self(2 * MOST_SECONDS)
    asked = json.loads(orders)
    try:
        others = {
            name: Path(asked[name]) for name in ("architecture", "patches") if asked.get(name)
        }
        px = int(asked.get("px", USUAL.patch_px))
        answer = convert(Path(source), Path(out), from_record(asked["reading"]), px=px, **others)
    except Refusal as refused:
        answer = {"sentence": str(refused)}
    Path(out, "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
