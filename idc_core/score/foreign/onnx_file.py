"""An ONNX file of somebody else's opened: one image in, its answers out, and how it ends.

Run in a child with limits only (`idc_core.score.foreign.onnx_child`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.external_data_helper
import onnx.inliner
import onnx.version_converter

from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.score.network_probe import MOST_BYTES, why_not

OPSET = 17
OLDEST = 13
"""Opset from which the nodes that are put round a network mean what they do in `OPSET`."""

CONTRACT = (
    "an ONNX network that takes RGB patches, (n, 3, 50, 50) or (n, 50, 50, 3), or squares of "
    "another size, and answers with one logit or probability of the positive class, or with two "
    "classes"
)

PASSING = {"Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Dropout", "Cast"}
_WITH_WEIGHTS = {"Conv", "Gemm", "MatMul", "ConvTranspose", "BatchNormalization", "LSTM", "GRU"}
_NO_ENDING = {
    "Relu",
    "Tanh",
    "Softplus",
    "LeakyRelu",
    "Elu",
    "PRelu",
    "Selu",
    "Abs",
    "Exp",
}
_NUMBERS = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.FLOAT16: np.float16,
    onnx.TensorProto.DOUBLE: np.float64,
    onnx.TensorProto.UINT8: np.uint8,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a network takes its image: channels first or last, the side in pixels."""

    channels_first: bool
    side: int


@dataclass(frozen=True, slots=True)
class Ending:
    """`kind` as in `agreement.declared`; `tensor` holds its sums, or its probabilities."""

    kind: str
    tensor: str


@dataclass(frozen=True, slots=True)
class Opened:
    """`model` of an opset that is known; `layouts`: those that its shape allows."""

    model: onnx.ModelProto
    taken: str
    kind: int
    layouts: tuple[Layout, ...]
    answer: str

    @property
    def number(self) -> Any:
        """NumPy's type of the pixels it takes."""
        return _NUMBERS[self.kind]  # type: ignore[index]


def opened(source: Path, output: str | None, px: int = USUAL.patch_px) -> Opened:
    """Open a network; `output` names its answer of IDC where it has several.

    Raises `Refusal` naming what a patch classifier does not need, or the contract.
    """
    model = _whole(source)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    content = model.SerializeToString()
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"expected a network of at most {MOST_BYTES:,} bytes: {source.name} has "
            f"{len(content):,}."
        )
    if why := why_not(content):
        raise Refusal(f"expected a patch classifier in {source.name}: {why}, and is not taken.")
    model = _of_known_opset(model, source.name)
    fixed = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in fixed]
    if len(inputs) != 1:
        named = ", ".join(f"{each.name} {_shape(each)}" for each in inputs)
        raise Refusal(f"expected {CONTRACT}: this one takes {len(inputs)} inputs ({named}).")
    kind = inputs[0].type.tensor_type.elem_type
    if kind not in _NUMBERS:
        raise Refusal(f"expected {CONTRACT}: this one takes no pixels as numbers.")
    return Opened(model, inputs[0].name, kind, _layouts(inputs[0], px), _answer(model, output))


def _whole(source: Path) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(source.read_bytes())
    except Exception:  # onnx raises whatever the damaged bytes hit
        model = onnx.ModelProto()
    if not model.graph.node:
        raise Refusal(f"expected an ONNX network in {source.name}: it is none, or damaged.")
    for tensor in _external(model):
        _refuse_outside(source, tensor)
    try:
        onnx.external_data_helper.load_external_data_for_model(model, str(source.parent))
    except Exception as broken:  # shorter than it should be, or not to be read
        raise Refusal(
            f"expected the weights of {source.name} whole beside it: {str(broken)[:160]}."
        ) from None
    return model


