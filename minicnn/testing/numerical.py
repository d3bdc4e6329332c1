"""Compare a gradient with central differences: some entries one by one, and a sum of all entries.

If the one-sided differences agree, their mean is the derivative. If they disagree however small the
step, the function has a kink (ReLU at 0, two equal elements under a maximum), where any derivative in
between is accepted. Chainer's `gradient_check` detects kinks as well.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.testing.report import Entry, Index

STEPS = (1e-5, 1e-6, 1e-7)
"""Steps to try, relative to the array's root mean square: smaller ones cross fewer kinks."""

EPSILON = float(np.finfo(np.float64).eps)
SMALLEST_GRADIENT = 1e-250  # float64 cannot resolve the differences below it
ROUNDING_ERRORS = 20.0  # of the output that a difference may contain
KINK_RATIO = 0.3  # of the disagreement that is left at 1/100 of the step; 0.01 if smooth
DIRECTIONS = 3  # to try, in case the first one crosses a kink


class CheckedArray(NamedTuple):
    """An array, its analytic gradient, and how to compute the output that it influences.

    `output` reads the array, which the check changes in place.
    """

    owner: str
    name: str
    values: ndarray
    gradient: ndarray
    output: Callable[[], ndarray]
    upstream: ndarray
    gradient_for: Callable[[ndarray], ndarray] | None = None


class NumericalGradient:
    """Differentiates the loss with respect to one array by finite differences."""

    def __init__(self, array: CheckedArray, tolerance: float) -> None:
        self.array, self._tolerance = array, tolerance
        self._largest = float(np.abs(array.gradient).max(initial=0))
        self._output = np.array(array.output())
        size = float(np.sqrt(np.mean(array.values**2))) if array.values.size else 0.0
        self._size = size or 1.0

    def compare_entry(self, index: Index) -> Entry:
        """Compare the derivative with respect to one entry."""
        direction = np.zeros(self.array.values.shape)
        direction[index] = 1.0
        return self._compare(direction, index)

    def find_wrong_entry(self, random: np.random.Generator) -> Index | None:
        """Bisect a random sum of all entries; return None if the sum is right."""
        size = self.array.values.size
        for _ in range(DIRECTIONS):
            signs = random.choice([-1.0, 1.0], size=size)
            start, stop = 0, size
            passed = self._compare_sum(signs, start, stop)
            if passed is None:
                continue  # the sum crosses a kink
            if passed:
                return None
            while stop - start > 1:
                middle = (start + stop) // 2
                if self._compare_sum(signs, start, middle):
                    start = middle
                else:
                    stop = middle
            return unravel(start, self.array.values.shape)
        return None

    def _compare_sum(self, signs: ndarray, start: int, stop: int) -> bool | None:
        """Whether the derivative is right if these entries change together; None at a kink."""
        direction = np.zeros(len(signs))
        direction[start:stop] = signs[start:stop] / np.sqrt(stop - start)  # a vector of length 1
        found = self._compare(direction.reshape(self.array.values.shape))
        return None if found.kink else found.passed

    def _compare(self, direction: ndarray, index: Index = ()) -> Entry:
        """Compare the derivative along a direction."""
        analytic = float((self.array.gradient * direction).sum())
        jumps, errors = [], []
        for factor in STEPS:
            step = factor * self._size
            left, right = self._one_sided(direction, step)
            numerical = float((left + right).sum()) / 2
            difference = abs(numerical - analytic)
            # A gradient that consists of rounding errors is compared with rounding errors.
            rounding = self._rounding(left, right) / step
            scale = max(self._largest + rounding / self._tolerance, SMALLEST_GRADIENT)
            error = difference / scale
            if error <= self._tolerance:
                return Entry(index, analytic, numerical, error, kink=False, passed=True)
            jumps.append(float(np.abs(right - left).sum()))
            errors.append(error)
        kink = jumps[-1] > KINK_RATIO * jumps[0] and difference <= 2 * jumps[-1]
        return Entry(index, analytic, numerical, errors[0], kink, passed=False)

    def _rounding(self, left: ndarray, right: ndarray) -> float:
        """Return a bound of the rounding errors in the outputs that have changed."""
        changed = (left != 0) | (right != 0)
        if not changed.any():  # all changes are below the rounding errors
            changed = ~changed
        outputs = np.maximum(np.abs(self._output), 1)
        size = np.linalg.norm(np.where(changed, self.array.upstream * outputs, 0))
        return ROUNDING_ERRORS * EPSILON * float(size)

    def _one_sided(self, direction: ndarray, step: float) -> tuple[ndarray, ndarray]:
        """Return the contribution of each output to the left and right derivative."""
        values, upstream = self.array.values, self.array.upstream
        before = values.copy()
        try:
            values += step * direction
            right = upstream * (self.array.output() - self._output) / step
            values[...] = before - step * direction
            left = upstream * (self._output - self.array.output()) / step
        finally:
            values[...] = before
        return left, right


def unravel(flat: int, shape: tuple[int, ...]) -> Index:
    """Return the index of an entry from its position in the flattened array."""
    return tuple(int(index) for index in np.unravel_index(flat, shape))


def distinct_numbers(shape: tuple[int, ...], random: np.random.Generator) -> ndarray:
    """Return numbers from −2 to 2 in random order; none is 0, and no two are nearly equal."""
    size = int(np.prod(shape))
    return ((random.permutation(size) + 0.25) * 4 / max(size, 1) - 2).reshape(shape)
