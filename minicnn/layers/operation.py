"""Functions of NumPy on symbolic tensors, which are layers that Keras saves as those of `keras.ops`.

>>> from minicnn.layers import Input
>>> y = np.mean(Input((4, 3)), axis=1)
>>> y.shape, y.call.layer.function
((None, 3), 'mean')
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.differences import numerical_gradients
from minicnn.layers.layer import Layer
from minicnn.layers.merging import Add, Maximum, Minimum, Multiply, Subtract
from minicnn.layers.rescaling import Rescaling
from minicnn.layers.symbolic import SymbolicTensor
from minicnn.naming import unique_name

# Keras' parameters ("=": NumPy's, too) and the functions that have them, by Keras' modules
_OF_KERAS = {
    "numpy": {
        "x": "abs absolute arccos arcsin arctan ceil copy cos cosh exp expm1 floor isfinite isinf isnan"
        " log log10 log1p log2 logical_not ndim negative ravel reciprocal sign sin sinh size sqrt square"
        " tan tanh",
        "x1 x2": "add divide dot equal floor_divide greater greater_equal inner less less_equal"
        " logical_and logical_or matmul maximum minimum mod multiply not_equal outer power subtract"
        " true_divide vdot",
        "x axis= keepdims= initial=": "max min",
        "x axis= keepdims= dtype=": "prod",
        "x axis= keepdims=": "all any argmax argmin mean median std sum var",
        "x axis= dtype=": "cumprod cumsum",
        "x axis=": "argsort count_nonzero flip sort squeeze stack",
        "x axis= weights=": "average",
        "x axis": "expand_dims",
        "x axes": "transpose",
        "x newshape": "reshape",
        "x shape": "broadcast_to",
        "x x_min x_max": "clip",
        "x key": "get_item",
        "x indices axis=": "take take_along_axis",
        "x q axis= method= keepdims=": "quantile",
        "x k=": "diag tril triu",
        "x offset= axis1= axis2=": "diagonal trace",
        "a n= axis=": "diff",
        "x pad_width mode= constant_values=": "pad",
        "x source destination": "moveaxis",
        "x axis1 axis2": "swapaxes",
        "x repeats axis=": "repeat",
        "x repeats": "tile",
        "x shift axis=": "roll",
        "x decimals=": "round",
        "x nan= posinf= neginf=": "nan_to_num",
        "x fill_value dtype=": "full_like",
        "x dtype=": "ones_like zeros_like",
        "x1 x2 axes=": "tensordot",
        "xs": "hstack vstack",
        "xs axis=": "concatenate",
        "condition x1 x2": "where",
        "subscripts *": "einsum",
    },
    "nn": {"x num_classes axis= dtype=": "one_hot", "x axis= order= epsilon=": "normalize"},
    "math": {"x axis= keepdims=": "logsumexp", "x": "rsqrt"},
    "linalg": {"x ord= axis= keepdims=": "norm"},
    "core": {"x dtype": "cast"},
}
_MODULES: dict[str, str] = {}
PARAMETERS: dict[str, list[str]] = {}
for _module, _signatures in _OF_KERAS.items():
    for _parameters, _functions in _signatures.items():
        for _function in _functions.split():
            _MODULES[_function], PARAMETERS[_function] = _module, _parameters.split()
# What Keras stores with the call; the other parameters are those of the layer
_OF_CALL = {
    "x", "x1", "x2", "xs", "a", "*", "condition", "indices", "q", "key", "weights", "fill_value",
    "constant_values",
}  # fmt: skip
_MOVING = {
    "broadcast_to", "concatenate", "copy", "diagonal", "expand_dims", "flip", "get_item", "hstack",
    "moveaxis", "ravel", "repeat", "reshape", "roll", "squeeze", "stack", "swapaxes", "take", "tile",
    "transpose", "vstack",
}  # fmt: skip
_EXACT: dict[str, Any] = {
    "add": Add, "multiply": Multiply, "subtract": Subtract, "maximum": Maximum, "minimum": Minimum,
}  # fmt: skip


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    reduce: Any = np.logaddexp.reduce
    return reduce(x, axis, keepdims=keepdims)


def _normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float = 1e-7) -> Any:
    return x / np.maximum(np.linalg.norm(x, order, axis, True), epsilon)


def _one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = np.float32) -> Any:
    matches = np.expand_dims(np.asarray(x), -1) == np.arange(num_classes)
    return np.moveaxis(matches.astype(dtype), -1, axis)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "cast": lambda x, dtype: np.asarray(x).astype(dtype),
    "get_item": operator.getitem,
    "logsumexp": _logsumexp,
    "norm": np.linalg.norm,
    "normalize": _normalize,
    "one_hot": _one_hot,
    "rsqrt": lambda x: 1 / np.sqrt(x),
}
"""The functions of `keras.ops` that may be layers, by name."""
FUNCTIONS |= {name: getattr(np, name) for name in _MODULES if name not in FUNCTIONS}

FUNCTION_NAMES: dict[Any, str] = {function: name for name, function in FUNCTIONS.items()} | {
    np.true_divide: "true_divide", np.absolute: "absolute",
}  # fmt: skip
FUNCTION_NAMES |= {
    getattr(operator, short): name
    for short, name in {
        "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide",
        "floordiv": "floor_divide", "mod": "mod", "pow": "power", "matmul": "matmul",
        "neg": "negative", "abs": "absolute", "getitem": "get_item", "gt": "greater",
        "ge": "greater_equal", "lt": "less", "le": "less_equal",
    }.items()
}  # fmt: skip


def operation(name: str, *arguments: Any, **options: Any) -> Any:
    """Call a function of `keras.ops`, with Keras' arguments; make a layer of it for symbolic tensors.

    Examples
    --------
    >>> operation("mean", [[1.0, 3.0]], 1, keepdims=True)
    array([[2.]])
    """
    tensors: list[SymbolicTensor] = []
    bound = _bound(name, arguments, options)
    kept = {key: with_slots(value, tensors) for key, value in bound.items()}
    if not tensors:
        return _apply(name, bound)
    exact = _exact(name, list(bound.values()))
    if exact is None:
        exact = Operation(name, kept)(tensors if len(tensors) > 1 else tensors[0])
    return exact


class Slot(int):
    """The place of a tensor, by its number, among the arguments of an `Operation`."""


class Operation(Layer):
    """A function of `keras.ops`.

    Its gradient is exact if it moves elements, or is their sum or mean. Otherwise it is measured, as
    that of `Lambda`.

    Parameters
    ----------
    function : str
        Name in `FUNCTIONS`.
    arguments : dict
        By Keras' names, with a `Slot` for each input.
    **options : `name`, `dtype` as in `Layer`
    """

    reduces = True  # a number for a batch is allowed: it may be a loss

    def __init__(self, function: str, arguments: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**{"name": unique_name(function), **options})
        self.function, self.arguments = function, dict(arguments)

    def call(self, x: Any) -> Any:  # type: ignore[override]
        """Call the function."""
        arrays = x if isinstance(x, list) else [x]
        return _apply(self.function, {k: filled(v, arrays) for k, v in self.arguments.items()})

    def forward(self, x: Any, training: bool = False) -> tuple[ndarray, Any]:
        return np.asarray(self.call(x)).astype(self.dtype, copy=False), x

    def backward(self, dy: ndarray, cache: Any) -> tuple[Any, dict[str, ndarray]]:
        x = cache if isinstance(cache, list) else [cache]
        if self.function in _MOVING:
            dxs = self._moved_back(dy, x)
        elif self.function in ("sum", "mean"):
            whole = np.ones(x[0].shape, dy.dtype)
            axis = self.arguments.get("axis")
            kept = dy.reshape(np.sum(whole, axis=axis, keepdims=True).shape)
            dxs = [whole * kept / (x[0].size / dy.size if self.function == "mean" else 1)]
        else:
            dxs = numerical_gradients(lambda *arrays: self.call([*arrays]), x, dy)
        found = [dx.astype(dy.dtype, copy=False) for dx in dxs]
        return found if isinstance(cache, list) else found[0], {}

    def _moved_back(self, dy: ndarray, x: list[ndarray]) -> list[ndarray]:
        """Add each gradient of the output to that of the element that is there."""
        starts = np.cumsum([0, *(one.size for one in x)])
        pairs = zip(starts, x, strict=False)
        places = self.call([start + np.arange(one.size).reshape(one.shape) for start, one in pairs])
        dx = np.bincount(np.ravel(places), dy.ravel(), starts[-1])
        pairs = zip(np.split(dx, starts[1:-1]), x, strict=True)
        return [part.reshape(one.shape) for part, one in pairs]

    def described(self) -> dict[str, Any]:
        """Return the layer as Keras writes it, without what belongs to the call."""
        of_layer = {k: _saved(v, ()) for k, v in self.arguments.items() if k not in _OF_CALL}
        name = "".join(part.capitalize() for part in self.function.split("_"))
        return {
            "module": f"keras.src.ops.{_MODULES[self.function]}",
            "class_name": name,
            "config": {"name": self.name, **of_layer},
            "registered_name": name,
        }

    def node(self, tensors: Sequence[Any]) -> dict[str, Any]:
        """Return the call as Keras writes it, with these descriptions of the inputs."""
        saved = {k: _saved(v, tensors) for k, v in self.arguments.items() if k in _OF_CALL}
        options = {k: saved.pop(k) for k in ("weights", "constant_values") if k in saved}
        several = saved.pop("*", [])
        return {"args": [*saved.values(), *several], "kwargs": options}


def _bound(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments by Keras' names."""
    names = [parameter.rstrip("=") for parameter in PARAMETERS[name]]
    rest = list(arguments)
    if names[-1] == "*":
        return {names[0]: rest[0], "*": rest[1:], **options}
    found = dict(zip(names, rest, strict=False))
    if len(rest) > len(names):
        raise TypeError(f"{name} takes {', '.join(names)}; got {len(rest)} arguments.")
    found |= {key: options[key] for key in names if key in options}
    return found | {key: value for key, value in options.items() if key not in found}


