"""How fast the loss rises with one number: finite differences, to the left and to the right.

Where the two agree, their mean is the slope; where they go on to disagree however small the step,
the function has a kink there (ReLU at 0, two equal numbers under a maximum), and no gradient is
wrong. Chainer's `gradient_check` looks for kinks too.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.testing.checked import Checked

STEPS = (1e-5, 1e-6, 1e-7)
"""Tried one after the other, times the array's size: a smaller one steps over fewer kinks."""

EPSILON = float(np.finfo(np.float64).eps)
TINY = 1e-250  # of smaller gradients float64 has no slopes
ROUNDINGS = 20.0  # how many of the output's roundings a difference may hold
KINK = 0.3  # of the disagreement, left over at a hundredth of the step: of a smooth curve 0.01 is


class Slope(NamedTuple):
    """What was found along one direction."""

    value: float
    error: float  # of what backward says, as a share of the array's largest gradient
    right: bool  # whether that is within the tolerance
    kink: bool


class Ruler:
    """Measures slopes of one array's loss, and compares them with its gradient."""

    def __init__(self, array: Checked, tolerance: float) -> None:
        self.array = array
        self.largest = float(np.abs(array.gradient).max(initial=0))
        self._tolerance = tolerance
        self._output = np.array(array.output())
        size = float(np.sqrt(np.mean(array.values**2))) if array.values.size else 0.0
        self._size = size if size > 0 else 1.0

    def compare(self, change: ndarray) -> Slope:
        """Compare the slope along a direction with what the gradient says of it."""
        said = float((self.array.gradient * change).sum())
        jumps, errors = [], []
        for factor in STEPS:
            step = factor * self._size
            left, right = self._one_sided(change, step)
            slope = float((left + right).sum()) / 2
            difference = abs(slope - said)
            # A gradient that is nothing but rounding is compared with rounding.
            rounding = self._rounding(left, right) / step
            error = difference / max(self.largest + rounding / self._tolerance, TINY)
            if error <= self._tolerance:
                return Slope(slope, error, right=True, kink=False)
            jumps.append(float(np.abs(right - left).sum()))
            errors.append(error)
        kink = jumps[-1] > KINK * jumps[0] and difference <= 2 * jumps[-1]
        return Slope(slope, errors[0], right=False, kink=kink)

    def _rounding(self, left: ndarray, right: ndarray) -> float:
        """Return how much of a difference may be rounding, of the outputs that have changed."""
        touched = (left != 0) | (right != 0)
        felt = touched if touched.any() else ~touched  # all: the change drowned in rounding
        outputs = np.maximum(np.abs(self._output), 1)
        size = np.linalg.norm(np.where(felt, self.array.upstream * outputs, 0))
        return ROUNDINGS * EPSILON * float(size)

    def _one_sided(self, change: ndarray, step: float) -> tuple[ndarray, ndarray]:
        """Return what each output adds to the slope: to the left, and to the right."""
        values, upstream = self.array.values, self.array.upstream
        before = values.copy()
        try:
            values += step * change
            right = upstream * (self.array.output() - self._output) / step
            values[...] = before - step * change
            left = upstream * (self._output - self.array.output()) / step
        finally:
            values[...] = before
        return left, right
