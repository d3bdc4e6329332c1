"""Finding the weights in Keras 3's tree of HDF5 groups, before any of them is read."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from minicnn.saving.group_names import group_names
from minicnn.saving.hdf5_access import child_group, member_names, numbered_datasets
from minicnn.saving.records import Config
from minicnn.saving.stored import StoredFile, StoredLayer, StoredOptimizer

LAYERS = "layers"
# TensorFlow 2.13 wrote the layers here, and counted those with weights twice: dense, dense_2, …
LAYERS_OF_TF_2_13 = "_layer_checkpoint_dependencies"


def find_tree(tree: Any, config: Config, layers: Iterable[tuple[str, str]]) -> StoredFile:
    """Find the weights of a model's layers."""
    layers = list(layers)
    names: Sequence[str | None] = group_names(class_name for class_name, _ in layers)
    groups = child_group(tree, LAYERS)
    if groups is None:
        groups = child_group(tree, LAYERS_OF_TF_2_13)
        if groups is None:
            raise ValueError(f"it has no group /{LAYERS}, but {sorted(member_names(tree))}")
        names = _by_rank(member_names(groups), [class_name for class_name, _ in layers])
    _refuse_others(groups, set(names))
    found = [
        _find_layer(None if group_name is None else child_group(groups, group_name), *layer)
        for group_name, layer in zip(names, layers, strict=True)
    ]
    optimizer = child_group(tree, "optimizer")
    variables = None
    if optimizer is not None:
        variables = StoredOptimizer(numbered_datasets(child_group(optimizer, "vars")))
    return StoredFile(config, found, variables)


def _by_rank(members: Sequence[str], class_names: Sequence[str]) -> list[str | None]:
    """Give the first layer of a class the group of the lowest number, the second the next."""
    queues: dict[str, list[str]] = {}
    for member in sorted(members, key=_number):
        queues.setdefault(re.sub(r"_\d+$", "", member), []).append(member)
    bases = [group_names([class_name])[0] for class_name in class_names]
    return [queues[base].pop(0) if queues.get(base) else None for base in bases]


def _number(member: str) -> int:
    found = re.search(r"_(\d{1,9})$", member)
    return int(found[1]) if found else 0


def _refuse_others(groups: Any, names: set[str | None]) -> None:
    """Refuse weights that no layer of the model would take; groups without any do no harm."""
    for name in sorted(set(member_names(groups)) - names):
        group = child_group(groups, name)
        if group is not None and numbered_datasets(child_group(group, "vars")):
            raise ValueError(f"{group.name} has weights, and the model has no such layer")


def _find_layer(group: Any | None, class_name: str, name: str) -> StoredLayer:
    if group is None:
        return StoredLayer(class_name, name, [], {})
    state = {}
    for attribute in member_names(group):
        # A layer made of layers has groups of another kind here: the caller knows if that is so.
        child = None if attribute == "vars" else child_group(group, attribute)
        if child is not None and "vars" in child:
            state[attribute] = numbered_datasets(child_group(child, "vars"))
    return StoredLayer(class_name, name, numbered_datasets(child_group(group, "vars")), state)
