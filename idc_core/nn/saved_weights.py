"""Weights put into a network as the files of Keras keep them: by name, or as a tree of layers."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from idc_core.score.foreign import keras2

_TREES = ("layers", "_layer_checkpoint_dependencies")
"""Where `.keras` and `.weights.h5` files keep the layers' weights; the second until TF 2.12."""


def fill_from_h5(model: keras.Model, source: Path) -> None:
    """Weights of an `.h5` file, by name or as a tree.

    Raises `Untranslated` where they are not kept so, or lie in another file.
    """
    with h5py.File(source) as file:
        _refuse_links(file)
        if any(name in file for name in _TREES):
            _fill_layers(model, file)
        else:
            _fill_by_name(model, file.get("model_weights", file))


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


def fill_from_tree(model: keras.Model, source: Path) -> None:
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
    return [text_of(each) for part in parts for each in part]


def _snake(name: str) -> str:
    """`SeparableConv2D` as Keras files call it: `separable_conv2d`."""
    return str(keras.src.utils.naming.to_snake_case(name))


def text_of(value: Any) -> str:
    """An attribute of a file: bytes in older ones."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
