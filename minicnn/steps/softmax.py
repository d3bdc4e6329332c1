"""Softmax, step by step: scores become probabilities, and each depends on all of its row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.steps.grid import Grid, tables
from minicnn.steps.notation import in_a_product, name_of, number_text, size_text
from minicnn.steps.numbers import numbers
from minicnn.steps.step import Factor, Place, Step, Term
from minicnn.steps.walk import GradientWalk, Walk


class SoftmaxWalk(Walk):
    """What ``steps.activation(x, "softmax")`` returns."""

    def __init__(self, x: ArrayLike, axis: Any = -1) -> None:
        self.input = numbers("x", x)
        if not self.input.ndim:
            raise ShapeError(
                "softmax takes the scores of all classes together, got a single number. "
                "Write steps.activation([0.5, 2.0], 'softmax')."
            )
        self.axis = axis
        scores = self._scores = np.asarray(self.input, np.float64)
        self.largest = scores.max(axis=axis, keepdims=True)
        self.shifted = scores - self.largest
        self.exponentials = np.exp(self.shifted)
        self.total = self.exponentials.sum(axis=axis, keepdims=True)
        title = f"softmax: input {size_text(self.input.shape)}"
        super().__init__(title, reference.softmax_forward(scores, axis))

    @property
    def grids(self) -> list[list[Grid]]:
        """Scores, less the largest; their exponentials; these, divided by their sum."""
        if self.input.ndim > 1:
            return [tables("input", self.input), tables("output", self.output)]
        return [
            tables("input", self.input),
            tables(f"input − {in_a_product(self.largest.item())}", self.shifted),
            tables("e^(…)", self.exponentials),
            tables(f"e^(…)/{number_text(self.total.item())} = output", self.output),
        ]

    def step(self, place: Place) -> Step:
        """Make the step of one probability: its exponential times 1/total."""
        here = self._row(place)
        power, total = self.exponentials[place].item(), self._along(self.total, place)
        factors = (Factor("exponentials", place, power), Factor("1/total", (), 1 / total))
        y = self.output[place].item()
        return Step("output", place, y, [Term(factors)], equation=self._equation(place, here, y))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: ``dinputᵢ = Σⱼ dyⱼ · ∂outputⱼ/∂inputᵢ``."""
        dx = reference.softmax_backward(
            np.asarray(dy, np.float64), self._scores, self.output, self.axis
        )

        def step(place: Place) -> Step:
            terms = [
                Term(
                    (
                        Factor("dy", other, dy[other].item()),
                        Factor("slope", other, slope),
                    )
                )
                for other, slope in zip(
                    self._row(place), self._slopes(place, self._row(place)), strict=True
                )
            ]
            p = number_text(self.output[place].item())
            note = (
                f"slope is ∂output/{name_of('∂input', place)}, {p}·(1 − {p}) for its own "
                f"probability p, −{p}·p for others"
            )
            return Step("dinput", place, dx[place].item(), terms, note=note)

        return {"input": GradientWalk("input", dx, step)}

    def _slopes(self, place: Place, row: Sequence[Place]) -> list[float]:
        """Return how fast every probability of the row rises with the score at `place`."""
        p = self.output[place].item()
        return [p * (1 - p) if other == place else -p * self.output[other].item() for other in row]

    def _row(self, place: Place) -> list[Place]:
        """Return the places whose probabilities add up to 1 together with that at `place`."""
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        together = {axis % self.input.ndim for axis in axes}
        sizes = [size if axis in together else 1 for axis, size in enumerate(self.input.shape)]
        return [
            tuple(
                index if axis in together else fixed
                for axis, (index, fixed) in enumerate(zip(found, place, strict=True))
            )
            for found in np.ndindex(*sizes)
        ]

    def _along(self, reduced: ndarray, place: Place) -> float:
        """Return what belongs to the row of `place`."""
        return reduced[
            tuple(
                index if size > 1 else 0 for index, size in zip(place, reduced.shape, strict=True)
            )
        ].item()

    def _equation(self, place: Place, row: Sequence[Place], y: float) -> str:
        largest = in_a_product(self._along(self.largest, place))
        power = self.exponentials[place].item()
        total = self._along(self.total, place)

        def written(one: Place) -> str:
            return f"e^({number_text(self.input[one].item())} − {largest})"

        shown = [*map(written, row)]
        if len(shown) > 4:
            shown = [*shown[:2], f"… {len(shown) - 3} more …", shown[-1]]
        below = " + ".join(shown)
        quotient = f"{number_text(power)}/{number_text(total)}"
        return f"{written(place)}/({below}) = {quotient} = {number_text(y)}"
