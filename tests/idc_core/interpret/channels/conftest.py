"""A network drawn by hand, every channel of which does something that can be said in advance."""

import json
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper

from idc_core.data.stores.store import PatchStore, open_store
from idc_core.io.files import write_json, write_parquet, write_with
from idc_core.records.raster import USUAL
from idc_core.records.run_info import Origin
from idc_core.runs.run import Run, open_run
from idc_core.score.save_as_run import _store
from idc_core.score.scoring import Scorer

CHANNELS = {"dark": 0, "dead": 1, "twin": 2, "stain": 3, "always": 4}


def _constant(name, values):
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def network() -> bytes:
    """Patch → 1×1 mix of five channels (NCHW inside) → ReLU → mean → logit.

    `dark` is high where a patch is dark and alone decides; `dead` is always nought; `twin` is twice
    `dark`; `stain` answers to green alone, which one patient has; `always` never is nought.
    """
    mix = np.zeros((5, 3, 1, 1), np.float32)
    mix[0], mix[2] = -1 / 3, -2 / 3
    mix[3, :, 0, 0] = [-0.5, 1, -0.5]
    bias = np.float32([255, -1, 510, 0, 7])
    weigh = np.float32([[0.1], [0], [0], [0], [0.001]])
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["turned"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["turned", "mix", "bias"], ["inner"], kernel_shape=[1, 1]),
        helper.make_node("Relu", ["inner"], ["cut"]),
        helper.make_node("Transpose", ["inner"], ["conv"], perm=[0, 2, 3, 1]),
        helper.make_node("Transpose", ["cut"], ["conv_relu"], perm=[0, 2, 3, 1]),
        helper.make_node("ReduceMean", ["cut"], ["average"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["average", "weigh"], ["product"]),
        helper.make_node("Add", ["product", "offset"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["column"]),
        helper.make_node("Reshape", ["column", "flat"], ["score"]),
    ]
    shapes = {"conv": [50, 50, 5], "conv_relu": [50, 50, 5], "average": [5], "logit": [1]}
    kinds = {
        "conv": "Conv2D",
        "conv_relu": "ReLU",
        "average": "GlobalAveragePooling2D",
        "logit": "Dense",
    }
    outputs = [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"])] + [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        for name, shape in shapes.items()
    ]
    graph = helper.make_graph(
        nodes,
        "drawn",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])],
        outputs,
        [
            _constant("mix", mix),
            _constant("bias", bias),
            _constant("weigh", weigh),
            _constant("offset", [-10]),
            numpy_helper.from_array(np.array([-1]), "flat"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    layers = [{"name": n, "kind": kinds[n], "shape": shapes[n], "parameters": 0} for n in shapes]
    helper.set_model_props(model, {"layers": json.dumps(layers)})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


@pytest.fixture
def scorer(tmp_path: Path) -> Scorer:
    """The network above."""
    file = tmp_path / "models" / "drawn" / "model.onnx"
    write_with(file, lambda target: target.write(network()))
    return Scorer(file)


@pytest.fixture
def store(tmp_path: Path) -> PatchStore:
    """96 patches of 6 patients, dark ones IDC; only patient 105 has green in it."""
    rng = np.random.default_rng(0)
    rows, patches = [], []
    for number in range(96):
        patient, label = f"10{number % 6}", int(number // 6 % 2)
        level = rng.integers(60, 140) if label else rng.integers(150, 230)
        pixels = np.clip(rng.normal(level, 5, (50, 50, 1)), 0, 250).repeat(3, axis=2)
        if patient == "105":
            pixels[..., 1] += 5
        rows.append((patient, 1 + 50 * (number // 6), 1, label))
        patches.append(pixels.astype(np.uint8))
    table = pd.DataFrame(rows, columns=["patient", "x", "y", "label"])
    (tmp_path / "data" / "drawn").mkdir(parents=True)
    made = _store(tmp_path / "data" / "drawn", "drawn", table, np.stack(patches), Origin(), USUAL)
    index = made.index.assign(split=np.where(made.index["patient"] < "103", "validation", "test"))
    write_parquet(made.path / "index.parquet", index)
    return open_store(made.path)


@pytest.fixture
def run(scorer: Scorer, store: PatchStore) -> Run:
    """A run with the network and the data above."""
    info = {"status": "finished", "data": {"name": "drawn", "fingerprint": store.fingerprint}}
    write_json(scorer.path.parent / "run.json", info)
    return open_run(scorer.path.parent)
