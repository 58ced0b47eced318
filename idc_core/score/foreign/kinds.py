"""What kind of network file somebody brings, told from its first bytes; nothing is opened as one.

Kinds that cannot be read within limits (they are code, or hold no whole network) are refused with
the lines that make an ONNX file of them, where they were trained.
"""

from pathlib import Path
from typing import Literal

from idc_core.io import archives
from idc_core.io.archives import Limits
from idc_core.io.refusal import Refusal

Kind = Literal["keras", "onnx"]

MOST_BYTES = 1_000_000_000
MOST_UNPACKED = 4_000_000_000
LIMITS = Limits(10_000, MOST_UNPACKED, MOST_UNPACKED, 1_000)

WANTED = "expected a network, a .keras, .h5 or .onnx file"

_TORCH = (
    "Where it was trained, make an ONNX file of it and import that: "
    "torch.onnx.export(model.eval(), torch.zeros(1, 3, 50, 50), 'model.onnx', "
    "input_names=['pixels'], output_names=['answer'], dynamic_axes={'pixels': {0: 'n'}, "
    "'answer': {0: 'n'}})"
)
_TF2ONNX = "Make an ONNX file of it and import that: python -m tf2onnx.convert "

_ENDINGS: dict[str, str] = {
    ".tflite": f"is a TensorFlow Lite model. {_TF2ONNX}--tflite NAME --output model.onnx",
    ".pb": (
        "is a TensorFlow graph. For a SavedModel name its folder to tf2onnx: python -m "
        "tf2onnx.convert --saved-model FOLDER --output model.onnx; for a frozen graph: python -m "
        "tf2onnx.convert --graphdef NAME --inputs INPUT:0 --outputs OUTPUT:0 --output "
        "model.onnx. Then import model.onnx"
    ),
    ".safetensors": (
        "holds weights without the network they belong to. Load them where it was trained. "
        + _TORCH
    ),
    ".ckpt": (
        "is a checkpoint: weights without the network. Load it where it was trained, and save the "
        "whole with model.save('model.keras'), or from PyTorch as ONNX. " + _TORCH
    ),
    ".index": (
        "belongs to a TensorFlow checkpoint: weights without the network. Load it where it was "
        "trained, and save the whole: model.save('model.keras')"
    ),
    ".mlmodel": (
        "is a Core ML model, which nothing here reads. Import the network that it was made of, as "
        "ONNX or .keras"
    ),
}


def kind_of(source: Path) -> Kind:
    """What `source` is; raises `Refusal` with a cure for what is not read.

    A Keras file is only looked at as a zip or by its mark; whether it is a network is for the child
    to find out.
    """
    if source.is_dir():
        raise Refusal(_folder(source))
    if not source.is_file():
        raise Refusal(f"{WANTED}: {source} is no file.")
    size = source.stat().st_size
    if size > MOST_BYTES:
        raise Refusal(f"expected a model of at most {MOST_BYTES:,} bytes: {source} has {size:,}.")
    with source.open("rb") as file:
        head = file.read(4096)
    return _by_content(source, head)


def _by_content(source: Path, head: bytes) -> Kind:
    if head.startswith(b"\x89HDF"):
        return "keras"
    if head.startswith(b"version https://git-lfs"):
        raise Refusal(
            f"{WANTED}, in {source.name}: it is a Git LFS pointer. Fetch the file itself: "
            "git lfs pull."
        )
    if head.startswith(b"PK"):
        return _zip(source)
    if head.startswith(b"\x80") and head[1:2] in b"\x02\x03\x04\x05":
        raise Refusal(f"{WANTED}: {source.name} {_pickle(head)}.")
    if head[4:8] == b"TFL3":
        raise Refusal(
            f"{WANTED}: {source.name} {_ENDINGS['.tflite'].replace('NAME', source.name)}."
        )
    ending = ".ckpt" if ".ckpt" in source.name else source.suffix.lower()
    if ending in _ENDINGS:
        raise Refusal(f"{WANTED}: {source.name} {_ENDINGS[ending].replace('NAME', source.name)}.")
    if ending == ".onnx":
        return "onnx"
    if ending == ".json" or head.lstrip().startswith(b'{"'):
        raise Refusal(
            f"{WANTED}: {source.name} describes a network without its weights. Give the weights, "
            f"and this beside them: import-model WEIGHTS.h5 --architecture {source.name}."
        )
    raise Refusal(
        f"{WANTED}: {source.name} is none of them. Save the model with "
        "model.save('model.keras'), or export it to ONNX."
    )


def _folder(source: Path) -> str:
    if (source / "saved_model.pb").is_file():
        return (
            f"{WANTED}: {source.name} is a SavedModel, a TensorFlow program. {_TF2ONNX}"
            f"--saved-model {source.name} --output model.onnx"
        )
    if (source / "config.json").is_file() and (source / "model.weights.h5").is_file():
        return (
            f"{WANTED}: {source.name} is an unpacked .keras file. Import the file, or pack it "
            f"again: cd {source.name}; zip -r ../model.keras *"
        )
    return f"{WANTED}: {source} is a folder, and none that TensorFlow saves a model in."


def _pickle(head: bytes) -> str:
    if b"torch" in head:
        return f"is a PyTorch pickle: code, which is not run. {_TORCH}"
    if b"sklearn" in head or b"joblib" in head:
        return (
            "is a pickle of scikit-learn: code, which is not run. Score the patches where it was "
            "trained, and bring the scores: import-predictions TABLE.csv"
        )
    return (
        "is a pickle: code, which is not run. Save the model with model.save('model.keras'), or "
        "from PyTorch as ONNX. " + _TORCH
    )


def _zip(source: Path) -> Kind:
    with archives.open_zip(source, LIMITS, "a whole .keras file") as opened:
        entries = opened.infolist()
    names = {entry.filename for entry in entries}
    if why := _other_zip(names):
        raise Refusal(f"{WANTED}: {source.name} {why}.")
    if "config.json" not in names or not any(name.endswith(".weights.h5") for name in names):
        raise Refusal(
            f"expected config.json and weights in {source.name}: it is a zip, but no Keras model."
        )
    for entry in entries:
        if not entry.is_dir() and (reason := archives.refused(entry, LIMITS)):
            raise Refusal(
                f"expected a .keras file as Keras writes it: in {source.name} "
                f"{entry.filename[:80]!r} is not taken ({reason[1]}). Save the model anew."
            )
    return "keras"


def _other_zip(names: set[str]) -> str | None:
    last = {name.rsplit("/", 1)[-1] for name in names}
    if "constants.pkl" in last or any("/code/" in name for name in names):
        return f"is TorchScript, a program. {_TORCH}"
    if "data.pkl" in last:
        return f"was written by torch.save: a pickle, which is code and is not run. {_TORCH}"
    if "saved_model.pb" in last:
        return (
            "is a zip of a SavedModel, a TensorFlow program. Unpack it, then: python -m "
            "tf2onnx.convert --saved-model FOLDER --output model.onnx"
        )
    onnx = sorted(name for name in names if name.endswith(".onnx"))
    if onnx:
        return f"is a zip that holds {onnx[0][:80]}. Unpack it, and import that file"
    return None
