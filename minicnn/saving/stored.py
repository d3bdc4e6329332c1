"""What an open HDF5 file has, found and measured but not read yet; and reading it, once checked."""

import os
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, NamedTuple

from minicnn.saving.damage import damage_named
from minicnn.saving.hdf5_access import declared_shape, read_array
from minicnn.saving.records import (
    Check,
    Config,
    LayerRecord,
    LayerShapes,
    OptimizerRecord,
    SavedModel,
)


class StoredLayer(NamedTuple):
    """A `LayerRecord` with unread datasets in place of the arrays."""

    class_name: str
    name: str
    weights: list[Any]
    state: dict[str, list[Any]]
    weight_names: list[str] = []  # noqa: RUF012 (never changed)

    def shapes(self) -> LayerShapes:
        """Return the layer with shapes in place of the datasets."""
        return LayerShapes(*self._converted(declared_shape))

    def read(self) -> LayerRecord:
        """Return the layer with its arrays read."""
        return LayerRecord(*self._converted(read_array))._replace(weight_names=self.weight_names)

    def _converted(self, convert: Callable[[Any], Any]) -> tuple[Any, ...]:
        state = {name: [convert(one) for one in many] for name, many in self.state.items()}
        return self.class_name, self.name, [convert(one) for one in self.weights], state


class StoredOptimizer(NamedTuple):
    """An `OptimizerRecord` with unread datasets in place of the arrays."""

    variables: list[Any]
    names: list[str] = []  # noqa: RUF012 (never changed)


class StoredFile(NamedTuple):
    """A file's whole content, unread."""

    config: Config
    layers: list[StoredLayer]
    optimizer: StoredOptimizer | None
    metadata: Config = {}  # noqa: RUF012 (never changed)


def read_checked(
    file: BinaryIO,
    path: str,
    place: str,
    find: Callable[[Any], StoredFile],
    check: Check | None = None,
) -> SavedModel:
    """Read an HDF5 file once its shapes are found good."""
    import h5py

    size = file.seek(0, os.SEEK_END)
    with damage_named(path, place):
        tree = h5py.File(file, "r")
    with tree:
        with damage_named(path, place):
            stored = find(tree)
            _require_room(stored, size)
            shapes = [layer.shapes() for layer in stored.layers]
        if check is not None:
            check(stored.config, shapes)  # what it raises is no damage
        with damage_named(path, place):
            layers = [layer.read() for layer in stored.layers]
            optimizer = None
            if stored.optimizer is not None:
                variables = [read_array(one) for one in stored.optimizer.variables]
                optimizer = OptimizerRecord(variables, stored.optimizer.names)
    return SavedModel(stored.config, layers, optimizer, stored.metadata)


def _require_room(stored: StoredFile, size: int) -> None:
    """Refuse arrays that share their bytes: a small file would ask for any amount of memory."""
    datasets = [
        *_datasets(stored.layers),
        *(stored.optimizer.variables if stored.optimizer else []),
    ]
    declared = sum(dataset.id.get_storage_size() for dataset in datasets)
    if declared > size:
        raise ValueError(f"its arrays have {declared:,} bytes together, and the file only {size:,}")


def _datasets(layers: Iterable[StoredLayer]) -> Iterable[Any]:
    for layer in layers:
        yield from layer.weights
        for datasets in layer.state.values():
            yield from datasets
