"""Keras 3's tree of weights in HDF5, as in ``.weights.h5`` and inside ``.keras``.

::

    /vars                              attribute name = the model's
    /layers/conv2d/vars/0, 1           kernel, bias; attribute name of vars = the layer's
    /layers/conv2d_1/vars/0, 1         the second Conv2D
    /layers/sequential/layers/dense/…  a model inside the model
    /layers/dropout/seed_generator/vars/0
    /optimizer/vars/0, 1, 2, …         iteration, learning_rate, then the slots of each weight

A group's name comes from the layer's class, not from its own name: ``conv2d`` and ``conv2d_1`` are the
first and second `Conv2D` of the model. Keras writes an empty ``vars`` for a layer without weights. It
ignores the random streams that minicnn adds where Keras' own scheme would have them.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np

from minicnn.atomic import atomic_write
from minicnn.errors import FileFormatError
from minicnn.naming import snake_case
from minicnn.saving import hdf5
from minicnn.saving.records import Check, Config, LayerRecord, OptimizerRecord, SavedModel

LAYERS = "layers"
# TensorFlow 2.13 wrote the layers here, and counted those with weights twice: dense, dense_2, …
OLD_LAYERS = "_layer_checkpoint_dependencies"


def group_names(class_names: Iterable[str]) -> list[str]:
    """Return the HDF5 group of each layer of a model."""
    seen: Counter[str] = Counter()
    names = []
    for name in map(snake_case, class_names):
        names.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


# Writing


def write_weights(
    path: str | PathLike[str],
    layers: Iterable[LayerRecord],
    optimizer: OptimizerRecord | None = None,
    model_name: str = "sequential",
) -> None:
    """Write the weights of a model as Keras 3's ``save_weights`` does."""
    image = tree_image(model_name, layers, optimizer)
    with atomic_write(path) as file:
        file.write(image)


def tree_image(
    model_name: str, layers: Iterable[LayerRecord], optimizer: OptimizerRecord | None
) -> bytes:
    """Return the weights of a model as an HDF5 file; the same weights give the same bytes."""

    def write(tree: Any) -> None:
        _write_layers(tree, layers)
        if optimizer is not None:
            _write_vars(tree.create_group("optimizer"), optimizer.variables, "optimizer")
        _write_vars(tree, [], model_name)

    return hdf5.file_image(write)


def _write_layers(parent: Any, layers: Iterable[LayerRecord]) -> None:
    layers = [layer for layer in layers if layer.class_name != "InputLayer"]
    names = group_names(layer.class_name for layer in layers)
    for group_name, layer in zip(names, layers, strict=True):
        group = parent.create_group(f"{LAYERS}/{group_name}")
        _write_vars(group, layer.weights, layer.name)
        for attribute, arrays in layer.state.items():
            _write_vars(group.create_group(attribute), arrays, attribute)
        _write_layers(group, layer.layers)


def _write_vars(group: Any, arrays: Iterable[np.ndarray], name: str) -> None:
    variables = group.create_group("vars")
    variables.attrs["name"] = name
    for index, array in enumerate(arrays):
        hdf5.write_array(variables, str(index), array)


# Reading


def read_weights(
    path: str | PathLike[str], layers: Iterable[LayerRecord], check: Check | None = None
) -> SavedModel:
    """Read the weights that `write_weights` or Keras' ``save_weights`` wrote, for these layers."""
    return hdf5.read_file(path, TreeFinder(path, {}, layers), check)


def root_of(tree: Any) -> str | None:
    """Return where the layers are in a file, None if it is not such a tree."""
    return next((root for root in (LAYERS, OLD_LAYERS) if _groups(tree, root) is not None), None)


class TreeFinder:
    """Find the datasets of layers, of which only class, name and nested layers need to be known."""

    def __init__(
        self, path: str | PathLike[str], config: Config, layers: Iterable[LayerRecord]
    ) -> None:
        self._path, self._config, self._layers = os.fspath(path), config, list(layers)

    def __call__(self, tree: Any, _: Any) -> SavedModel:
        """Return the content of a file."""
        root = root_of(tree)
        if root is None:
            raise ValueError(f"it has no group /{LAYERS}, but {sorted(hdf5.member_names(tree))}")
        self._tree, self._root = tree, root
        found = self._find(root, self._layers)
        optimizer = hdf5.child_group(tree, "optimizer")
        state = None if optimizer is None else OptimizerRecord(_variables(optimizer))
        return SavedModel(self._config, found, state)

    def _find(self, place: str, layers: Sequence[LayerRecord]) -> list[LayerRecord]:
        """Return the layers with the datasets that are at a place of the tree."""
        groups = _groups(self._tree, place) or {}
        classes = [layer.class_name for layer in layers]
        names = _by_rank(groups, classes) if self._root == OLD_LAYERS else group_names(classes)
        for name in sorted(groups.keys() - set(names)):
            if _variables(groups[name]):  # empty groups do no harm
                raise FileFormatError(
                    f"{self._path}: {groups[name].name} has weights, and the model has no such "
                    "layer. It is the file of another model."
                )
        return [self._layer(f"{place}/{name}", groups.get(name), layer)
                for name, layer in zip(names, layers, strict=True)]  # fmt: skip

    def _layer(self, place: str, group: Any | None, layer: LayerRecord) -> LayerRecord:
        nested = self._find(f"{place}/{self._root}", layer.layers) if layer.layers else []
        if group is None:
            return layer._replace(weights=[], layers=nested)
        state = {}
        for attribute in hdf5.member_names(group):
            # A layer made of layers has groups of another kind here.
            child = None if attribute == "vars" else hdf5.child_group(group, attribute)
            if child is not None and "vars" in child:
                state[attribute] = _variables(child)
        return layer._replace(weights=_variables(group), state=state, layers=nested)


def _variables(group: Any) -> list[Any]:
    return hdf5.numbered_datasets(hdf5.child_group(group, "vars"))


def _groups(tree: Any, place: str) -> dict[str, Any] | None:
    r"""Return the groups at a place of the tree, by name; None if there is no such place.

    On Windows, TensorFlow 2.13 to 2.15 wrote groups named ``layers\dense`` at the root.
    """
    flat = [name for name in hdf5.member_names(tree) if "\\" in name]
    if flat:
        pairs = [
            (name.replace("\\", "/").rpartition("/"), hdf5.child_group(tree, name)) for name in flat
        ]
        return {name: group for (folder, _, name), group in pairs if folder == place} or None
    group = tree
    for name in place.split("/"):
        group = hdf5.child_group(group, name)
        if group is None:
            return None
    return {name: hdf5.child_group(group, name) for name in hdf5.member_names(group)}


def _by_rank(members: Iterable[str], class_names: Sequence[str]) -> list[str]:
    """Assign the group of the lowest number to the first layer of a class, and so on."""

    def number(member: str) -> int:
        found = re.search(r"_(\d{1,9})$", member)
        return int(found[1]) if found else 0

    queues: dict[str, list[str]] = {}
    for member in sorted(members, key=number):
        queues.setdefault(re.sub(r"_\d+$", "", member), []).append(member)
    bases = [group_names([class_name])[0] for class_name in class_names]
    return [queues[base].pop(0) if queues.get(base) else "" for base in bases]