def _apply(name: str, bound: Mapping[str, Any]) -> Any:
    """Call the function of NumPy."""
    rest = {key: value for key, value in bound.items() if value is not None or key == "axis"}
    positional = []
    for parameter in PARAMETERS[name]:
        if parameter == "*":
            positional += rest.pop("*")
        elif not parameter.endswith("=") and parameter in rest:
            positional.append(rest.pop(parameter))
    return FUNCTIONS[name](*positional, **rest)


def _exact(name: str, values: list[Any]) -> Any:
    """Call the layer that computes the same and has a gradient of its own; None without one."""
    tensors = [value for value in values if isinstance(value, SymbolicTensor)]
    if not all(tensor.ndim for tensor in tensors):
        return None
    if len(tensors) == 2 and name in _EXACT and len({tensor.ndim for tensor in tensors}) == 1:
        return _EXACT[name]()(tensors)
    if name == "negative":
        return Rescaling(-1.0)(tensors[0])
    numbers = [value for value in values if isinstance(value, (int, float, np.number))]
    if len(values) != 2 or len(tensors) != 1 or len(numbers) != 1:
        return None
    x, (number,) = tensors[0], numbers
    if name == "add":
        return Rescaling(1.0, number)(x)
    if name == "subtract":
        return Rescaling(1.0, -number)(x) if values[0] is x else Rescaling(-1.0, number)(x)
    if name == "multiply":
        return Rescaling(number)(x)
    divides = name in ("divide", "true_divide") and values[0] is x and number
    return Rescaling(1.0 / number)(x) if divides else None


