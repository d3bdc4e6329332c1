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
    each element of the output depends on those in its place only; the examples, or the indices of the
    last axis (the units of a dense layer), if they are independent; or the whole input. A step in a
    random direction decides.

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

    def gradient(position: int) -> ndarray:
        x = wide[position]

        def alone(moved: ndarray) -> ndarray:
            return np.asarray(function(*wide[:position], moved, *wide[position + 1 :]))

        for axes in _parts(x.shape, dy.shape):
            found = _differences(alone, x, dy, axes, magnitude)
            if _agrees(found, alone, x, dy, magnitude):
                return found
        if not np.array_equal(alone(x), alone(x), equal_nan=True):
            raise ValueError("it returns other values when it is called again with the same inputs")
        return _differences(alone, x, dy, (), magnitude)

    return [gradient(position) for position in range(len(wide))]


def _parts(shape: tuple[int, ...], output: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the axes that may be independent of each other, in input and output alike."""
    found = [tuple(range(len(shape)))] if shape == output else []
    if shape and output:
        found += [(axis,) for axis in (0, -1) if shape[axis] == output[axis]]
    return found


def _differences(
    function: Callable[[ndarray], ndarray], x: ndarray, dy: ndarray, axes: tuple[int, ...],
    magnitude: float,
) -> ndarray:  # fmt: skip
    """Return the gradient if the indices of these axes are independent."""
    first = tuple(range(len(axes)))
    center = np.moveaxis(x, axes, first)
    count = int(np.prod(center.shape[: len(axes)]))
    rows = center.reshape(count, -1)
    gradient = np.empty_like(rows)
    for column in range(rows.shape[1]):
        step = STEP * np.maximum(np.abs(rows[:, column]), magnitude)
        ends, rise = [], np.zeros(dy.shape)
        for sign in (1, -1):
            moved = rows.copy()
            moved[:, column] += sign * step
            ends.append(moved[:, column])
            rise += sign * function(np.moveaxis(moved.reshape(center.shape), first, axes))
        terms = np.moveaxis(dy * rise, axes, first).reshape(count, -1)
        gradient[:, column] = terms.sum(axis=1) / (ends[0] - ends[1])
    return np.moveaxis(gradient.reshape(center.shape), first, axes)


def _agrees(
    gradient: ndarray, function: Callable[[ndarray], ndarray], x: ndarray, dy: ndarray,
    magnitude: float,
) -> bool:  # fmt: skip
    """Whether the gradient predicts the change along a random direction."""
    random = np.random.default_rng(0)
    step = STEP * np.maximum(np.abs(x), magnitude) * random.uniform(-1, 1, x.shape)
    change = dy * (function(x + step) - function(x - step))
    rises = 2 * step * gradient
    size = np.abs(rises).sum() + np.abs(change).sum()
    return bool(np.abs(change.sum() - rises.sum()) <= TOLERANCE * size)
