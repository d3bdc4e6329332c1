"""The part of TensorFlow that Keras programs use around Keras, in NumPy.

Functions return a `Tensor`, a NumPy array with the method ``numpy``. As in TensorFlow, they do not
change their arguments, and real numbers become float32.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from minicnn import activations, initializers
from minicnn.keras import random
from minicnn.keras.data import AUTOTUNE, Dataset, TensorSpec
from minicnn.keras.image import IMAGE
from minicnn.keras.tensor import EagerTensor as Tensor
from minicnn.keras.tensor import as_tensor, returns_tensor
from minicnn.layers.operation import operation
from minicnn.layers.symbolic import is_symbolic
from minicnn.random import set_random_seed
from minicnn.tensors import Tensor as BaseTensor

VERSION = "2.20.0+minicnn"


def constant(value: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Return a tensor of these values."""
    tensor = as_tensor(value, dtype)
    return tensor if shape is None else as_tensor(np.broadcast_to(tensor, tuple(shape)).copy())


def one_hot(
    indices: npt.ArrayLike, depth: int, on_value: float = 1, off_value: float = 0, axis: int = -1,
    dtype: Any = np.float32,
) -> Any:  # fmt: skip
    """Return one-hot vectors; indices outside of 0 … depth − 1 give zeros."""
    matches = operation("one_hot", indices, depth, axis, bool)
    return np.where(matches, on_value, off_value).astype(dtype)


def confusion_matrix(
    labels: npt.ArrayLike,
    predictions: npt.ArrayLike,
    num_classes: int | None = None,
    weights: npt.ArrayLike | None = None,
    dtype: Any = np.int32,
) -> Any:
    """Count the examples of each label (row) and prediction (column)."""
    labels, predictions = np.asarray(labels, np.int64), np.asarray(predictions, np.int64)
    size = int(max(labels.max(initial=-1), predictions.max(initial=-1))) + 1
    matrix = np.zeros((num_classes or size, num_classes or size), dtype)
    np.add.at(matrix, (labels, predictions), 1 if weights is None else np.asarray(weights))
    return matrix


class TopK(NamedTuple):
    """The largest elements along the last axis, and their indices."""

    values: Tensor
    indices: Tensor


def top_k(input: npt.ArrayLike, k: int = 1, sorted: bool = True, name: Any = None) -> TopK:
    """Return the `k` largest elements along the last axis, in descending order."""
    order = np.argsort(-np.asarray(input), axis=-1, kind="stable")[..., :k]
    return TopK(
        as_tensor(np.take_along_axis(np.asarray(input), order, -1)),
        as_tensor(order.astype(np.int32)),
    )


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Any:
    """Pad each axis with (before, after) elements."""
    values = {"constant_values": constant_values} if mode.lower() == "constant" else {}
    return np.pad(tensor, paddings, mode.lower(), **values)  # type: ignore[call-overload]


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False) -> Any:
    """Return the length of vectors, by default of the whole array."""
    kind = None if ord == "euclidean" else ord
    if axis is not None:
        return np.linalg.norm(tensor, kind, axis, keepdims)
    length = np.asarray(np.linalg.norm(np.ravel(tensor), kind))
    return length.reshape([1] * np.ndim(tensor) if keepdims else [])


def split(value: Any, num_or_size_splits: Any, axis: int = 0) -> list[Tensor]:
    """Split into equal parts, or into parts of these sizes."""
    parts = num_or_size_splits
    parts = parts if isinstance(parts, int) else np.cumsum(parts)[:-1]
    return [as_tensor(part) for part in np.split(np.asarray(value), parts, axis)]


def activation(name: str, *parameters: str) -> Callable[..., Tensor]:
    """Return an activation function as in ``tf.nn``, which layers also accept as an activation."""

    def call(features: Any, *arguments: Any, **options: Any) -> Any:
        options = {**dict(zip(parameters, arguments, strict=False)), **options, "name": None}
        chosen = {key: value for key, value in options.items() if value is not None}
        function: Any = activations.get(name)
        if is_symbolic(features):
            return function(features, **chosen)
        return as_tensor(function(as_tensor(features), **chosen))

    return as_activation(call, activations.get(name))


