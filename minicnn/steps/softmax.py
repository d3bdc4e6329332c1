"""Softmax, step by step: scores become probabilities, each of which depends on its whole row."""

from itertools import product
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
        total, y = self._along(self.total, index), self.output[index].item()
        term = Term(
            (Factor.of("exponentials", self.exponentials, index), Factor("1/total", (), 1 / total))
        )
        return Step("output", index, y, [term], equation=self._equation(index, y))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: ``dinputᵢ = Σⱼ dyⱼ · ∂outputⱼ/∂inputᵢ``."""
        dy = np.asarray(dy, np.float64)
        dx = reference.softmax_backward(dy, self._scores, self.output, self.axis)

        def step(index: Index) -> Step:
            terms = [
                Term(
                    (Factor.of("dy", dy, other), Factor("slope", other, self._slope(other, index)))
                )
                for other in self._row(index)
            ]
            p = number_text(self.output[index].item())
            note = (
                f"slope is ∂output/{name_of('∂input', index)}, {p}·(1 − {p}) for its own "
                f"probability p, −{p}·p for others"
            )
            return Step("dinput", index, dx[index].item(), terms, note=note)

        return {"input": GradientWalk("input", dx, step)}

    def _slope(self, of: Index, by: Index) -> float:
        """Return the derivative of one probability by one score of its row."""
        p = self.output[by].item()
        return p * (1 - p) if of == by else -p * self.output[of].item()

    def _row(self, index: Index) -> list[Index]:
        """Return the indices of all probabilities that share a total with that at `index`."""
        ranges = [
            range(size) if together == 1 else [number]
            for size, together, number in zip(
                self.input.shape, self.total.shape, index, strict=True
            )
        ]
        return list(product(*ranges))

    def _along(self, reduced: ndarray, index: Index) -> float:
        """Return the number of the row that `index` is in."""
        return np.broadcast_to(reduced, self.input.shape)[index].item()

    def _equation(self, index: Index, y: float) -> str:
        largest = in_a_product(self._along(self.largest, index))
        exponential, total = self.exponentials[index].item(), self._along(self.total, index)
        exponentials = {
            other: f"e^({number_text(self.input[other].item())} − {largest})"
            for other in self._row(index)
        }
        shown = list(exponentials.values())
        if len(shown) > 4:
            shown = [*shown[:2], f"… {len(shown) - 3} more …", shown[-1]]
        quotient = f"{number_text(exponential)}/{number_text(total)}"
        return f"{exponentials[index]}/({' + '.join(shown)}) = {quotient} = {number_text(y)}"
