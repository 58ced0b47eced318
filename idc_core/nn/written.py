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
import numpy as np

from idc_core.io.refusal import Refusal
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


_TREES = ("layers", "_layer_checkpoint_dependencies")
"""Where `.keras` and `.weights.h5` files keep the layers' weights; the second until TF 2.12."""

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
            version = _text(file.attrs.get("keras_version", ""))
            text = _text(file.attrs.get("model_config", ""))
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
        _fill_from_tree(model, source)
    else:
        with h5py.File(source) as file:
            _refuse_links(file)
            if any(name in file for name in _TREES):
                _fill_layers(model, file)
            else:
                _fill_by_name(model, file.get("model_weights", file))
    return model


def _fill_by_name(model: keras.Model, group: h5py.Group) -> None:
    """Weights as `.h5` files keep them: a group a layer of the network, each with its own names."""
    if "layer_names" not in group.attrs and not any("layer_names0" in each for each in group.attrs):
        raise keras2.Untranslated("its weights are not kept as Keras 2 keeps them")
    for layer in model.layers:
        leaves = [each for each in _leaves(layer) if each.weights]
        if not leaves:
            continue
        if layer.name not in group:
            raise keras2.Untranslated(f"there are no weights of {layer.name}")
        own = group[layer.name]
        kept = [(name, own[name]) for name in _attribute(own, "weight_names")]
        for leaf in leaves:
            mine = kept if len(leaves) == 1 else _named_after(leaf, kept)
            _set(leaf, _in_order(leaf, mine))


def _leaves(layer: Any) -> Iterator[Any]:
    """The layers with weights of their own inside a layer, in order."""
    if isinstance(layer, keras.Model):
        for each in layer.layers:
            yield from _leaves(each)
    else:
        yield layer


def _named_after(leaf: Any, kept: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [pair for pair in kept if leaf.name in pair[0].split("/")[:-1]]


def _in_order(leaf: Any, kept: list[tuple[str, Any]]) -> list[Any]:
    """The values in Keras 3's order: by the variables' own names where these tell them apart."""
    by_name = {name.split("/")[-1].split(":")[0]: value for name, value in kept}
    wanted = [each.name for each in leaf.weights]
    if len(by_name) == len(kept) == len(wanted) and set(by_name) == set(wanted):
        return [by_name[each] for each in wanted]
    return [value for _, value in kept]


def _fill_from_tree(model: keras.Model, source: Path) -> None:
    """Weights as `.keras` files keep them: a tree of layers, numbered by kind."""
    with (
        zipfile.ZipFile(source) as archive,
        archive.open("model.weights.h5") as stream,
        h5py.File(stream) as file,
    ):
        _refuse_links(file)
        _fill_layers(model, file)


def _refuse_links(file: h5py.File) -> None:
    """Weights lie in the file itself: one that points to another would read that."""

    # An exception must not pass through the walk: what is returned ends it.
    def leads_out(name: str, link: Any) -> str | None:
        return name if isinstance(link, h5py.ExternalLink) else None

    def lies_outside(name: str, found: Any) -> str | None:
        is_outside = isinstance(found, h5py.Dataset) and (found.external or found.is_virtual)
        return name if is_outside else None

    if name := file.visititems_links(leads_out) or file.visititems(lies_outside):
        raise keras2.Untranslated(f"{name[:80]} of it lies in another file")


def _fill_layers(model: keras.Model, group: h5py.Group) -> None:
    trees = [group[name] for name in _TREES if name in group]
    if not trees:
        raise keras2.Untranslated("its weights are not kept as Keras 2 keeps them")
    tree, known = trees[0], dict[str, int]()
    for layer in model.layers:
        kind = _snake(type(layer).__name__)
        number = known.get(kind, 0)
        known[kind] = number + 1
        name = f"{kind}_{number}" if number else kind
        if name not in tree:
            if layer.weights:
                raise keras2.Untranslated(f"there are no weights of {layer.name}")
            continue
        if isinstance(layer, keras.Model):
            _fill_layers(layer, tree[name])
        elif layer.weights:
            kept = tree[name]["vars"]
            _set(layer, [kept[key] for key in sorted(kept, key=int)])


def _set(layer: Any, values: list[Any]) -> None:
    found = [np.asarray(each) for each in values]
    wanted = [tuple(each.shape) for each in layer.weights]
    if [each.shape for each in found] != wanted:
        raise keras2.Untranslated(
            f"the weights of {layer.name} have the shapes {[each.shape for each in found]} instead "
            f"of {wanted}"
        )
    layer.set_weights(found)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()


def _attribute(group: h5py.Group, name: str) -> list[str]:
    """A list of names, which long lists are cut into several attributes for."""
    if name in group.attrs:
        parts = [group.attrs[name]]
    else:
        parts = []
        while f"{name}{len(parts)}" in group.attrs:
            parts.append(group.attrs[f"{name}{len(parts)}"])
    return [_text(each) for part in parts for each in part]


def _snake(name: str) -> str:
    """`SeparableConv2D` as Keras files call it: `separable_conv2d`."""
    return str(keras.src.utils.naming.to_snake_case(name))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def first_line(broken: BaseException) -> str:
    """What an exception says first."""
    lines = [line.strip() for line in str(broken).splitlines() if line.strip()]
    return (lines or [type(broken).__name__])[0][:160].rstrip(".")
