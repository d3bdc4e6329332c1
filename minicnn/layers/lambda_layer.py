"""Layers made of a function."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape
from minicnn.random import private_stream

STEP = 6e-6  # the cube root of float64's precision, for central differences
TOLERANCE = 1e-4


class Lambda(Layer):
    """Apply a function, for what is too short for a custom layer.

    Backward differentiates an elementwise function numerically. For any other function pass its
    gradient, or write a custom layer. A Lambda layer is never read from a file, because it consists
    of Python code: build the model in your program and call `load_weights`.

    Parameters
    ----------
    function : callable
        Takes a batch and returns a batch.
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

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the function's result."""
        if input_shape and isinstance(input_shape[0], (tuple, list)):
            raise TypeError(
                f"{self.describe()} takes one input, got {len(input_shape)}. Combine them first, for "
                "example Subtract()([a, b]), or write a custom layer with forward and backward."
            )
        shape = self._output_shape
        if callable(shape):
            return tuple(shape(input_shape))
        if shape is not None:
            return (input_shape[0], *shape)
        example = np.ones([size or 2 for size in input_shape], self.dtype)
        with private_stream(0):
            result = np.shape(self._apply(example))
        return (input_shape[0], *result[1:]) if result else ()

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, ndarray]:
        """Call the function."""
        return np.asarray(self._apply(x), self.dtype), x

    def backward(self, dy: ndarray, cache: ndarray) -> tuple[ndarray, Gradients]:
        """Call the gradient, or differentiate the function numerically."""
        x = cache
        if self.gradient is not None:
            return np.asarray(self.gradient(x, dy), self.dtype), {}
        if dy.shape == x.shape:
            step = STEP * np.maximum(np.abs(x), 1).astype(np.float64)
            derivative = self._difference(x, step) / (2 * step)
            if self._is_elementwise(x, derivative):
                return (dy * derivative).astype(dy.dtype), {}
        raise NotImplementedError(
            f"{self.describe()} has a function that is not elementwise, so its gradient is unknown. "
            "Pass Lambda(function, gradient=lambda x, dy: ...), or write a custom layer with forward "
            "and backward."
        )

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

    def _apply(self, x: ndarray) -> Any:
        return self.function(x, **self.arguments)

    def _difference(self, x: ndarray, step: ndarray) -> ndarray:
        x = x.astype(np.float64)
        return np.asarray(self._apply(x + step)) - np.asarray(self._apply(x - step))

    def _is_elementwise(self, x: ndarray, derivative: ndarray) -> bool:
        """Whether steps of random length in each element agree with the derivatives."""
        random = np.random.default_rng(0)
        step = STEP * np.maximum(np.abs(x), 1) * random.uniform(-1, 1, x.shape)
        error = np.abs(self._difference(x, step) - 2 * step * derivative)
        return bool(
            error.max(initial=0) <= TOLERANCE * 2 * STEP * np.abs(derivative).max(initial=1)
        )
