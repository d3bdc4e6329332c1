"""Layers made of a function, or of a loss that is computed in a model's graph."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.differences import numerical_gradients
from minicnn.layers import called
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.operation import FUNCTION_NAMES, filled, operation, with_slots
from minicnn.layers.shapes import Shape
from minicnn.layers.symbolic import OPERATORS, SymbolicTensor
from minicnn.naming import unique_name


class Lambda(Layer):
    """Apply a function, for what is too short for a custom layer.

    Backward differentiates the function numerically: with two calls if it is elementwise, and otherwise
    two for each number in an example, unless its gradient is passed. A Lambda layer is never read from
    a file, because it consists of Python code: build the model in your program and call `load_weights`.

    Parameters
    ----------
    function : callable
        Takes a batch, or a list of them, and returns a batch.
    output_shape : tuple or callable, optional
        Shape of one example of the output; by default the function is tried out.
    arguments : dict, optional
        Further keyword arguments of the function.
    gradient : callable, optional
        ``gradient(x, dy) -> dx``.
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Raises
    ------
    TypeError
        If `function` is not callable.

    Examples
    --------
    >>> Lambda(lambda x: x**2)(np.array([[1.0, 3.0]]))
    array([[1., 9.]], dtype=float32)
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        gradient: Callable[[ndarray, ndarray], ndarray] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not callable(function):
            raise TypeError(
                f"Lambda: function must be callable, such as lambda x: x / 255, got {function!r}."
            )
        self.function = function
        self.mask = mask
        self.arguments = arguments or {}
        self.gradient = gradient
        self._output_shape = output_shape

    def compute_output_shape(self, input_shape: Any) -> Shape:
        shape = self._output_shape
        if callable(shape):
            return tuple(shape(input_shape))
        if shape is not None:
            several = isinstance(input_shape[0], (tuple, list))
            return (input_shape[0][0] if several else input_shape[0], *shape)
        return called.compute_output_shape(self, input_shape)

    def call(self, x: Any) -> Any:  # type: ignore[override]
        """Call the function."""
        return self.function(x, **self.arguments)

    def backward(self, dy: ndarray, cache: Any) -> tuple[Any, Gradients]:
        """Call the gradient, or differentiate the function numerically."""
        if self.gradient is None:
            return called.backward(self, dy, cache)
        return np.asarray(self.gradient(cache[0], dy), self.dtype), {}

    def get_config(self) -> dict[str, Any]:
        """Return the name of the function, from which no equal layer can be made."""
        name = getattr(self.function, "__name__", type(self.function).__name__)
        base = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        return {**base, "function": name, "arguments": self.arguments}

    @classmethod
    def from_config(cls, config: Any) -> "Lambda":
        """Return an equal layer if the config holds the function itself, but not if it is read."""
        if not callable(config.get("function")):
            raise ValueError(
                f'the layer "{config.get("name")}" is a Lambda, which consists of Python code. minicnn '
                "runs no code from files: build the model in your program and call "
                "model.load_weights(path)."
            )
        return cls(**config)


def as_layer(function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """Call a function of symbolic tensors, and of anything else, as a layer."""
    if (name := FUNCTION_NAMES.get(function)) is not None:
        return operation(name, *arguments, **options)
    tensors: list[SymbolicTensor] = []
    kept = [with_slots(value, tensors) for value in arguments]
    named = {key: with_slots(value, tensors) for key, value in options.items()}

    def compute(x: Any) -> Any:
        arrays = x if isinstance(x, list) else [x]
        return function(*filled(kept, arrays), **{k: filled(v, arrays) for k, v in named.items()})

    return Lambda(compute)(tensors if len(tensors) > 1 else tensors[0])


class LossOfTensors(Layer):
    """A loss as a layer of targets and predictions: one number for each example."""

    def __init__(self, loss: Any, **options: Any) -> None:
        super().__init__(**{"name": unique_name(loss.name), **options})
        self.loss = loss

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape[1][:-1])

    def forward(self, x: Any, training: bool = False) -> tuple[ndarray, Any]:
        losses, cache = self.loss.forward(*x)
        return losses.astype(self.dtype), (x, cache)

    def backward(self, dy: ndarray, cache: Any) -> tuple[Any, dict[str, ndarray]]:
        """Return the gradients; that of the targets is measured if weights have a part in them."""
        (y_true, y_pred), inner = cache
        target = np.zeros_like(y_true)
        if self._targets_depend_on_weights:
            (target,) = numerical_gradients(
                lambda one: self.loss.forward(one, y_pred)[0], [y_true], dy
            )
        return [target.astype(dy.dtype), self.loss.backward(dy, inner)], {}

    def _call_symbolically(self, x: Any) -> Any:
        self._targets_depend_on_weights = _has_weights(x[0])
        return super()._call_symbolically(x)


def _has_weights(tensor: SymbolicTensor) -> bool:
    call = tensor.call
    return bool(call.layer.weight_owners()) or any(map(_has_weights, call.inputs))


OPERATORS["function"] = as_layer
OPERATORS["loss"] = LossOfTensors
