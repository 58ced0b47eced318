"""A run whose network is drawn by hand, so that live pages are tested without training one."""

import json
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper

from idc_core.data.patches import PatchName
from idc_core.data.stores.store import INDEX_COLUMNS
from idc_core.io.files import write_json, write_parquet, write_with
from idc_core.records.raster import USUAL
from idc_core.runs.run import PREDICTION_COLUMNS


@pytest.fixture
def live_run(tmp_path, monkeypatch) -> Path:
    """Run "live" on store "drawn": 24 test patches of two patients, the later the darker.

    Patches 0, 2, 4 … are labelled no IDC, 1, 3, 5 … IDC; the operating point is 0.5.
    """
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    run, store = tmp_path / "models" / "live", tmp_path / "data" / "drawn"
    index = _index()
    grey = 250 - 10 * np.arange(len(index))
    patches = np.broadcast_to(
        grey[:, None, None, None].astype(np.uint8), (len(index), USUAL.patch_px, USUAL.patch_px, 3)
    )
    write_parquet(store / "index.parquet", index[list(INDEX_COLUMNS)])
    write_with(store / "patches.npy", lambda file: np.save(file, patches))
    manifest = {"name": "drawn", "fingerprint": "f", "whole_patients": [], "counts": {}}
    write_json(store / "manifest.json", manifest)
    write_with(run / "model.onnx", lambda file: file.write(_network()))
    score = 1 / (1 + np.exp(-(127.5 - grey) / 25))
    predictions = index.assign(score=score.astype(np.float32))
    write_parquet(run / "predictions.parquet", predictions[list(PREDICTION_COLUMNS)])
    point = {"name": "first", "rule": "youden", "threshold": 0.5, "split": "validation"}
    (run / "operating_points.jsonl").write_text(json.dumps(point) + "\n", encoding="utf-8")
    info = {"status": "finished", "data": {"name": "drawn", "fingerprint": "f"}}
    write_json(run / "run.json", info)
    return run


def _index() -> pd.DataFrame:
    names = [
        PatchName(f"0{8000 + row // 12}", 1 + 50 * (row % 12), 1, row % 2) for row in range(24)
    ]
    return pd.DataFrame(
        {
            "patient": [name.patient for name in names],
            "x": np.array([name.x for name in names], np.int32),
            "y": np.array([name.y for name in names], np.int32),
            "label": np.array([name.label for name in names], np.int8),
            "width": np.int16(USUAL.patch_px),
            "height": np.int16(USUAL.patch_px),
            "file": [str(name) for name in names],
            "digest": [f"{row:064x}" for row in range(24)],
            "split": "test",
        }
    )


def _network() -> bytes:
    """Four channels, then their mean, then a logit: the darker a patch, the higher its score."""

    def constant(name, values):
        return numpy_helper.from_array(np.asarray(values, np.float32), name)

    mix = constant("mix", np.tile([[1.0, -1.0, 0.5, 0.0]], (3, 1)))
    weigh = constant("weigh", [[-1 / 75], [0], [0], [0]])
    nodes = [
        helper.make_node("MatMul", ["pixels", "mix"], ["conv"]),
        helper.make_node("Relu", ["conv"], ["conv_relu"]),
        helper.make_node("ReduceMean", ["conv_relu"], ["average"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["average", "weigh"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["column"]),
        helper.make_node("Reshape", ["column", "flat"], ["score"]),
    ]
    shapes = {
        "conv": [50, 50, 4],
        "conv_relu": [50, 50, 4],
        "average": [4],
        "logit": [1],
    }
    kinds = {"conv": "Conv2D", "conv_relu": "ReLU", "average": "Average", "logit": "Dense"}
    outputs = [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"])] + [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        for name, shape in shapes.items()
    ]
    graph = helper.make_graph(
        nodes,
        "drawn",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])],
        outputs,
        [mix, weigh, constant("bias", [5.1]), numpy_helper.from_array(np.array([-1]), "flat")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    layers = [
        {"name": name, "kind": kinds[name], "shape": shape, "parameters": 0}
        for name, shape in shapes.items()
    ]
    helper.set_model_props(model, {"layers": json.dumps(layers)})
    onnx.checker.check_model(model)
    return model.SerializeToString()
