"""A world so small that every figure of its pages can be reckoned by hand.

A letter is a patch: a capital has IDC by label, a small letter has none; the letter says the score.

    A a 0.1    B b 0.3    C c 0.6    D d 0.9

Test, 3 patients, 40 patches, 15 with IDC (A 1, B 3, C 4, D 7), 25 without (a 12, b 8, c 3, d 2):

    threshold     TP  FN  FP  TN    sensitivity     specificity
    0.2           14   1  13  12    14/15 = 0.933   12/25 = 0.48
    0.5           11   4   5  20    11/15 = 0.733   20/25 = 0.80
    0.75           7   8   2  23     7/15 = 0.467   23/25 = 0.92

    at 0.5        TP  FN  FP  TN    patches   lesions (found)
    10253          5   3   2  10    20        6 patches (found), 2 patches (missed)
    10254          4   1   2   5    12        4 patches (found), 1 patch (missed)
    08863          2   0   1   5     8        1 patch (found), 1 patch (found)

Validation, 2 patients, 15 patches, 6 with IDC (B 1, C 2, D 3), 9 without (a 6, b 2, c 1). A letter
holds all scores of its kind, so a rule can only choose one of three thresholds there:

    threshold     TP  FN  FP  TN    sensitivity   specificity   Youden's J
    0.3            6   0   3   6    1.00          0.67          0.67
    0.6            5   1   1   8    0.83          0.89          0.72
    0.9            3   3   0   9    0.50          1.00          0.50

The darker a patch, the higher its letter's score: `write_network` has four channels that pass on
single colours, so that a referee of a few lines (`tests/dashboard/exact/network.py`) answers as it
does. Its own scores come near those of the letters; the table of predictions holds the letters'.
"""

import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from onnx import TensorProto, helper, numpy_helper

from idc_core.data.prepare import prepare
from idc_core.data.split.splits import GivenSplit
from idc_core.data.stores.store import PatchStore, open_store
from idc_core.io.files import read_json, write_json
from tests import small_world

PATIENTS = {
    "10253": ("test", ("DDabc", "DCbab", "CBabd", "abaAB")),
    "10254": ("test", ("DDac", "DCac", "abaB")),
    "08863": ("test", ("Dabd", "abaC")),
    "9036": ("validation", ("DCa", "baa", "Bac")),
    "9037": ("validation", ("DDa", "Cab")),
    "9041": ("train", ("DCab", "Baaa")),
    "9043": ("train", ("Cba",)),
}
SCORES = {"a": 0.1, "b": 0.3, "c": 0.6, "d": 0.9}
RUN = small_world.RUN
OTHER = "other"


SHADES = {"a": (200, 150, 190), "b": (178, 128, 168), "c": (159, 109, 149), "d": (130, 80, 120)}
"""Mean red, green and blue of a letter's patch."""

KERNELS = np.zeros((4, 3, 3, 3))
KERNELS[(0, 1, 2, 2, 3), (0, 1, 2, 0, 0), 1, 1] = (1, 1, 1, -1, -1)
"""Of `conv`, (channels, colours, h, w): red, green, blue less red, and less than nothing: 0."""

DEEP = np.zeros((4, 3, 3))
DEEP[:, 1, 1] = (1, 0, 1, 1)
DEEP[1, 1, (0, 2)] = 0.5
"""Of `sep`, a kernel a channel: all pass on the middle, green the mean of its two sides."""

MIX = np.array([[0.01, 0, 0, 0], [0, 0.01, 0, 0], [-0.01, 0, 0.05, 0]])
BIAS = np.array([0, 0, 1.5])
HEAD = np.array([14.4, -20.8, 0.2])
"""From a hundredth of red, a hundredth of green and the rest to the logit."""


def make_world(root: Path, um_per_px: float | None = None) -> Path:
    """`root/data/tiny` and `root/models/small`: 7 patients, 66 patches, a finished run.

    `um_per_px`: what the run records of its patches; a patch is 50 pixels wide.
    """
    store = _store(root)
    run = root / "models" / RUN
    write_network(run / "model.onnx")
    small_world.write_run(run, store, _predictions(store.index))
    if um_per_px is not None:
        info = read_json(run / "run.json")
        write_json(run / "run.json", info | {"pixel_size_um": um_per_px})
    return root


