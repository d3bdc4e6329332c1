"""The part of TensorFlow that Keras programs use around Keras, in NumPy.

Functions return a `Tensor`, a NumPy array with the method ``numpy``. As in TensorFlow, they do not
change their arguments, and real numbers become float32.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from minicnn import activations, initializers
from minicnn.keras.data import AUTOTUNE, Dataset, TensorSpec
from minicnn.keras.image import IMAGE
from minicnn.keras.tensor import EagerTensor as Tensor
from minicnn.keras.tensor import as_tensor
from minicnn.keras.tensor_functions import returns_tensor
from minicnn.layers.symbolic import is_symbolic
from minicnn.random import generator, set_random_seed
from minicnn.tensors import Tensor as BaseTensor

VERSION = "2.20.0+minicnn"


def constant(value: Any, dtype: Any = None, shape: Any = None) -> Tensor:
    """Return a tensor of these values."""
    tensor = as_tensor(value, dtype)
    return tensor if shape is None else as_tensor(np.broadcast_to(tensor, tuple(shape)).copy())


def argmax(input: npt.ArrayLike, axis: int = 0, output_type: Any = np.int64) -> Any:
    """Return the indices of the largest elements."""
    return np.argmax(input, axis).astype(output_type)


def argmin(input: npt.ArrayLike, axis: int = 0, output_type: Any = np.int64) -> Any:
    """Return the indices of the smallest elements."""
    return np.argmin(input, axis).astype(output_type)


def one_hot(
    indices: npt.ArrayLike, depth: int, on_value: float = 1, off_value: float = 0, axis: int = -1,
    dtype: Any = np.float32,
) -> Any:  # fmt: skip
    """Return one-hot vectors; indices outside of 0 … depth − 1 give zeros."""
    matches = np.expand_dims(np.asarray(indices), -1) == np.arange(depth)
    return np.moveaxis(np.where(matches, on_value, off_value).astype(dtype), -1, axis)


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
    options: dict[str, Any] = {"mode": mode.lower()}
    if options["mode"] == "constant":
        options["constant_values"] = constant_values
    return np.pad(tensor, paddings, **options)


def split(value: Any, num_or_size_splits: Any, axis: int = 0) -> list[Tensor]:
    """Split into equal parts, or into parts of these sizes."""
    places = num_or_size_splits
    if not isinstance(places, int):
        places = np.cumsum(places)[:-1]
    return [as_tensor(part) for part in np.split(np.asarray(value), places, axis)]


def normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = np.float32, seed: Any = None
) -> Any:
    """Draw from a normal distribution."""
    return generator(seed).normal(mean, stddev, tuple(shape)).astype(dtype)


def uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = np.float32,
    seed: Any = None,
) -> Any:  # fmt: skip
    """Draw from a uniform distribution; integers with an integer dtype."""
    random = generator(seed)
    if np.issubdtype(dtype, np.integer):
        return random.integers(minval, maxval, tuple(shape), dtype)
    return random.uniform(minval, 1 if maxval is None else maxval, tuple(shape)).astype(dtype)


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


class Logger:
    """TensorFlow's logger, which has nothing to log."""

    setLevel = set_verbosity = addFilter = staticmethod(_nothing)  # noqa: N815 (logging's names)
    DEBUG, INFO, WARN, WARNING, ERROR, FATAL = 10, 20, 30, 30, 40, 50


def _axis_and_keepdims(function: Any) -> Any:
    return returns_tensor(function, "input_tensor", "axis")


_REDUCE = {
    "reduce_mean": np.mean, "reduce_sum": np.sum, "reduce_max": np.max, "reduce_min": np.min,
    "reduce_prod": np.prod, "reduce_std": np.std, "reduce_variance": np.var,
    "reduce_any": np.any, "reduce_all": np.all,
}  # fmt: skip
_ELEMENTWISE: dict[str, Any] = {
    "abs": np.abs, "add": np.add, "ceil": np.ceil, "cos": np.cos, "divide": np.divide,
    "equal": np.equal, "exp": np.exp, "floor": np.floor, "greater": np.greater,
    "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal, "log": np.log,
    "logical_and": np.logical_and, "logical_not": np.logical_not, "logical_or": np.logical_or,
    "maximum": np.maximum, "minimum": np.minimum, "multiply": np.multiply, "negative": np.negative,
    "not_equal": np.not_equal, "pow": np.power, "round": np.round, "sign": np.sign, "sin": np.sin,
    "sqrt": np.sqrt, "square": np.square, "subtract": np.subtract, "tanh": np.tanh,
}  # fmt: skip
_SHARED = {
    **{name: _axis_and_keepdims(function) for name, function in _REDUCE.items()},
    **{name: returns_tensor(function, "x", "y") for name, function in _ELEMENTWISE.items()},
    "argmax": returns_tensor(argmax, "input", "axis"),
    "argmin": returns_tensor(argmin, "input", "axis"),
    "sigmoid": activation("sigmoid"),
}
_DTYPES = {
    name: getattr(np, name)
    for name in (
        "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16",
        "uint32", "uint64",
    )
}  # fmt: skip
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
}
_INITIALIZERS = {
    f"{name}_initializer": getattr(initializers, name)
    for name in ("constant", "ones", "random_normal", "random_uniform", "zeros")
}
_LOGGING: dict[str, Any] = {
    name: getattr(Logger, name) for name in vars(Logger) if not name.startswith("_")
}


