"""A file that is not read is named for what it is, with the lines that make ONNX of it."""

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from idc_core.io.refusal import Refusal
from idc_core.score.foreign.kinds import kind_of


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.h5", b"\x89HDF\r\n\x1a\n", "keras"),
        ("a.keras", zipped("config.json", "model.weights.h5", "metadata.json"), "keras"),
        ("a.onnx", b"\x08\x07", "onnx"),
    ],
)
def test_what_is_read(name, content, kind, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pt", zipped("a/constants.pkl", "a/code/x.py"), r"is TorchScript.+torch\.onnx\.export"),
        ("a.pth", zipped("a/data.pkl", "a/version"), r"by torch\.save.+torch\.onnx\.export"),
        ("old.pth", pickle.dumps("torch"), r"is a PyTorch pickle.+torch\.onnx\.export"),
        ("a.pkl", pickle.dumps("sklearn"), r"pickle of scikit-learn.+import-predictions"),
        ("b.pkl", pickle.dumps("else"), r"is a pickle: code.+model\.save"),
        ("a.pb", b"\n\x0b", r"tf2onnx\.convert --graphdef a\.pb"),
        ("a.tflite", b"\x1c\0\0\0TFL3", r"tf2onnx\.convert --tflite a\.tflite"),
        ("model.ckpt.index", b"\0\0", "is a checkpoint: weights without the network"),
        ("a.safetensors", b"\0\0", "weights without the network"),
        ("a.json", b'{"class_name": "Sequential"}', r"--architecture a\.json"),
        ("a.zip", zipped("m/saved_model.pb"), "a zip of a SavedModel"),
        ("b.zip", zipped("model.onnx"), r"a zip that holds model\.onnx"),
        ("a.keras", b"hello", "is none of them"),
    ],
)
def test_what_is_not_read(name, content, said, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match=said):
        kind_of(tmp_path / name)


def test_a_saved_model_is_a_folder_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    with pytest.raises(Refusal, match="is a folder, and none that TensorFlow"):
        kind_of(tmp_path / "net")
    (tmp_path / "net" / "saved_model.pb").write_bytes(b"")
    with pytest.raises(Refusal, match=r"tf2onnx\.convert --saved-model net --output model\.onnx"):
        kind_of(tmp_path / "net")
