"""Slopes that are learnt, step by step: a number that is positive stays, others are multiplied."""

from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.naming import snake_case
from minicnn.steps.checks import numbers
from minicnn.steps.notation import size_text
from minicnn.steps.step import Factor, Index, Step, Term, products
from minicnn.steps.walk import GradientWalk, Walk


class LearntSlopesWalk(Walk):
    """A walk through a layer of the family "learnt_slopes", such as `PReLU`."""

    def __init__(self, layer: Any, x: ndarray) -> None:
        self.input = numbers("x", x)
        self._name, self._indices = layer.learnt_slopes((None, *self.input.shape))
        self._weight = np.asarray(getattr(layer, self._name), np.float64)
        self._slopes = np.where(self.input > 0, 1.0, self._weight.ravel()[self._indices])
        kind = snake_case(type(layer).__name__)
        title = f"{kind}: input {size_text(self.input.shape)}"
        super().__init__(title, self.input * self._slopes)

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output."""
        term = Term((Factor.of("input", self.input, index), self._slope(index)))
        return Step("output", index, self.output[index].item(), [term])

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradients of input and slopes."""
        dy = np.asarray(dy, np.float64)
        negative = np.where(self.input > 0, 0, dy * self.input)
        size = self._weight.size
        dweight = np.bincount(self._indices.ravel(), negative.ravel(), size)
        dweight = dweight.reshape(self._weight.shape)
        return {
            "input": GradientWalk("input", dy * self._slopes, partial(self._input_step, dy)),
            self._name: GradientWalk(self._name, dweight, partial(self._weight_step, dy, dweight)),
        }

    def _slope(self, index: Index) -> Factor:
        if self.input[index] > 0:
            return Factor("1", (), 1)
        place = np.unravel_index(self._indices[index], self._weight.shape)
        return Factor.of(self._name, self._weight, tuple(int(one) for one in place))

    def _input_step(self, dy: ndarray, index: Index) -> Step:
        term = Term((Factor.of("dy", dy, index), self._slope(index)))
        return Step("dinput", index, term.product, [term])

    def _weight_step(self, dy: ndarray, dweight: ndarray, index: Index) -> Step:
        own = self._indices == np.ravel_multi_index(index, self._weight.shape)
        cells = [tuple(cell) for cell in np.argwhere(own & (self.input <= 0)).tolist()]
        terms = products(("dy", dy, cells), ("input", self.input, cells))
        note = "it multiplied the numbers that are not positive"
        return Step(f"d{self._name}", index, dweight[index].item(), terms, note=note)
