"""A network file that others may have made is tried in a child before this process loads it.

An ONNX file is a program: it can ask for more memory than there is, compute without end, or name
files beside it. The child (`idc_core.score.network_child`) loads and runs it within limits; a file
that it survives is loaded here. Each content is tried once a process; what we exported
ourselves need not be.
"""

import hashlib
import json
import tempfile
import threading
from pathlib import Path

from idc_core.io import confined
from idc_core.io.refusal import Refusal

MOST_BYTES = 500_000_000
MOST_MEMORY = 6 * 1024**3
MOST_SECONDS = 60

DOMAINS = {"", "ai.onnx"}
ENDLESS = {"Loop", "Scan"}
"""Operators that may run longer on other pixels than on those they were tried on."""

_TRIED: dict[str, str] = {}
_LOCK = threading.Lock()


def known_safe(content: bytes) -> None:
    """Say that this process made a network itself."""
    _TRIED[hashlib.sha256(content).hexdigest()] = ""


def refuse_dangerous(content: bytes, path: Path) -> None:
    """Raise `Refusal` where the network of `path` asks for what no patch classifier needs.

    Whether it is one, and answers with scores, is for the caller to find out.
    """
    mark = hashlib.sha256(content).hexdigest()
    with _LOCK:
        if mark not in _TRIED:
            _TRIED[mark] = _tried(content)
    if why := _TRIED[mark]:
        raise Refusal(
            f"expected a patch classifier in {path}: {why}. It was tried in a process with limits "
            "and is not loaded. Put back the file the run came with."
        )


def _tried(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        return f"it has {len(content):,} bytes, more than {MOST_BYTES:,}"
    with tempfile.TemporaryDirectory(prefix="idc_network_") as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(content)
        ended = confined.run("idc_core.score.network_child", [], folder, MOST_SECONDS)
        answer = folder / "answer.json"
        if answer.is_file():
            return str(json.loads(answer.read_text(encoding="utf-8"))["why"])
    if ended is None:
        return f"it did not answer within {MOST_SECONDS} seconds"
    most = MOST_MEMORY // 1024**3
    return f"trying it ended without an answer, as where more than {most} GiB are asked for"


def why_not(content: bytes) -> str:
    """What a network file asks for that no patch classifier needs; "" where nothing.

    Damaged bytes are for the caller to refuse.
    """
    import onnx

    try:
        model = onnx.load_model_from_string(content)
    except Exception:  # onnx raises whatever the damaged bytes hit
        return ""
    graph = model.graph
    if any(each.data_location == onnx.TensorProto.EXTERNAL for each in _tensors(model)):
        return "its weights lie in separate files"
    if model.functions:
        return "it brings operators of its own"
    nodes = list(graph.node)
    for node in nodes:
        nodes += [
            inner
            for each in node.attribute
            for part in (each.g, *each.graphs)
            for inner in part.node
        ]
        if node.domain not in DOMAINS:
            return f"it needs operators of {node.domain[:60]!r}"
        if node.op_type in ENDLESS:
            return f"it holds a {node.op_type}, which may run without end"
    return ""


def _tensors(model: "onnx.ModelProto") -> "list[onnx.TensorProto]":  # type: ignore[name-defined]  # noqa: F821
    found, graphs = [], [model.graph]
    for graph in graphs:
        found += [*graph.initializer, *(each.values for each in graph.sparse_initializer)]
        for node in graph.node:
            for each in node.attribute:
                found += [each.t, *each.tensors]
                graphs += [each.g, *each.graphs]
    return found