NAMES: dict[str, Any] = {
    **_DTYPES,
    **_SHARED,
    **_INITIALIZERS,
    "__version__": VERSION,
    "Tensor": BaseTensor,
    "TensorSpec": TensorSpec,
    "bool": np.bool_,
    "boolean_mask": returns_tensor(lambda tensor, mask: tensor[np.asarray(mask)], "tensor", "mask"),
    "cast": returns_tensor(lambda x, dtype: x.astype(dtype), "x", "dtype"),
    "clip_by_value": returns_tensor(np.clip, "t", "clip_value_min", "clip_value_max"),
    "compat": {"v1": {"logging": _LOGGING, "set_random_seed": set_random_seed}},
    "concat": lambda values, axis, name=None: as_tensor(np.concatenate(values, axis)),
    "config": {
        **_CONFIG,
        "experimental": {
            "list_physical_devices": _no_devices,
            "set_memory_growth": _nothing,
            "enable_op_determinism": _nothing,
        },
    },
    "constant": constant,
    "convert_to_tensor": constant,
    "data": {
        "AUTOTUNE": AUTOTUNE,
        "Dataset": Dataset,
        "experimental": {"AUTOTUNE": AUTOTUNE, "cardinality": Dataset.cardinality},
    },
    "device": device,
    "executing_eagerly": lambda: True,
    "expand_dims": returns_tensor(np.expand_dims, "input", "axis"),
    "eye": returns_tensor(lambda rows, columns=None: np.eye(int(rows), columns, dtype=np.float32)),
    "fill": lambda dims, value: as_tensor(np.full(tuple(dims), value)),
    "gather": lambda params, indices, axis=0: as_tensor(np.take(params, indices, axis)),
    "get_logger": Logger,
    "identity": as_tensor,
    "image": IMAGE,
    "is_tensor": lambda x: isinstance(x, BaseTensor),
    "linspace": lambda start, stop, num: as_tensor(np.linspace(start, stop, num)),
    "logging": _LOGGING,
    "math": {
        **_SHARED,
        "confusion_matrix": returns_tensor(
            confusion_matrix, "labels", "predictions", "num_classes"
        ),
        "cumsum": returns_tensor(np.cumsum, "x", "axis"),
        "softplus": activation("softplus"),
        "top_k": top_k,
    },
    "matmul": returns_tensor(np.matmul, "a", "b"),
    "newaxis": None,
    "nn": {
        **{
            name: activation(name)
            for name in (
                "relu",
                "relu6",
                "sigmoid",
                "tanh",
                "elu",
                "selu",
                "silu",
                "softplus",
                "softsign",
            )
        },
        **{name: activation(name, "axis") for name in ("softmax", "log_softmax")},
        "leaky_relu": as_activation(
            leaky_relu, activations.Activation("leaky_relu", negative_slope=0.2)
        ),
        "top_k": top_k,
    },
    "norm": _axis_and_keepdims(
        lambda x, axis=None, keepdims=False: np.sqrt(
            np.sum(np.square(x), axis=axis, keepdims=keepdims)
        )
    ),
    "one_hot": returns_tensor(one_hot, "indices", "depth"),
    "ones": lambda shape, dtype=np.float32: as_tensor(np.ones(shape, dtype)),
    "ones_like": returns_tensor(np.ones_like, "input"),
    "pad": returns_tensor(pad, "tensor", "paddings"),
    "print": print,
    "random": {
        "normal": returns_tensor(normal, "shape"),
        "set_seed": set_random_seed,
        "shuffle": returns_tensor(lambda value: generator().permutation(value), "value"),
        "uniform": returns_tensor(uniform, "shape"),
    },
    "range": lambda *limits, delta=1: as_tensor(
        np.arange(*limits, *([delta] if delta != 1 else []))
    ),
    "rank": lambda input: as_tensor(np.ndim(input)),
    "repeat": returns_tensor(np.repeat, "input", "repeats", "axis"),
    "reshape": returns_tensor(np.reshape, "tensor", "shape"),
    "set_random_seed": set_random_seed,
    "shape": lambda input: as_tensor(np.array(np.shape(input), np.int32)),
    "size": lambda input: as_tensor(np.size(input)),
    "reverse": returns_tensor(np.flip, "tensor", "axis"),
    "sort": returns_tensor(np.sort, "values", "axis"),
    "split": split,
    "squeeze": returns_tensor(np.squeeze, "input", "axis"),
    "stack": lambda values, axis=0, name=None: as_tensor(np.stack(values, axis)),
    "test": {
        "gpu_device_name": lambda: "",
        "is_built_with_cuda": lambda: False,
        "is_gpu_available": lambda *_, **__: False,
    },
    "tile": returns_tensor(np.tile, "input", "multiples"),
    "tensordot": returns_tensor(np.tensordot, "a", "b", "axes"),
    "transpose": returns_tensor(np.transpose, "a", "perm"),
    "unstack": lambda value, num=None, axis=0: list(map(as_tensor, np.moveaxis(value, axis, 0))),
    "version": {"VERSION": VERSION},
    "where": returns_tensor(np.where, "condition", "x", "y"),
    "zeros": lambda shape, dtype=np.float32: as_tensor(np.zeros(shape, dtype)),
    "zeros_like": returns_tensor(np.zeros_like, "input"),
}
"""The names in ``tensorflow``; a dict is a submodule."""
