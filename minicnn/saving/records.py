"""The content of a file: plain names and arrays.

While a file is being checked, its records hold HDF5 datasets instead of arrays: they have a shape and
a dtype, and are not read yet.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

Config = dict[str, Any]
"""A JSON object."""

RANDOM_STATE = "seed_generator"
"""Attribute under which Keras files the random stream of a layer such as Dropout."""


class LayerRecord(NamedTuple):
    """One layer's part of a file.

    Parameters
    ----------
    class_name : str
        The layer's class, such as ``"Conv2D"``: in Keras 3's files it decides the group's name.
    name : str
        The layer's own name, such as ``"conv2d_1"``.
    weights : sequence of ndarray
        In Keras' order: trainable weights, then the others. Those of a model inside the model are
        in its `layers`, or here in a file of Keras 2.
    state : mapping of str to sequence of ndarray, optional
        Further arrays by attribute, such as the random stream of a dropout layer,
        ``{"seed_generator": [array]}``.
    weight_names : sequence of str, optional
        As many as weights; only Keras 2's files have them.
    layers : sequence of LayerRecord, optional
        If it is a model inside the model.

    Examples
    --------
    >>> record = LayerRecord("Dense", "dense", [np.zeros((4, 2)), np.zeros(2)])
    >>> [weight.shape for weight in record.weights]
    [(4, 2), (2,)]
    """

    class_name: str
    name: str
    weights: Sequence[Any]
    state: Mapping[str, Sequence[Any]] = MappingProxyType({})
    weight_names: Sequence[str] = ()
    layers: Sequence["LayerRecord"] = ()

    def arrays(self) -> Iterator[Any]:
        """Yield everything that has been stored for the layer."""
        yield from self.weights
        for arrays in self.state.values():
            yield from arrays
        for layer in self.layers:
            yield from layer.arrays()

    def read(self, read: Callable[[Any], np.ndarray]) -> "LayerRecord":
        """Return the record with every dataset replaced by what `read` makes of it."""
        return self._replace(
            weights=[read(dataset) for dataset in self.weights],
            state={name: [read(item) for item in items] for name, items in self.state.items()},
            layers=[layer.read(read) for layer in self.layers],
        )


class OptimizerRecord(NamedTuple):
    """The state of an optimizer.

    Parameters
    ----------
    variables : sequence of ndarray
        In the order of the Keras version that wrote them.
    names : sequence of str, optional
        As many as variables; only ``.h5`` files have them.
    """

    variables: Sequence[Any]
    names: Sequence[str] = ()


class SavedModel(NamedTuple):
    """A file's whole content.

    Parameters
    ----------
    config : dict
        The model's config; empty for a file of weights alone.
    layers : list of LayerRecord
        In order, with or without those that have no weights and ``InputLayer``, as in the file.
    optimizer : OptimizerRecord or None
        None if the file has none.
    metadata : dict
        Notes of the writer.
    """

    config: Config
    layers: list[LayerRecord]
    optimizer: OptimizerRecord | None
    metadata: Config = {}  # noqa: RUF012 (never changed)


_added_metadata: ContextVar[Config | None] = ContextVar("added_metadata", default=None)


@contextmanager
def metadata_added(**metadata: Any) -> Iterator[None]:
    """Store additional metadata in the model files written in this context.

    >>> import pathlib, tempfile
    >>> from minicnn import Sequential, layers
    >>> from minicnn.saving import read_metadata
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "best.weights.h5"
    >>> with metadata_added(best={"val_loss": 0.5}):
    ...     Sequential([layers.Dense(1, input_shape=(2,))]).save_weights(path)
    >>> read_metadata(path)
    {'best': {'val_loss': 0.5}}
    """
    token = _added_metadata.set(metadata)
    try:
        yield
    finally:
        _added_metadata.reset(token)


def all_metadata(metadata: Config | None = None) -> Config:
    """Return a file's metadata together with those of `metadata_added`."""
    return {**(metadata or {}), **(_added_metadata.get() or {})}


Check = Callable[[Config, list[LayerRecord]], None]
"""Called before arrays are read; raises if their shapes are not what the config asks for."""