def _external(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    for tensor in model.graph.initializer:
        if onnx.external_data_helper.uses_external_data(tensor):
            yield tensor


def _refuse_outside(source: Path, tensor: onnx.TensorProto) -> None:
    """Weights may lie in a plain file beside the network, and nowhere else."""
    place = onnx.external_data_helper.ExternalDataInfo(tensor).location
    beside = source.parent / place
    if not place or Path(place).name != place or beside.is_symlink():
        raise Refusal(
            f"expected the weights of {source.name} in it, or in a file beside it: it names "
            f"{place[:80]!r}, which is not read. Export it anew in one file."
        )
    if not beside.is_file():
        raise Refusal(
            f"expected the weights of {source.name} in {place[:80]} beside it: they are not there. "
            "Copy both files, or export it anew in one file."
        )
    if beside.stat().st_size > MOST_BYTES:
        raise Refusal(
            f"expected weights of at most {MOST_BYTES:,} bytes: {place} has "
            f"{beside.stat().st_size:,}."
        )


def _of_known_opset(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    versions = [each.version for each in model.opset_import if each.domain in ("", "ai.onnx")]
    if versions and versions[0] >= OLDEST:
        return model
    try:
        return onnx.version_converter.convert_version(model, OPSET)
    except Exception:  # the converter has no type of its own
        raise Refusal(
            f"expected ONNX of opset {OLDEST} or later: {name} is of opset "
            f"{versions[0] if versions else 'unknown'} and cannot be brought to it. Export it anew."
        ) from None


def sizes(value: onnx.ValueInfoProto) -> list[int | None]:
    """The shape that a graph declares; None for what is not fixed."""
    return [
        each.dim_value if each.HasField("dim_value") and each.dim_value > 0 else None
        for each in value.type.tensor_type.shape.dim
    ]


def _shape(value: onnx.ValueInfoProto) -> str:
    return "×".join("any" if each is None else str(each) for each in sizes(value))


def _layouts(value: onnx.ValueInfoProto, px: int) -> tuple[Layout, ...]:
    shape = sizes(value)
    found = []
    if len(shape) == 4:
        for first, spatial in ((True, shape[2:]), (False, shape[1:3])):
            channels = shape[1] if first else shape[3]
            side = spatial[0] or spatial[1] or px
            if channels in (3, None) and {*spatial} <= {side, None} and 8 <= side <= 1024:
                found.append((channels == 3, Layout(first, side)))
    sure = [layout for is_said, layout in found if is_said]
    if not found:
        raise Refusal(f"expected {CONTRACT}: this one takes {_shape(value)}.")
    return tuple(sure or [layout for _, layout in found])


def _answer(model: onnx.ModelProto, wanted: str | None) -> str:
    names = [each.name for each in model.graph.output]
    if wanted is None and len(names) == 1:
        return str(names[0])
    if wanted is None:
        named = ", ".join(f"{each.name} {_shape(each)}" for each in model.graph.output)
        raise Refusal(
            f"expected {CONTRACT}: this one has {len(names)} answers ({named}). Say which is "
            "the positive class's: --output NAME."
        )
    if wanted not in names:
        raise Refusal(f"expected --output as one of {', '.join(names)}: found {wanted!r}.")
    return wanted


def ending(found: Opened, units: int, wanted: str) -> Ending:
    """How the answer came about; as `idc_core.nn.ending` for Keras."""
    makers = {name: node for node in found.model.graph.node for name in node.output}
    name = _walked(found.answer, makers)
    node = makers.get(name)
    kind = node.op_type if node is not None else ""
    if node is not None and kind in ("Sigmoid", "Softmax"):
        if wanted == "logits":
            raise Refusal(
                f"expected logits as --answers says: the network ends in a {kind.lower()}. Leave "
                "it out."
            )
        if kind == "Softmax" and units == 1:
            raise Refusal(
                "expected a sigmoid over one answer, or a softmax over two: this network ends in "
                "a softmax over one, which is 1 for every picture."
            )
        return Ending(kind.lower(), _walked(node.input[0], makers))
    if kind in _NO_ENDING:
        raise Refusal(
            "expected a network that ends in a logit, a sigmoid or a softmax: this one ends in "
            f"“{kind}”."
        )
    if kind in ("ArgMax", "TopK", "Greater", "GreaterOrEqual", "Less", "Round"):
        raise Refusal(
            f"expected {CONTRACT}: this one answers with the class ({kind}), not with how sure it "
            "is. Export it without its last step."
        )
    if wanted == "probabilities" or kind == "HardSigmoid":
        return Ending("probabilities", found.answer)
    if wanted == "auto" and _from_probabilities(name, makers):
        return Ending("probabilities", found.answer)
    return Ending("logits", found.answer)


def _walked(name: str, makers: dict[str, onnx.NodeProto]) -> str:
    while (node := makers.get(name)) is not None and node.op_type in PASSING:
        name = node.input[0]
    return name


def _from_probabilities(name: str, makers: dict[str, onnx.NodeProto]) -> bool:
    """Whether nodes without weights make this of a sigmoid's or softmax's answers."""
    waiting, seen, found = [name], set(), False
    while waiting:
        each = waiting.pop()
        node = makers.get(each)
        if node is None or each in seen:
            continue
        seen.add(each)
        if node.op_type in ("Sigmoid", "Softmax", "HardSigmoid"):
            found = True
        elif node.op_type in _WITH_WEIGHTS:
            return False
        else:
            waiting.extend(node.input)
    return found
