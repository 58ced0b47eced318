"""Somebody else's ONNX network made ours: `python -m idc_core.score.foreign.onnx_child`.

Run by `idc_core.score.import_model` within limits; the answer is one JSON object in `answer.json`
of the folder given, as that of `idc_core.nn.foreign`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from idc_core.io.confined import limit_self
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.score.foreign import agreement
from idc_core.score.foreign.onnx_file import CONTRACT, Layout, Opened, ending, opened
from idc_core.score.foreign.onnx_graph import front_alone, whole, with_free_batch
from idc_core.score.foreign.probe import pictures
from idc_core.score.foreign.reading import Reading, from_record
from idc_core.score.network_probe import known_safe
from idc_core.score.scoring import Scorer, session_of

MOST_SECONDS = 600

_FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE)

Numbers = npt.NDArray[np.float32]


def convert(
    source: Path, out: Path, reading: Reading, patches: Path | None, px: int = USUAL.patch_px
) -> dict[str, Any]:
    """Read, check and write `model.onnx`, for patches of `px` a side, into `out`; what was found.
    Raises `Refusal`."""
    found = opened(source, reading.output, px)
    tried = pictures(px)
    if patches is not None:
        tried = np.concatenate([tried, np.load(patches, allow_pickle=False)])
    asked = _Asked(found, reading, tried)
    agreement.refuse_no_numbers(asked.declared)
    units = asked.declared.shape[1]
    end = ending(found, units, reading.answers)
    if end.kind == "probabilities":
        agreement.refuse_no_probabilities(asked.declared)
    content = whole(asked.found, asked.layout, reading, end, units, asked.one_by_one, px)
    known_safe(content)  # in this process, which has limits
    (out / "model.onnx").write_bytes(content)
    scorer = Scorer(out / "model.onnx")
    scores, logits = scorer.score(tried), scorer.logits(tried).astype(np.float64)
    said = agreement.declared(
        asked.declared, end.kind, reading.idc_class, agreement.OF_ONNX_RUNTIME
    )
    off = agreement.refuse_disagreement(said, scores, logits, half=found.number is np.float16)
    notes = agreement.notes(said, logits, asked.declared, end.kind, reading.answers == "auto")
    weights = [each for each in found.model.graph.initializer if each.data_type in _FLOATS]
    return {
        "said": [*_said(asked.layout, reading, end.kind, units, px), *notes],
        "parameters": sum(int(np.prod(each.dims)) for each in weights),
        "onnx_max_difference": off,
        "declared_max_difference": off,
        "network": str(found.model.graph.name or source.stem)[:60],
        "layers": len(found.model.graph.node),
        "kind": "onnx",
    }


def _said(layout: Layout, reading: Reading, kind: str, units: int, px: int) -> list[str]:
    said = []
    if layout.side != px:
        said.append(
            f"Patches are resized to {layout.side}×{layout.side} px, as the network expects."
        )
    if words := reading.words():
        said.append(words)
    if kind in ("sigmoid", "softmax"):
        said.append(f"The logit is read before the last {kind}, so that it is exact.")
    if kind == "probabilities":
        said.append(
            "Its answers are probabilities that no single logit is behind: one is computed."
        )
    if units == 2:
        said.append(f"Of two classes number {reading.idc_class} is taken for the positive one.")
    elif reading.idc_class == 0:
        said.append("Its one answer is taken for that of the negative class, and turned round.")
    said.append(
        "It came as ONNX: scores and maps of occlusion are shown; its layers and gradients are not."
    )
    return said


class _Asked:
    """The network asked as it came: its layout, whether it takes many patches at once, and what it
    answers to the pictures, (n, 1) or (n, 2)."""

    def __init__(self, found: Opened, reading: Reading, tried: npt.NDArray[np.uint8]) -> None:
        self.found, self.one_by_one = found, False
        works: list[tuple[Layout, Numbers]] = []
        why = ""
        for layout in found.layouts:
            try:
                works.append((layout, self._answers(layout, reading, tried)))
            except Refusal:
                raise
            except Exception as broken:  # ONNX Runtime has no common base class
                why = (str(broken).splitlines() or [type(broken).__name__])[0][:160]
        if not works:
            raise Refusal(f"expected {CONTRACT}: it fails when it is run ({why}).")
        if len(works) > 1:
            raise Refusal(
                f"expected {CONTRACT}: this one runs with channels first and with channels last, "
                "and does not say which. Export it anew with a fixed number of channels."
            )
        self.layout, self.declared = works[0]

    def _answers(self, layout: Layout, reading: Reading, tried: npt.NDArray[np.uint8]) -> Numbers:
        front = session_of(front_alone(reading, layout, self.found, tried.shape[1]))
        prepared = front.run(None, {"pixels": tried.astype(np.float32)})[0]
        model = self.found.model
        alone = np.concatenate([self._run(model, prepared[[at]]) for at in range(len(prepared))])
        free = with_free_batch(model)
        try:
            together = self._run(free, prepared[:5])
            same = together.shape == alone[:5].shape and np.allclose(
                together, alone[:5], rtol=1e-3, atol=1e-4 * max(float(np.abs(alone).max()), 1e-6)
            )
        except Refusal:
            same = False
        except Exception:  # a graph that was made for one picture
            same = False
        self.one_by_one = not same
        if same:
            self.found = Opened(
                free, self.found.taken, self.found.kind, self.found.layouts, self.found.answer
            )
        return alone

    def _run(self, model: onnx.ModelProto, prepared: Numbers) -> Numbers:
        session = self._session(model)
        answer = np.asarray(
            session.run([self.found.answer], {self.found.taken: prepared})[0], np.float32
        )
        if answer.size not in (len(prepared), 2 * len(prepared)):
            raise Refusal(
                f"expected {CONTRACT}: this one answers {len(prepared)} with {answer.shape}."
            )
        return answer.reshape(len(prepared), -1)

    def _session(self, model: onnx.ModelProto) -> Any:
        key = id(model)
        sessions: dict[int, Any] = self.__dict__.setdefault("_sessions", {})
        if key not in sessions:
            sessions[key] = session_of(model.SerializeToString())
        return sessions[key]


def main(source: str, out: str, orders: str) -> None:
    """Write `answer.json`, whatever happens; `orders`: JSON with the reading and the patches."""
    limit_self(2 * MOST_SECONDS)
    asked = json.loads(orders)
    patches = Path(asked["patches"]) if asked.get("patches") else None
    px = asked.get("px", USUAL.patch_px)
    try:
        reading = from_record(asked["reading"])
        answer = convert(Path(source), Path(out), reading, patches, px)
    except Refusal as refused:
        answer = {"sentence": str(refused)}
    Path(out, "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
