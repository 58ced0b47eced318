"""Scores and activations by ONNX Runtime; neither Keras nor TensorFlow is imported.

Input everywhere: uint8 patches, (n, side, side, 3), RGB, as the patch store holds them; the side is
that of the network's input (`Scorer.side`).
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from idc_core.data.stores.pixels import PatchRows
from idc_core.io.refusal import Refusal
from idc_core.metrics.sigmoid import sigmoid
from idc_core.records.raster import USUAL
from idc_core.score.network_probe import refuse_dangerous

BATCH = 16
"""Patches a call; measured best on CPUs, where larger batches leave the cache."""

GPU_PROVIDER = "CUDAExecutionProvider"
"""ONNX Runtime's name for an NVIDIA GPU; its package onnxruntime-gpu knows it."""

_SHAPES = ("Reshape", "Squeeze", "Flatten", "Identity")
"""Operations that leave every number as it is."""

Activations = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as the exported file describes it; `shape` without the batch."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class ScoreSource:
    """The tensor that a score is read from: the logit, or the score where the graph has none."""

    name: str
    is_logit: bool

    def scores(self, answer: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """What the tensor holds as probabilities: a logit's sigmoid in double precision."""
        return sigmoid(answer.reshape(-1)) if self.is_logit else answer.astype(np.float64)


class Scorer:
    """An exported network, ready to score. Sessions are made when first asked for."""

    def __init__(self, path: Path, *, threads: int = 0, gpu: bool = False) -> None:
        """Open `path`; raises `Refusal` if it is missing or not such a network.

        `threads` of a CPU, 0 for as many as there are cores: with one, every run of the same kind
        of processor gives the same scores to the byte. `gpu`: score there.
        """
        if not path.is_file():
            raise Refusal(
                f"expected a network in {path}: it is not there. A run of imported predictions has "
                "none; train one: python train_cli.py train --data NAME --run RUN."
            )
        self.path = path
        self._threads, self._gpu = threads, gpu
        self._content = path.read_bytes()
        self._parts: dict[tuple[str, ...], Any] = {}

    @cached_property
    def sha256(self) -> str:
        """Of the file as it was opened, which may have been exchanged since."""
        return hashlib.sha256(self._content).hexdigest()

    @cached_property
    def side(self) -> int:
        """Of the patches that it takes, in pixels."""
        refuse_dangerous(self._content, self.path)
        try:
            found = _side_of(self._content)
        except Exception as broken:  # onnx raises whatever the damaged bytes hit
            raise self._damaged(broken) from None
        return found

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers whose activations are in the file, from the patch to the logit."""
        try:
            found = json.loads(self._all.get_modelmeta().custom_metadata_map["layers"])
            return tuple(
                Layer(each["name"], each["kind"], tuple(each["shape"]), each["parameters"])
                for each in found
            )
        except (KeyError, TypeError, json.JSONDecodeError):
            raise Refusal(f"expected the list of layers in {self.path}: it is missing.") from None

    def score(
        self,
        patches: PatchRows,
        *,
        batch: int = BATCH,
        progress: Callable[[int, int], None] | None = None,
        seen: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Probability of IDC of each patch, shape (n,).

        The sigmoid is computed here, in double precision: a network's own is a float32, in which
        scores near 1 are the same number. `patches` may lie in a file: they are read a batch at a
        time. `seen` changes a batch, as float pixels, before the network sees it.
        Raises `Refusal` for another shape, or if the network answers with something that is
        not a probability.
        """
        self._refuse_others(patches)
        scores = np.empty(len(patches), dtype=np.float64)
        source = self._score_source
        for start in range(0, len(patches), batch):
            some = patches[start : start + batch].astype(np.float32)
            if seen is not None:
                some = seen(some)
            answer = self._run(self._score_only, [source.name], some)[0]
            shape = (answer.size,) if source.is_logit else answer.shape
            if shape != (len(some),):
                raise Refusal(
                    f"expected one score a patch of {self.path}: "
                    f"{len(some)} patches gave {answer.shape}."
                )
            scores[start : start + batch] = source.scores(answer)
            if progress is not None:
                progress(min(start + batch, len(patches)), len(patches))
        if not ((scores >= 0) & (scores <= 1)).all():
            bad = int(np.argmax(~((scores >= 0) & (scores <= 1))))
            raise Refusal(
                f"expected scores in [0, 1]: {self.path} gave {scores[bad]} for row {bad}."
            )
        return scores

    @property
    def embedding_layer(self) -> Layer:
        """The layer that the logit is computed from: what the network makes of a patch.

        Raises `Refusal` where no layer but the last gives one row of numbers a patch.
        """
        flat = [layer for layer in self.layers if len(layer.shape) == 1][:-1]
        if not flat:
            raise Refusal(f"expected a layer of single numbers before the logit of {self.path}.")
        return flat[-1]

    def embeddings(
        self,
        patches: PatchRows,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> npt.NDArray[np.float32]:
        """What `embedding_layer` answers to each patch, shape (n, units)."""
        return self.answers(self.embedding_layer, patches, progress=progress)

    def logits(self, patches: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """The logit of each patch, shape (n,): the score before the sigmoid.

        Unlike the score it still moves where the network is sure. Raises `Refusal` where the last
        layer does not answer with one number.
        """
        last = self.layers[-1]
        if last.shape != (1,):
            raise Refusal(f"expected one logit a patch of {self.path}: found {last.shape}.")
        return self.answers(last, patches)[:, 0]

    def answers(
        self,
        layer: Layer,
        patches: PatchRows,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> npt.NDArray[np.float32]:
        """What one layer answers to each patch, shape (n, *layer.shape)."""
        self._refuse_others(patches)
        session = self._up_to(layer.name)
        found = np.empty((len(patches), *layer.shape), np.float32)
        for start in range(0, len(patches), BATCH):
            some = patches[start : start + BATCH].astype(np.float32)
            found[start : start + BATCH] = self._run(session, [layer.name], some)[0]
            if progress is not None:
                progress(min(start + BATCH, len(patches)), len(patches))
        return found

    def activations(self, patch: npt.NDArray[np.uint8]) -> Activations:
        """What every layer answers to one patch (side, side, 3): (h, w, channels) or (units,)."""
        self._refuse_others(patch[None])
        names = [layer.name for layer in self.layers]
        found = self._run(self._all, names, patch[None].astype(np.float32))
        return {name: values[0] for name, values in zip(names, found, strict=True)}

    def tensors(
        self, names: Sequence[str], patch: npt.NDArray[np.uint8]
    ) -> dict[str, npt.NDArray[np.float32]]:
        """Values of the graph's own tensors for one patch (side, side, 3), each as it lies
        inside."""
        self._refuse_others(patch[None])
        session = self._up_to(*names)
        found = self._run(session, list(names), patch[None].astype(np.float32))
        return {name: values[0] for name, values in zip(names, found, strict=True)}

    def tensor(self, name: str, patches: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """One of the graph's own tensors for patches (n, side, side, 3)."""
        self._refuse_others(patches)
        found: npt.NDArray[np.float32] = self._run(
            self._up_to(name), [name], patches.astype(np.float32)
        )[0]
        return found

    @property
    def content(self) -> bytes:
        """The exported file's bytes."""
        return self._content

    def _up_to(self, *names: str) -> Any:
        """The session that ends at these tensors, made once."""
        if names not in self._parts:
            refuse_dangerous(self._content, self.path)
            self._parts[names] = self._session(graph_to(self._content, *names))
        return self._parts[names]

    @cached_property
    def _all(self) -> Any:
        return self._session(self._content)

    @cached_property
    def _score_source(self) -> "ScoreSource":
        refuse_dangerous(self._content, self.path)
        try:
            return score_source(self._content)
        except Exception as broken:  # onnx raises whatever the damaged bytes hit
            raise self._damaged(broken) from None

    @cached_property
    def _score_only(self) -> Any:
        refuse_dangerous(self._content, self.path)
        try:
            content = graph_to(self._content, self._score_source.name)
        except Exception as broken:  # onnx raises whatever the damaged bytes hit
            raise self._damaged(broken) from None
        return self._session(content)

    def _session(self, content: bytes) -> Any:
        refuse_dangerous(self._content, self.path)
        try:
            return session_of(content, threads=self._threads, gpu=self._gpu)
        except Exception as broken:  # ONNX Runtime has no common base class
            raise self._damaged(broken) from None

    def _damaged(self, broken: Exception) -> Refusal:
        return Refusal(
            f"expected an ONNX network in {self.path}: it cannot be read ({_first_line(broken)}). "
            "Put back the file the run came with, or train anew: "
            "python train_cli.py train --data NAME --run RUN."
        )

    def _refuse_others(self, patches: PatchRows) -> None:
        if patches.shape[1:] != (self.side, self.side, 3) or patches.dtype != np.uint8:
            raise Refusal(
                f"expected uint8 patches of shape (n, {self.side}, {self.side}, 3): "
                f"found {patches.dtype} {patches.shape}."
            )

    def _run(self, session: Any, outputs: list[str], pixels: npt.NDArray[np.float32]) -> Any:
        taken = session.get_inputs()[0]
        try:
            if taken.shape[0] == 1 and len(pixels) > 1:  # made for a single patch, as some came
                each = [session.run(outputs, {taken.name: one[None]}) for one in pixels]
                return [np.concatenate(parts) for parts in zip(*each, strict=True)]
            return session.run(outputs, {taken.name: pixels})
        except Exception as broken:
            raise Refusal(
                f"expected {self.path} to take patches of {self.side}×{self.side}×3 and to answer "
                f"with a score: it did not ({_first_line(broken)})."
            ) from None


def takes_gpu() -> bool:
    """Whether the ONNX Runtime that is installed can use an NVIDIA GPU, if there is one."""
    return GPU_PROVIDER in onnxruntime.get_available_providers()


def session_of(content: bytes, *, threads: int = 0, gpu: bool = False) -> Any:
    """An ONNX Runtime session as all of ours are set; raises whatever it makes of damaged bytes."""
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Threads that wait by spinning take the cores from all else: on a busy machine scoring is then
    # two to four times slower.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # TF32 keeps ten bits of a number: enough to learn, not to give a score twice.
    on_gpu = [(GPU_PROVIDER, {"use_tf32": "0"})] if gpu else []
    made = onnxruntime.InferenceSession(
        content, options, providers=[*on_gpu, "CPUExecutionProvider"]
    )
    if gpu and made.get_providers()[0] != GPU_PROVIDER:  # it goes on without a word
        raise RuntimeError("the GPU was asked for and did not answer")
    return made


def score_graph(content: bytes) -> bytes:
    """The part of an exported network that leads to its score."""
    return graph_to(content, "score")


def score_source(content: bytes) -> ScoreSource:
    """What leads to the score: the tensor before its sigmoid, if it ends in one.

    Raises whatever `onnx` makes of damaged bytes.
    """
    import onnx

    made = {
        name: node
        for node in onnx.load_model_from_string(content).graph.node
        for name in node.output
    }
    node = made.get("score")
    while node is not None and node.op_type in _SHAPES:
        node = made.get(node.input[0])
    if node is None or node.op_type != "Sigmoid":
        return ScoreSource("score", is_logit=False)
    return ScoreSource(node.input[0], is_logit=True)


def graph_to(content: bytes, *outputs: str) -> bytes:
    """The part of an exported network that leads to these tensors.

    Not one node more may stay: each whose answer goes nowhere keeps its neighbours from being
    fused, and scoring takes four times as long. Raises whatever `onnx` makes of damaged bytes.
    """
    import onnx.shape_inference
    import onnx.utils

    model = onnx.load_model_from_string(content)
    if not set(outputs) <= {output.name for output in model.graph.output}:
        model = onnx.shape_inference.infer_shapes(model)  # inner tensors need a shape to get out
    cut = onnx.utils.Extractor(model).extract_model([model.graph.input[0].name], list(outputs))
    found: bytes = cut.SerializeToString()
    return found


def _side_of(content: bytes) -> int:
    """The side that an exported network declares for its input; the usual one where it is free."""
    import onnx

    taken = onnx.load_model_from_string(content).graph.input[0].type.tensor_type.shape.dim
    return int(taken[1].dim_value) or USUAL.patch_px


def _first_line(broken: Exception) -> str:
    return (str(broken).splitlines() or [type(broken).__name__])[0][:120]
