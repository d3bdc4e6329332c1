"""What goes into a file and comes out of it: plain names and arrays."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

Config = dict[str, Any]
"""What JSON can hold, by name."""


class LayerRecord(NamedTuple):
    """One layer's part of a file.

    Parameters
    ----------
    class_name : str
        The layer's class, such as ``"Conv2D"``: it decides where in the file the weights stand.
    name : str
        The layer's own name, such as ``"conv2d_1"``.
    weights : sequence of ndarray
        In Keras' order: the trainable ones, then the others.
    state : mapping of str to sequence of ndarray, optional
        What the layer keeps besides its weights, by attribute; such as the random stream of a
        dropout, ``{"seed_generator": [array]}``.
    weight_names : sequence of str, optional
        As many as weights; only Keras 2's files have them.

    Examples
    --------
    >>> record = LayerRecord("Dense", "dense", [np.zeros((4, 2)), np.zeros(2)])
    >>> [weight.shape for weight in record.weights]
    [(4, 2), (2,)]
    """

    class_name: str
    name: str
    weights: Sequence[np.ndarray]
    state: Mapping[str, Sequence[np.ndarray]] = MappingProxyType({})
    weight_names: Sequence[str] = ()


class OptimizerRecord(NamedTuple):
    """What an optimizer remembers.

    Parameters
    ----------
    variables : sequence of ndarray
        In the order of the Keras that wrote them.
    names : sequence of str, optional
        As many as variables; only Keras 2's files have them.

    Examples
    --------
    >>> OptimizerRecord([np.array(7)], ["iteration:0"]).names
    ['iteration:0']
    """

    variables: Sequence[np.ndarray]
    names: Sequence[str] = ()


class ArrayShape(NamedTuple):
    """The shape and dtype of an array that has not been read yet."""

    shape: tuple[int, ...]
    dtype: np.dtype


class LayerShapes(NamedTuple):
    """A `LayerRecord` with shapes in place of the arrays."""

    class_name: str
    name: str
    weights: list[ArrayShape]
    state: dict[str, list[ArrayShape]]


Check = Callable[[Config, list[LayerShapes]], None]
"""Called before arrays are read; raises where the shapes are not what the config asks for."""


class SavedModel(NamedTuple):
    """A file's whole content.

    Parameters
    ----------
    config : dict
        The model's config; empty for a file of weights alone.
    layers : list of LayerRecord
        From the first layer to the last; with or without those that have no weights, and with an
        ``InputLayer``, as the file has them.
    optimizer : OptimizerRecord or None
        None where the file has none.
    metadata : dict
        What whoever wrote the file noted beside the model.
    """

    config: Config
    layers: list[LayerRecord]
    optimizer: OptimizerRecord | None
    metadata: Config = {}  # noqa: RUF012 (never changed)
