"""Weights of PyTorch are read as arrays, and whatever else a file asks for is refused unrun."""

import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.io.torch_weights import read_torch_weights
from tests.torch_files import write_torch

WEIGHTS = {
    "conv.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2),
    "norm.bias": np.array([0.5, -1.5], np.float32),
    "norm.num_batches_tracked": np.array(7, np.int64),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "weights.pth"


def refused(file: Path) -> str:
    with pytest.raises(Refusal) as said:
        read_torch_weights(file)
    text = str(said.value)
    assert text.startswith(
        "expected weights as PyTorch saved them until version 1.6 in weights.pth"
    )
    assert text.endswith("Nothing in it was run; take the file that its package brings.")
    return text.split("weights.pth: ", 1)[1].split(". Nothing", 1)[0]


def test_every_array_comes_back_by_name_with_its_kind_and_shape(file: Path) -> None:
    write_torch(file, WEIGHTS)
    found = read_torch_weights(file)
    assert list(found) == list(WEIGHTS)
    for name, array in WEIGHTS.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(found[name], array)


def test_a_tensor_may_lie_in_another_order_than_its_numbers(file: Path) -> None:
    turned = WEIGHTS["conv.weight"].transpose(3, 2, 0, 1)
    write_torch(file, {"conv.weight": turned})
    assert np.array_equal(read_torch_weights(file)["conv.weight"], turned)
    assert b"_rebuild_tensor_v2" in file.read_bytes()


@pytest.mark.parametrize(
    ("called", "named"),
    [(os.system, "posix.system"), (eval, "__builtin__.eval"), (Path, "pathlib")],
)
def test_nothing_that_a_file_calls_is_run(
    file: Path, tmp_path: Path, called: Callable[..., Any], named: str
) -> None:
    trace = tmp_path / "trace"
    words = {os.system: f"touch {trace}", eval: f"open({str(trace)!r}, 'w')"}

    class Call:
        def __reduce__(self) -> Any:
            return called, (words.get(called, "there"),)

    write_torch(file, WEIGHTS, others={"more": Call()})
    assert refused(file).startswith(f"it asks for {named}")
    assert not trace.exists()


def test_a_call_in_the_first_pickle_is_refused_as_well(file: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    class Call:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {trace}",)

    file.write_bytes(pickle.dumps(Call(), protocol=2))
    assert refused(file).startswith("it asks for posix.system")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("opcodes", "why"),
    [
        # a text that only looks like what may be called
        (b"\x80\x02X\x17\x00\x00\x00collections OrderedDict)R.", "it calls what no array needs"),
        (b"\x80\x02ccollections\nOrderedDict\n]R.", "it calls what no array needs"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "it is damaged (ValueError)"),
        (b"\x80\x02(cos\nsystem\no.", "it asks for os.system, which no array needs"),
        (b"\x80\x02\x82\x01.", "it asks for EXT1, which no table of arrays needs"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "it asks for SHORT_BINUNICODE"),
        (b"\x80\x02\x85.", "it is damaged (IndexError)"),
        (b"\x80\x02h\x07.", "it is damaged (KeyError)"),
        (b"\x80\x02}K\x01K\x02s.", "a name in it is not text"),
        (b"\x80\x02" + b"N" * 200_001 + b".", "it is too long"),
        (b"\x80\x02N", "it is damaged (ValueError)"),
        (b"\xff\xd8\xff", "it is damaged (ValueError)"),
    ],
)
def test_a_pickle_may_say_nothing_but_a_table(file: Path, opcodes: bytes, why: str) -> None:
    file.write_bytes(opcodes)
    assert refused(file).startswith(why)


def test_a_file_of_a_later_version_is_named(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04 and so on")
    assert refused(file) == "it is a zip, as later versions write"


def test_another_pickle_is_none_of_these(file: Path) -> None:
    file.write_bytes(pickle.dumps(12, protocol=2) * 2)
    assert refused(file) == "it does not begin as these do"


def test_a_file_is_refused_wherever_it_was_cut(file: Path) -> None:
    write_torch(file, WEIGHTS)
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        assert refused(file)
    file.write_bytes(whole + b"\0")
    assert refused(file) == "there is more behind its numbers"


def test_numbers_of_another_size_than_said_are_refused(file: Path) -> None:
    write_torch(file, {"bias": np.zeros(3, np.float32)})
    whole = file.read_bytes()
    at = len(whole) - 20
    assert whole[at : at + 8] == struct.pack("<q", 3)
    file.write_bytes(whole[:at] + struct.pack("<q", 4) + whole[at + 8 :])
    assert refused(file) == "a storage has another size than its tensors say"


@pytest.mark.parametrize(
    ("start", "shape", "strides", "why"),
    [
        (0, (4,), (1,), "a tensor reaches beyond its numbers"),
        (2, (2,), (1,), "a tensor reaches beyond its numbers"),
        (0, (2,), (3,), "a tensor reaches beyond its numbers"),
        (0, (10**6,), (0,), "a tensor reaches beyond its numbers"),
        (0, (1,) * 9, (1,) * 9, "a tensor in it has no shape"),
        (0, (3,), (1, 1), "a tensor in it has no shape"),
        (0, (0,), (1,), "a tensor in it has no shape"),
        (-1, (3,), (1,), "a tensor in it is none"),
        (0, (3,), (-1,), "a tensor in it is none"),
        (0, (True,), (1,), "a tensor in it is none"),
    ],
)
def test_a_tensor_sees_its_own_numbers_only(
    file: Path, start: int, shape: tuple[int, ...], strides: tuple[int, ...], why: str
) -> None:
    write_torch(file, {"bias": np.zeros(3, np.float32)}, views={"bias": (start, shape, strides)})
    assert refused(file) == why


def test_a_table_holds_tensors_only_and_each_once(file: Path) -> None:
    write_torch(file, WEIGHTS, others={"more": 3})
    assert refused(file) == "it holds something else than a table of tensors"
    write_torch(file, WEIGHTS, shared={"again": "norm.bias"})
    assert refused(file) == "two of its tensors share their numbers"


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"refused to read .*absent\.pth: No such file"):
        read_torch_weights(tmp_path / "absent.pth")