def as_activation(function: Any, meaning: activations.Activation) -> Any:
    """Let layers take a function for an activation, with its derivative, as they take a layer."""
    function.family, function.activation = "activation", meaning
    return function


def leaky_relu(features: Any, alpha: float = 0.2, name: Any = None) -> Tensor:
    """Return ``features`` where positive, and ``alpha·features`` elsewhere."""
    return activation("leaky_relu")(features, negative_slope=alpha)


@contextmanager
def device(name: str) -> Iterator[None]:
    """Do nothing: minicnn computes on the CPU."""
    yield


def _nothing(*_: Any, **__: Any) -> None:
    """Accept settings that change no result."""


def _no_devices(device_type: str | None = None) -> list[str]:
    return ["/physical_device:CPU:0"] if device_type in (None, "CPU") else []


_NUMPY = {
    "a b": "matmul",
    "a b axes": "tensordot",
    "a perm": "transpose",
    "condition x y": "where",
    "input": "ones_like zeros_like",
    "input axis": "expand_dims squeeze",
    "input multiples": "tile",
    "input repeats axis": "repeat",
    "t clip_value_min clip_value_max": "clip_by_value:clip",
    "tensor axis": "reverse:flip",
    "tensor shape": "reshape",
    "values axis": "sort",
}
"""Functions of NumPy (after a colon, if it has another name), by TensorFlow's parameters."""
_NUMPY_MATH = {
    "input_tensor axis": (
        "reduce_all:all reduce_any:any reduce_max:max reduce_mean:mean reduce_min:min"
        " reduce_prod:prod reduce_std:std reduce_sum:sum reduce_variance:var"
    ),
    "x y": (
        "abs add ceil cos divide equal exp floor greater greater_equal less less_equal log"
        " logical_and logical_not logical_or maximum minimum multiply negative not_equal pow:power"
        " round sign sin sqrt square subtract tanh"
    ),
}
"""Those that are also in ``tf.math``."""


def _from_numpy(table: dict[str, str]) -> dict[str, Any]:
    return {
        name: returns_tensor(getattr(np, of_numpy or name), *parameters.split())
        for parameters, names in table.items()
        for name, _, of_numpy in (item.partition(":") for item in names.split())
    }


_PARAMETERS = {
    "relu relu6 sigmoid softplus softsign silu selu hard_sigmoid mish": "",
    "softmax log_softmax": "axis",
    "elu": "alpha",
    "leaky_relu": "negative_slope",
}
ACTIVATIONS = {
    name: activation(name, *parameters.split())
    for names, parameters in _PARAMETERS.items()
    for name in names.split()
}
"""Activation functions as in ``keras.ops``."""
_MATH = {
    **_from_numpy(_NUMPY_MATH),
    "argmax": returns_tensor(
        lambda input, axis=0, output_type=np.int64: np.argmax(input, axis).astype(output_type)
    ),
    "argmin": returns_tensor(
        lambda input, axis=0, output_type=np.int64: np.argmin(input, axis).astype(output_type)
    ),
    "sigmoid": ACTIVATIONS["sigmoid"],
}
_DTYPES = "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64"
_CONFIG = {
    "list_physical_devices": _no_devices,
    "list_logical_devices": _no_devices,
    "get_visible_devices": _no_devices,
    "set_visible_devices": _nothing,
    "run_functions_eagerly": _nothing,
    "optimizer": {"set_jit": _nothing},
    "threading": {
        "set_inter_op_parallelism_threads": _nothing,
        "set_intra_op_parallelism_threads": _nothing,
    },
    "experimental": {
        "list_physical_devices": _no_devices,
        "set_memory_growth": _nothing,
        "enable_op_determinism": _nothing,
    },
}
_INITIALIZERS = {
    f"{name}_initializer": getattr(initializers, name)
    for name in ("constant", "ones", "random_normal", "random_uniform", "zeros")
}
_LEVELS = ("DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL")
_LOGGING: dict[str, Any] = {
    "set_verbosity": _nothing,
    **{name: getattr(logging, name) for name in _LEVELS},
}

