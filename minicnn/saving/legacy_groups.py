"""Keras 2's groups of weights in HDF5, as in a whole-model ``.h5`` and in a plain ``.h5`` of weights.

::

    /                                  attribute layer_names = conv2d, flatten, dense
    /conv2d                            attribute weight_names = sequential/conv2d/kernel, …/bias
    /conv2d/sequential/conv2d/kernel
    /flatten                           attribute weight_names, empty
    /dropout/minicnn_state/seed_generator/0

In a whole model all this stands in ``/model_weights``. Which weight is whose is said by the order
alone; Keras reads no other names than those listed, and so leaves what minicnn adds alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from minicnn.saving.hdf5_access import (
    child_group,
    dataset_at,
    group_at,
    member_names,
    numbered_datasets,
)
from minicnn.saving.hdf5_text import Texts, write_names
from minicnn.saving.records import LayerRecord
from minicnn.saving.stored_tree import StoredLayer

LAYER_NAMES, WEIGHT_NAMES = "layer_names", "weight_names"
TOP_LEVEL = "top_level_model_weights"  # where Keras has weights that are no layer's
STATE = "minicnn_state"


def write_layers(group: Any, model_name: str, layers: Iterable[LayerRecord], version: str) -> None:
    """Write the layers' weights."""
    layers = [layer for layer in layers if layer.class_name != "InputLayer"]
    write_names(group, LAYER_NAMES, [layer.name for layer in layers])
    group.attrs["backend"] = "tensorflow"
    group.attrs["keras_version"] = version
    for layer in layers:
        names = layer.weight_names or [str(place) for place in range(len(layer.weights))]
        paths = [f"{model_name}/{layer.name}/{name}" for name in names]
        layer_group = group.create_group(layer.name)
        write_arrays(layer_group, paths, layer.weights)
        for attribute, arrays in layer.state.items():
            for place, array in enumerate(arrays):
                layer_group.create_dataset(
                    f"{STATE}/{attribute}/{place}", data=array, track_times=False
                )
    write_arrays(group.create_group(TOP_LEVEL), [], [])


def write_arrays(group: Any, names: Sequence[str], arrays: Iterable[Any]) -> None:
    """Write arrays under their names, and the names as an attribute."""
    write_names(group, WEIGHT_NAMES, names)
    for name, array in zip(names, arrays, strict=True):
        group.create_dataset(name, data=array, track_times=False)


def find_layers(group: Any, texts: Texts) -> list[StoredLayer]:
    """Find the layers' weights, unread."""
    top = child_group(group, TOP_LEVEL)
    if top is not None and texts.many(top, WEIGHT_NAMES):
        raise ValueError(f"{top.name} has weights that belong to no layer")
    return [_find_layer(group, name, texts) for name in texts.many(group, LAYER_NAMES)]


def find_arrays(group: Any, texts: Texts) -> tuple[list[str], list[Any]]:
    """Return the names that a group lists, and the datasets behind them, unread."""
    names = texts.many(group, WEIGHT_NAMES)
    return names, [dataset_at(group, name) for name in names]


def _find_layer(group: Any, name: str, texts: Texts) -> StoredLayer:
    layer_group = group_at(group, name)
    names, datasets = find_arrays(layer_group, texts)
    state = {}
    added = child_group(layer_group, STATE)
    for attribute in [] if added is None else member_names(added):
        state[attribute] = numbered_datasets(child_group(added, attribute))
    return StoredLayer("", name, datasets, state, names)