def with_slots(value: Any, tensors: list[SymbolicTensor]) -> Any:
    """Return a value with a `Slot` for each tensor in it, which is appended to `tensors`."""
    if isinstance(value, SymbolicTensor):
        tensors.append(value)
        return Slot(len(tensors) - 1)
    if isinstance(value, (list, tuple)):
        kept = [with_slots(item, tensors) for item in value]
        return kept if any(isinstance(item, (Slot, list)) for item in kept) else value
    return value


def filled(value: Any, arrays: Sequence[ndarray]) -> Any:
    """Return a value with arrays for its slots."""
    if isinstance(value, Slot):
        return arrays[value]
    return [filled(item, arrays) for item in value] if isinstance(value, list) else value


def _saved(value: Any, tensors: Sequence[Any]) -> Any:
    """Return an argument as JSON holds it."""
    if isinstance(value, Slot):
        return tensors[value]
    if isinstance(value, (list, tuple)):
        return [_saved(item, tensors) for item in value]
    if isinstance(value, slice):
        limits = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": limits}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, ndarray):
        config = {"value": value.tolist(), "dtype": value.dtype.name}
        return {"class_name": "__numpy__", "config": config}
    if isinstance(value, np.generic):
        return value.item()
    return np.dtype(value).name if isinstance(value, (type, np.dtype)) else value