NAMES: dict[str, Any] = {
    **{name: getattr(np, name) for name in _DTYPES.split()},
    **_MATH,
    **_from_numpy(_NUMPY),
    **_INITIALIZERS,
    "__version__": VERSION,
    "Tensor": BaseTensor,
    "TensorSpec": TensorSpec,
    "bool": np.bool_,
    "boolean_mask": returns_tensor(lambda tensor, mask: tensor[np.asarray(mask)]),
    "cast": returns_tensor(lambda x, dtype: x.astype(dtype)),
    "compat": {"v1": {"logging": _LOGGING, "set_random_seed": set_random_seed}},
    "concat": lambda values, axis, name=None: as_tensor(np.concatenate(values, axis)),
    "config": _CONFIG,
    "constant": constant,
    "convert_to_tensor": constant,
    "data": {
        "AUTOTUNE": AUTOTUNE,
        "Dataset": Dataset,
        "experimental": {"AUTOTUNE": AUTOTUNE, "cardinality": Dataset.cardinality},
    },
    "device": device,
    "executing_eagerly": lambda: True,
    "eye": returns_tensor(lambda rows, columns=None: np.eye(int(rows), columns, dtype=np.float32)),
    "fill": lambda dims, value: as_tensor(np.full(tuple(dims), value)),
    "gather": lambda params, indices, axis=0: as_tensor(np.take(params, indices, axis)),
    "get_logger": lambda: logging.getLogger("tensorflow"),
    "identity": as_tensor,
    "image": IMAGE,
    "is_tensor": lambda x: isinstance(x, BaseTensor),
    "linspace": lambda start, stop, num: as_tensor(np.linspace(start, stop, num)),
    "logging": _LOGGING,
    "math": {
        **_MATH,
        "confusion_matrix": returns_tensor(confusion_matrix),
        "cumsum": returns_tensor(np.cumsum, "x", "axis"),
        "softplus": ACTIVATIONS["softplus"],
        "top_k": top_k,
    },
    "newaxis": None,
    "nn": {
        **ACTIVATIONS,
        "tanh": activation("tanh"),
        "leaky_relu": as_activation(
            leaky_relu, activations.Activation("leaky_relu", negative_slope=0.2)
        ),
        "top_k": top_k,
    },
    "norm": returns_tensor(norm),
    "one_hot": returns_tensor(one_hot),
    "ones": lambda shape, dtype=np.float32: as_tensor(np.ones(shape, dtype)),
    "pad": returns_tensor(pad),
    "print": print,
    "random": {
        "normal": returns_tensor(random.normal),
        "set_seed": set_random_seed,
        "shuffle": returns_tensor(lambda value, seed=None: random.shuffle(value, seed=seed)),
        "truncated_normal": returns_tensor(random.truncated_normal),
        "uniform": returns_tensor(random.uniform),
    },
    "range": lambda *limits, delta=1: as_tensor(
        np.arange(*limits, *([delta] if delta != 1 else []))
    ),
    "rank": lambda input: as_tensor(np.ndim(input)),
    "set_random_seed": set_random_seed,
    "shape": lambda input: as_tensor(np.array(np.shape(input), np.int32)),
    "size": lambda input: as_tensor(np.size(input)),
    "split": split,
    "stack": lambda values, axis=0, name=None: as_tensor(np.stack(values, axis)),
    "test": {
        "gpu_device_name": lambda: "",
        "is_built_with_cuda": lambda: False,
        "is_gpu_available": lambda *_, **__: False,
    },
    "unstack": lambda value, num=None, axis=0: list(map(as_tensor, np.moveaxis(value, axis, 0))),
    "version": {"VERSION": VERSION},
    "zeros": lambda shape, dtype=np.float32: as_tensor(np.zeros(shape, dtype)),
}
"""The names in ``tensorflow``; a dict is a submodule."""
