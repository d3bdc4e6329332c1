"""Gradients of the user's functions, by central differences in float64."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

STEP = 6e-6  # cube root of float64's precision: balances truncation and rounding
TOLERANCE = 1e-3


def numerical_gradients(
    function: Callable[..., Any], inputs: Sequence[ndarray], dy: ndarray, magnitude: float = 1.0
) -> list[ndarray]:
    """Return the gradient of ``Σ dy·function(*inputs)`` with respect to each input.

    A call of the function changes one number in each part of an input. The parts are the elements, if
    each element of the output depends on those in its place only; the examples, if they are
    independent; or the whole input. A step in a random direction decides.

    Parameters
    ----------
    function : callable
    inputs : list of array
    dy : array
        Upstream gradient.
    magnitude : float
        Inputs below it are changed as if they were that large.

    Raises
    ------
    ValueError
        If the function returns other values when it is called again.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0]])
    >>> numerical_gradients(lambda x: (x**2).sum(axis=-1), [x], np.ones(1))[0].round(6)
    array([[2., 4.]])
    """
    wide = [np.asarray(x, np.float64) for x in inputs]
    parts = [dy.size] if all(x.shape == dy.shape for x in wide) else []
    if dy.ndim and all(len(x) == len(dy) for x in wide):
        parts.append(len(dy))
    for count in parts:
        gradients = _differences(function, wide, dy, count, magnitude)
        if _agree(gradients, function, wide, dy, magnitude):
            return gradients
    if not np.array_equal(function(*wide), function(*wide), equal_nan=True):
        raise ValueError("it returns other values when it is called again with the same inputs")
    return _differences(function, wide, dy, 1, magnitude)


def _differences(
    function: Callable[..., Any], inputs: list[ndarray], dy: ndarray, parts: int, magnitude: float
) -> list[ndarray]:
    """Return the gradients for inputs of independent parts."""
    gradients = []
    for position, x in enumerate(inputs):
        center = x.reshape(parts, -1)
        gradient = np.empty_like(center)
        for column in range(center.shape[1]):
            above, below = center.copy(), center.copy()
            step = STEP * np.maximum(np.abs(center[:, column]), magnitude)
            above[:, column] += step
            below[:, column] -= step
            rise = np.zeros(dy.shape)
            for moved, sign in ((above, 1), (below, -1)):
                changed = [*inputs[:position], moved.reshape(x.shape), *inputs[position + 1 :]]
                rise += sign * np.asarray(function(*changed))
            width = above[:, column] - below[:, column]
            gradient[:, column] = (dy * rise).reshape(parts, -1).sum(axis=1) / width
        gradients.append(gradient.reshape(x.shape))
    return gradients


def _agree(
    gradients: list[ndarray], function: Callable[..., Any], inputs: list[ndarray], dy: ndarray,
    magnitude: float,
) -> bool:  # fmt: skip
    """Whether the gradients predict the change along a random direction."""
    random = np.random.default_rng(0)
    steps = [
        STEP * np.maximum(np.abs(x), magnitude) * random.uniform(-1, 1, x.shape) for x in inputs
    ]
    above = np.asarray(function(*(x + step for x, step in zip(inputs, steps, strict=True))))
    below = np.asarray(function(*(x - step for x, step in zip(inputs, steps, strict=True))))
    rises = [2 * step * gradient for step, gradient in zip(steps, gradients, strict=True)]
    size = sum(np.abs(rise).sum() for rise in rises) + np.abs(dy * (above - below)).sum()
    expected = sum(rise.sum() for rise in rises)
    return bool(np.abs((dy * (above - below)).sum() - expected) <= TOLERANCE * size)
