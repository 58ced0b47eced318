"""A network file is a program: what it may ask for is found out in a child, not in the server."""

import resource
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from idc_core.io import confined
from idc_core.io.refusal import Refusal
from idc_core.score import network_probe
from idc_core.score.scoring import Scorer

PATCH = np.zeros((1, 50, 50, 3), np.uint8)


def network(path, *nodes, initializers=(), functions=(), domains=("",), **constants):
    """A network from `pixels` to `score` of these nodes; `constants`: one-number tensors."""
    info = helper.make_tensor_value_info
    held = [
        *initializers,
        *(
            helper.make_tensor(name, TensorProto.INT64, [len(each)], each)
            for name, each in constants.items()
        ),
    ]
    graph = helper.make_graph(
        list(nodes),
        "g",
        [info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])],
        [info("score", TensorProto.FLOAT, ["n"])],
        held,
    )
    opsets = [helper.make_opsetid(domain, 17 if not domain else 1) for domain in domains]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, functions=list(functions))
    path.write_bytes(model.SerializeToString())
    return path


MEAN = helper.make_node("ReduceMean", ["pixels"], ["score"], axes=[1, 2, 3], keepdims=0)


def test_a_network_that_asks_for_a_terabyte_is_refused_and_this_process_lives(tmp_path):
    shape = [2**38]
    fill = helper.make_node("ConstantOfShape", ["shape"], ["much"])
    total = helper.make_node("ReduceSum", ["much"], ["sum"], keepdims=0)
    add = helper.make_node("Add", ["mean", "sum"], ["score"])
    mean = helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal):
        Scorer(network(tmp_path / "model.onnx", fill, total, mean, add, shape=shape)).score(PATCH)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def test_a_network_that_computes_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(network_probe, "MOST_SECONDS", 0.05)
    file = network(tmp_path / "model.onnx", MEAN, domains=("",), unused=[17])
    with pytest.raises(Refusal, match=r"did not answer within 0\.05 seconds"):
        Scorer(file).score(PATCH)


def test_a_child_that_dies_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "run", lambda *given: -9)
    file = network(tmp_path / "model.onnx", MEAN, unused=[18])
    with pytest.raises(Refusal, match="ended without an answer"):
        Scorer(file).score(PATCH)


def test_weights_beside_the_file_are_refused(tmp_path):
    """Their place is a path of whoever wrote the file: `../../etc/shadow`."""
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../../etc/passwd"), ("length", "4")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    file = network(tmp_path / "model.onnx", MEAN, initializers=[tensor])
    with pytest.raises(Refusal, match="weights lie in separate files"):
        Scorer(file).score(PATCH)


@pytest.mark.parametrize("domain", ["com.microsoft", "evil.example"])
def test_operators_of_others_are_refused_by_name(tmp_path, domain):
    node = helper.make_node("Own", ["pixels"], ["score"], domain=domain)
    file = network(tmp_path / "model.onnx", node, domains=("", domain))
    with pytest.raises(Refusal, match=f"operators of '{domain}'"):
        Scorer(file).score(PATCH)


def test_a_loop_is_refused_wherever_it_hides(tmp_path):
    body = helper.make_graph(
        [helper.make_node("Identity", ["going"], ["goes"])],
        "b",
        [
            helper.make_tensor_value_info(name, kind, [])
            for name, kind in (("at", TensorProto.INT64), ("going", TensorProto.BOOL))
        ],
        [helper.make_tensor_value_info("goes", TensorProto.BOOL, [])],
    )
    loop = helper.make_node("Loop", ["", ""], [], body=body)
    branch = helper.make_graph([loop], "t", [], [])
    node = helper.make_node("If", ["yes"], [], then_branch=branch, else_branch=branch)
    assert "Loop" in network_probe.why_not(
        network(tmp_path / "model.onnx", node, MEAN).read_bytes()
    )


def test_our_own_networks_are_let_through_and_tried_once(world, monkeypatch):
    file = world / "models" / "small" / "model.onnx"
    monkeypatch.setattr(network_probe, "_TRIED", {})
    assert Scorer(file).score(PATCH).shape == (1,)
    monkeypatch.setattr(confined, "run", lambda *given: pytest.fail("it was tried again"))
    assert Scorer(file).score(PATCH).shape == (1,)


def test_a_child_has_limits_no_secrets_and_a_home_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "s3cret")
    code = (
        "import os, resource; from idc_core.io.confined import limit_self; limit_self(7, 2**32);"
        "print([resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU,"
        "resource.RLIMIT_CORE)], os.environ.get('SECRET_TOKEN'), os.environ['HOME'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=confined.surroundings(tmp_path),
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == f"{[2**32, 7, 0]} None {tmp_path}"


def test_every_shipped_network_is_let_through():
    from idc_core.io.paths import REPOSITORY

    for file in sorted((REPOSITORY / "models").glob("*/model.onnx")):
        assert network_probe.why_not(file.read_bytes()) == "", file
        assert onnx.load(file).graph.node