def places() -> list[tuple[str, int, int, str]]:
    """Patient, corner in pixels and letter of every patch."""
    return [
        (patient, 1001 + 50 * column, 501 + 50 * row, letter)
        for patient, (_, rows) in PATIENTS.items()
        for row, letters in enumerate(rows)
        for column, letter in enumerate(letters)
    ]


def _store(root: Path) -> PatchStore:
    rng = np.random.default_rng(11)
    source = root / "source"
    for patient, x, y, letter in places():
        label = int(letter.isupper())
        shade = SHADES[letter.lower()]
        pixels = np.clip(rng.normal(shade, 9, (50, 50, 3)), 0, 255).astype(np.uint8)
        file = source / patient / str(label)
        file.mkdir(parents=True, exist_ok=True)
        name = f"{patient}_idx5_x{x}_y{y}_class{label}.png"
        assert cv2.imwrite(str(file / name), pixels[..., ::-1])
    split = GivenSplit({patient: split for patient, (split, _) in PATIENTS.items()}, "by hand")
    return prepare(source, root / "data" / "tiny", name="tiny", split=split, threads=1)


def write_other(root: Path) -> None:
    """A second run, `other`: it scores every B and each b of 08863 with 0.6.

    At 0.5 on test it finds 3 more and raises 2 false alarms more: TP 14, FN 1, FP 7, TN 18.
    """
    run = root / "models" / OTHER
    write_network(run / "model.onnx")
    store = open_store(root / "data" / "tiny")
    rows = _predictions(store.index)
    raised = np.isclose(rows["score"], SCORES["b"])
    raised &= (rows["label"] == 1) | (rows["patient"] == "08863")
    rows.loc[raised, "score"] = np.float32(SCORES["c"])
    small_world.write_run(run, store, rows)


def _predictions(index: pd.DataFrame) -> pd.DataFrame:
    scores = {(patient, x, y): SCORES[letter.lower()] for patient, x, y, letter in places()}
    table = index[["patient", "x", "y", "label", "split", "file"]].copy()
    keys = zip(table["patient"], table["x"], table["y"], strict=True)
    table["score"] = np.array([scores[key] for key in keys], np.float32)
    return table


def write_network(path: Path) -> None:
    """`conv` (24, 24, 4), the separable convolution `sep` (22, 22, 3), `relu`, `pooled` (3,) and
    `logit`, with the list of layers that an export carries."""
    weights = {
        "kernels": KERNELS,
        "deep": DEEP[:, None],
        "mix": MIX[:, :, None, None],
        "bias": BIAS,
        "head": HEAD[:, None],
    }
    held = [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()]
    held.append(numpy_helper.from_array(np.array([-1], np.int64), "flat"))
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "kernels"], ["raw"], strides=[2, 2]),
        helper.make_node("Relu", ["raw"], ["bent"]),
        helper.make_node("Transpose", ["bent"], ["conv"], perm=[0, 2, 3, 1]),
        helper.make_node("Conv", ["bent", "deep"], ["filtered"], group=4),
        helper.make_node("Conv", ["filtered", "mix", "bias"], ["mixed"], kernel_shape=[1, 1]),
        helper.make_node("Transpose", ["mixed"], ["sep"], perm=[0, 2, 3, 1]),
        helper.make_node("Relu", ["mixed"], ["cut"]),
        helper.make_node("Transpose", ["cut"], ["relu"], perm=[0, 2, 3, 1]),
        helper.make_node("ReduceMean", ["cut"], ["pooled"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["pooled", "head"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["chance"]),
        helper.make_node("Reshape", ["chance", "flat"], ["score"]),
    ]
    shapes = {
        "conv": ("Conv2D", [24, 24, 4], 108),
        "sep": ("SeparableConv2D", [22, 22, 3], 51),
        "relu": ("ReLU", [22, 22, 3], 0),
        "pooled": ("GlobalAveragePooling2D", [3], 0),
        "logit": ("Dense", [1], 3),
    }
    info, real = helper.make_tensor_value_info, TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "by_hand",
        [info("pixels", real, ["n", 50, 50, 3])],
        [
            info("score", real, ["n"]),
            *(info(name, real, ["n", *shape]) for name, (_, shape, _) in shapes.items()),
        ],
        held,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key = "layers"
    entry.value = json.dumps(
        [
            {"name": name, "kind": kind, "shape": shape, "parameters": parameters}
            for name, (kind, shape, parameters) in shapes.items()
        ]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
