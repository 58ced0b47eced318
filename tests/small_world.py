"""A small world for the dashboard's tests: one store, one finished run, a network of one layer."""

import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from onnx import TensorProto, helper, numpy_helper

from idc_core.data.prepare import prepare
from idc_core.data.split.splits import GivenSplit
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io.files import append_json_line, write_json, write_parquet
from idc_core.runs.run import open_run

SPLIT_OF = {
    "10253": "test",
    "10254": "test",
    "08863": "test",
    "9036": "validation",
    "9037": "validation",
    "9041": "train",
    "9043": "train",
}
SAMPLED = "08863"
"""The one patient whose squares have no neighbours."""

RUN = "small"


def make_world(root: Path) -> Path:
    """`root/data/tiny` and `root/models/small`: 7 patients, 198 patches, a finished run."""
    store = _store(root)
    run = root / "models" / RUN
    write_network(run / "model.onnx")
    write_run(run, store, predictions(store.index))
    return root


def _store(root: Path) -> PatchStore:
    rng = np.random.default_rng(7)
    source = root / "source"
    for patient in SPLIT_OF:
        columns, rows, step = (6, 3, 3) if patient == SAMPLED else (6, 5, 1)
        for row in range(rows):
            for column in range(columns):
                label = int(column >= 3)
                x, y = 1001 + 50 * step * column, 501 + 50 * step * row
                shade = np.array([200, 150, 190]) - 70 * label
                pixels = np.clip(rng.normal(shade, 18, (50, 50, 3)), 0, 255).astype(np.uint8)
                file = source / patient / str(label)
                file.mkdir(parents=True, exist_ok=True)
                name = f"{patient}_idx5_x{x}_y{y}_class{label}.png"
                assert cv2.imwrite(str(file / name), pixels[..., ::-1])
    (source / "9041" / "0" / "broken_idx5_x1_y1_class0.png").write_bytes(b"not a picture")
    split = GivenSplit(SPLIT_OF, "by hand")
    return prepare(source, root / "data" / "tiny", name="tiny", split=split, threads=1)


def write_run(path: Path, store: PatchStore, rows: pd.DataFrame) -> None:
    """A finished run with these predictions; its network is there already."""
    write_json(
        path / "run.json",
        {
            "status": "finished",
            "network": "one_layer",
            "config": {"optimizer": "adamw", "learning_rate": 0.002, "batch_size": 32},
            "seed": 0,
            "data": {
                "name": "tiny",
                "fingerprint": store.fingerprint,
                "patches": store.index["split"].value_counts().to_dict(),
                "patients": {"train": 2, "validation": 2, "test": 3},
            },
            "versions": {"python": "3.11"},
            "commit": "0" * 40,
            "started": "2026-01-02T03:04:05Z",
            "wall_seconds": 61.0,
            "epochs": 6,
            "best_epoch": 4,
            "stop_reason": "validation did not improve for 2 epochs",
            "monitor": "val_auc",
            "onnx_max_difference": 1e-7,
            "trained_on": "the training split of “tiny”",
            "parameters": 32,
        },
    )
    write_parquet(path / "predictions.parquet", rows)
    history().to_csv(path / "history.csv", index=False)
    for epoch, kind in ((3, "learning_rate_drop"), (6, "early_stop"), (6, "restored")):
        append_json_line(path / "events.jsonl", {"epoch": epoch, "kind": kind, "at": "2026-01-02"})
    write_evaluation(open_run(path))


def predictions(index: pd.DataFrame) -> pd.DataFrame:
    """Scores that lean towards the label, with errors of both kinds in every patient."""
    rng = np.random.default_rng(3)
    score = np.clip(rng.normal(0.3 + 0.4 * index["label"], 0.2), 0.001, 0.999)
    table = index[["patient", "x", "y", "label", "split", "file"]].copy()
    table["score"] = score.astype(np.float32)
    return table


def history(epochs: int = 6) -> pd.DataFrame:
    """Six epochs; validation AUC is best in the fourth."""
    epoch = np.arange(1, epochs + 1)
    best = -np.abs(epoch - 4) * 0.01
    return pd.DataFrame(
        {
            "epoch": epoch,
            "learning_rate": np.where(epoch < 4, 0.002, 0.001),
            "seconds": 10.0,
            "loss": 0.7 - 0.05 * epoch,
            "accuracy": 0.6 + 0.03 * epoch,
            "auc": 0.7 + 0.03 * epoch,
            "val_loss": 0.72 - 0.04 * epoch,
            "val_accuracy": 0.6 + 0.02 * epoch,
            "val_auc": 0.9 + best,
        }
    )


def write_network(path: Path) -> None:
    """Outputs `score` (n,), `conv` (n, 24, 24, 4), `pooled` (n, 4) and `logit` (n, 1), with the
    list of layers an export carries."""
    rng = np.random.default_rng(1)
    weights = {
        "kernel": rng.normal(0, 0.002, (4, 3, 3, 3)),
        "head": rng.normal(0, 0.5, (4, 1)),
    }
    held = [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()]
    held.append(numpy_helper.from_array(np.array([-1], np.int64), "flat"))
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "kernel"], ["raw"], strides=[2, 2]),
        helper.make_node("Relu", ["raw"], ["bent"]),
        helper.make_node("Transpose", ["bent"], ["conv"], perm=[0, 2, 3, 1]),
        helper.make_node("ReduceMean", ["conv"], ["pooled"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["pooled", "head"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["chance"]),
        helper.make_node("Reshape", ["chance", "flat"], ["score"]),
    ]
    info, real = helper.make_tensor_value_info, TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "one_layer",
        [info("pixels", real, ["n", 50, 50, 3])],
        [
            info("score", real, ["n"]),
            info("conv", real, ["n", 24, 24, 4]),
            info("pooled", real, ["n", 4]),
            info("logit", real, ["n", 1]),
        ],
        held,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key = "layers"
    entry.value = json.dumps(
        [
            {"name": "conv", "kind": "Conv2D", "shape": [24, 24, 4], "parameters": 108},
            {"name": "pooled", "kind": "Average", "shape": [4], "parameters": 0},
            {"name": "logit", "kind": "Dense", "shape": [1], "parameters": 4},
        ]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
