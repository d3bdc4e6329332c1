"""Finding and measuring the weights in an open HDF5 file, before any of them is read."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from minicnn.saving.group_names import group_names
from minicnn.saving.hdf5_access import (
    child_group,
    declared_shape,
    member_names,
    numbered_datasets,
    read_array,
)
from minicnn.saving.records import LayerRecord, LayerShapes

LAYERS = ("layers", "_layer_checkpoint_dependencies")  # the second is what TensorFlow 2.13 wrote


class StoredLayer(NamedTuple):
    """A `LayerRecord` with unread datasets in place of the arrays."""

    class_name: str
    name: str
    weights: list[Any]
    state: dict[str, list[Any]]

    def shapes(self) -> LayerShapes:
        """Return the layer with shapes in place of the datasets."""
        return LayerShapes(*self._converted(declared_shape))

    def read(self) -> LayerRecord:
        """Return the layer with its arrays read."""
        return LayerRecord(*self._converted(read_array))

    def _converted(self, convert: Callable[[Any], Any]) -> tuple[Any, ...]:
        state = {name: [convert(one) for one in many] for name, many in self.state.items()}
        return self.class_name, self.name, [convert(one) for one in self.weights], state


class StoredTree(NamedTuple):
    """A file's weights, found and measured but not read yet."""

    layers: list[StoredLayer]
    optimizer: list[Any] | None


def find_tree(tree: Any, layers: Iterable[tuple[str, str]], stored_bytes: int) -> StoredTree:
    """Find the weights of a model's layers.

    Parameters
    ----------
    tree : h5py.File
        The open file.
    layers : iterable of (class name, layer name)
        The model's layers, from the first to the last.
    stored_bytes : int
        The file's size. All arrays together cannot be larger, unless the file lies.

    Returns
    -------
    StoredTree
        A layer that the file does not know has no weights in it.

    Raises
    ------
    ValueError
        If the file has no layers, or others than these, or is not as Keras writes it. The
        message lacks the file's name.
    """
    groups = _layer_groups(tree)
    layers = list(layers)
    names = group_names(class_name for class_name, _ in layers)
    _refuse_others(groups, set(names))
    found = [
        _find_layer(child_group(groups, group_name), *layer)
        for group_name, layer in zip(names, layers, strict=True)
    ]
    optimizer = child_group(tree, "optimizer")
    variables = None if optimizer is None else numbered_datasets(child_group(optimizer, "vars"))
    _require_room([*_datasets(found), *(variables or [])], stored_bytes)
    return StoredTree(found, variables)


def _layer_groups(tree: Any) -> Any:
    for name in LAYERS:
        groups = child_group(tree, name)
        if groups is not None:
            return groups
    raise ValueError(f"it has no group /{LAYERS[0]}, but {sorted(member_names(tree))}")


def _refuse_others(groups: Any, names: set[str]) -> None:
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


def _datasets(layers: Iterable[StoredLayer]) -> Iterable[Any]:
    for layer in layers:
        yield from layer.weights
        for datasets in layer.state.values():
            yield from datasets


def _require_room(datasets: Iterable[Any], stored_bytes: int) -> None:
    """Refuse arrays that share their bytes: a small file would ask for any amount of memory."""
    declared = sum(dataset.id.get_storage_size() for dataset in datasets)
    if declared > stored_bytes:
        raise ValueError(
            f"its arrays have {declared:,} bytes together, and the file only {stored_bytes:,}"
        )
