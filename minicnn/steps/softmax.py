"""Softmax, step by step: scores become probabilities, each of which depends on its whole row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.ops import reference
from minicnn.steps.checks import numbers
from minicnn.steps.notation import in_a_product, name_of, number_text, size_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table, as_tables
from minicnn.steps.walk import GradientWalk, Walk


class SoftmaxWalk(Walk):
    """The walk that ``steps.activation(x, "softmax")`` returns."""

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
    def tables(self) -> list[list[Table]]:
        """Scores minus the largest; their exponentials; these divided by their sum."""
        if self.input.ndim > 1:
            return [as_tables("input", self.input), as_tables("output", self.output)]
        return [
            as_tables("input", self.input),
            as_tables(f"input − {in_a_product(self.largest.item())}", self.shifted),
            as_tables("e^(…)", self.exponentials),
            as_tables(f"e^(…)/{number_text(self.total.item())} = output", self.output),
        ]

    def step(self, index: Index) -> Step:
        """Make the step of one probability: its exponential times 1/total."""
        here = self._row(index)
        exponential, total = self.exponentials[index].item(), self._along(self.total, index)
        factors = (Factor("exponentials", index, exponential), Factor("1/total", (), 1 / total))
        y = self.output[index].item()
        return Step("output", index, y, [Term(factors)], equation=self._equation(index, here, y))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: ``dinputᵢ = Σⱼ dyⱼ · ∂outputⱼ/∂inputᵢ``."""
        dx = reference.softmax_backward(
            np.asarray(dy, np.float64), self._scores, self.output, self.axis
        )

        def step(index: Index) -> Step:
            terms = [
                Term(
                    (
                        Factor("dy", other, dy[other].item()),
                        Factor("slope", other, slope),
                    )
                )
                for other, slope in zip(
                    self._row(index), self._slopes(index, self._row(index)), strict=True
                )
            ]
            p = number_text(self.output[index].item())
            note = (
                f"slope is ∂output/{name_of('∂input', index)}, {p}·(1 − {p}) for its own "
                f"probability p, −{p}·p for others"
            )
            return Step("dinput", index, dx[index].item(), terms, note=note)

        return {"input": GradientWalk("input", dx, step)}

    def _slopes(self, index: Index, row: Sequence[Index]) -> list[float]:
        """Return the derivative of every probability of the row by the score at `index`."""
        p = self.output[index].item()
        return [p * (1 - p) if other == index else -p * self.output[other].item() for other in row]

    def _row(self, index: Index) -> list[Index]:
        """Return the indices of all probabilities that share a total with that at `index`."""
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        together = {axis % self.input.ndim for axis in axes}
        sizes = [size if axis in together else 1 for axis, size in enumerate(self.input.shape)]
        return [
            tuple(
                free if axis in together else fixed
                for axis, (free, fixed) in enumerate(zip(found, index, strict=True))
            )
            for found in np.ndindex(*sizes)
        ]

    def _along(self, reduced: ndarray, index: Index) -> float:
        """Return the number of the row that `index` is in."""
        return reduced[
            tuple(one if size > 1 else 0 for one, size in zip(index, reduced.shape, strict=True))
        ].item()

    def _equation(self, index: Index, row: Sequence[Index], y: float) -> str:
        largest = in_a_product(self._along(self.largest, index))
        exponential = self.exponentials[index].item()
        total = self._along(self.total, index)

        def written(one: Index) -> str:
            return f"e^({number_text(self.input[one].item())} − {largest})"

        shown = [*map(written, row)]
        if len(shown) > 4:
            shown = [*shown[:2], f"… {len(shown) - 3} more …", shown[-1]]
        below = " + ".join(shown)
        quotient = f"{number_text(exponential)}/{number_text(total)}"
        return f"{written(index)}/({below}) = {quotient} = {number_text(y)}"
