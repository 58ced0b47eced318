"""A Keras file opened: of Keras 3 by Keras itself, of Keras 2 by translation, weights by name.

Run in a child with limits only (`idc_core.nn.foreign`): a model file is a program.
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import keras

from idc_core.io.refusal import Refusal
from idc_core.nn.saved_weights import fill_from_h5, fill_from_tree, text_of
from idc_core.score.foreign import keras2

MOST_TEXT = 50_000_000
"""Characters of a description; the largest of Keras's own networks has 2 million."""

TO_ONNX = (
    "Where it was trained, make an ONNX file of it and import that: "
    "python -m tf2onnx.convert --keras {name} --output model.onnx"
)
"""For Keras 2, whose networks `tf2onnx` reads from their files."""

EXPORT = (
    "Where it was trained, make an ONNX file of it and import that: "
    "model.export('model.onnx', format='onnx')"
)
"""For Keras 3."""

SAVE = "Save it where it was trained with model.save('model.keras'), and import that."
"""An `.h5` of Keras 3 lacks part of what Keras 3 needs to read it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A network as it was found in a file, and the version of Keras that wrote it."""

    model: keras.Model
    version: str


def opened(source: Path, architecture: Path | None = None) -> Written:
    """Open a network; `architecture` is its description where `source` holds weights alone.

    Raises `Refusal` where it does not load without code of its own, or cannot be translated.
    """
    version, described = _description(source, architecture)
    if described is None:
        raise Refusal(
            f"expected a whole network in {source.name}: it holds weights without the network they "
            "belong to. Give its description too: --architecture FILE.json, as model.to_json() "
            "makes it."
        )
    is_old = keras2.major(version) < 3 if version else keras2.is_of_keras2(described)
    if not is_old:
        return Written(_of_keras3(source, architecture, described), version)
    if keras2.major(version) < 2:
        raise Refusal(
            f"expected a network of Keras 2 or 3: {source.name} was written by Keras {version}. "
            + TO_ONNX.format(name=source.name)
        )
    try:
        return Written(_of_keras2(source, keras2.translated(described)), version or "2")
    except keras2.Untranslated as not_translated:
        why = str(not_translated)
    except Refusal:
        raise
    except Exception as broken:  # whatever a description holds that Keras does not take
        why = first_line(broken)
    raise Refusal(
        f"expected a network of plain layers in {source.name}: it was written by Keras "
        f"{version or 2} and cannot be translated ({why}). " + TO_ONNX.format(name=source.name)
    )


def _description(source: Path, architecture: Path | None) -> tuple[str, dict[str, Any] | None]:
    """The version that wrote it ("" where it is not said), and the network's description."""
    try:
        if architecture is not None:
            text = architecture.read_text(encoding="utf-8")
            said = _parsed(text, architecture.name)
            version = str(said.get("keras_version", ""))
            return version or ("3" if "module" in said else ""), said
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                described = _parsed(archive.read("config.json").decode(), source.name)
                names = archive.namelist()
                said = (
                    _parsed(archive.read("metadata.json").decode(), source.name)
                    if "metadata.json" in names
                    else {}
                )
            return str(said.get("keras_version", "")), described
        with h5py.File(source) as file:
            version = text_of(file.attrs.get("keras_version", ""))
            text = text_of(file.attrs.get("model_config", ""))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as broken:
        raise Refusal(
            f"expected a Keras model in {source.name}: it cannot be read ({first_line(broken)})."
        ) from None
    return version, _parsed(text, source.name) if text else None


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= MOST_TEXT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal(f"expected the description of a Keras network in {name}: it is none.")
    return found


def _of_keras3(source: Path, architecture: Path | None, described: dict[str, Any]) -> keras.Model:
    try:
        if architecture is None:
            found = keras.models.load_model(
                source, custom_objects=_operations(), compile=False, safe_mode=True
            )
        else:
            found = keras.models.model_from_json(json.dumps(described))
            found.load_weights(source)
    except Exception as broken:  # Keras raises many types for damaged and hostile files
        raise Refusal(
            f"expected a Keras model that loads in safe mode in {source.name}: it does not "
            f"({_cause(described) or first_line(broken)})."
            + (f" {EXPORT}" if _cause(described) else "")
            + (f" {SAVE}" if not _cause(described) and h5py.is_hdf5(source) else "")
        ) from None
    if not isinstance(found, keras.Model):
        raise Refusal(f"expected a whole network in {source.name}: it is a single layer.")
    return found


def _operations() -> dict[str, Any]:
    """Keras's own operations by name: `.h5` files name them without their module."""
    found: dict[str, Any] = {}
    for module in (keras.src.ops.numpy, keras.src.ops.math, keras.src.ops.nn):
        for name, each in vars(module).items():
            if isinstance(each, type) and issubclass(each, keras.Operation):
                found[name] = each
    return found


def _cause(described: Any) -> str | None:
    """The layer of a network that is code, or a class of its own, which is not in the file."""
    for each in _objects(described):
        kind, registered = str(each["class_name"]), str(each.get("registered_name") or "")
        name = each["config"].get("name", kind) if isinstance(each.get("config"), dict) else kind
        if kind in ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"):
            return f"its layer {name} is a {kind}, which is code, and code is not run"
        if ">" in registered:
            return f"it holds a class of its own, {kind}, which is code, and code is not run"
    return None


def _objects(given: Any) -> Iterator[dict[str, Any]]:
    waiting = [given]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("class_name"), str):
                yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _of_keras2(source: Path, described: dict[str, Any]) -> keras.Model:
    for each in _objects(described):
        is_ours = each.get("module") == "keras.src.ops.numpy" and each["class_name"] == "Flip"
        is_network = each["class_name"] in ("Functional", "Sequential")
        if not (is_ours or is_network or hasattr(keras.layers, each["class_name"])):
            raise keras2.Untranslated(f"it holds a {each['class_name']}, which Keras 3 has not")
    kind = keras.Sequential if described["class_name"] == "Sequential" else keras.Model
    model = kind.from_config(described["config"])
    if not model.built:
        model.build((None, 50, 50, 3))
    if zipfile.is_zipfile(source):
        fill_from_tree(model, source)
    else:
        fill_from_h5(model, source)
    return model


def first_line(broken: BaseException) -> str:
    """What an exception says first."""
    lines = [line.strip() for line in str(broken).splitlines() if line.strip()]
    return (lines or [type(broken).__name__])[0][:160].rstrip(".")
