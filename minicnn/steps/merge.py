"""Layers that add or concatenate several inputs, or take the largest, step by step."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.naming import snake_case
from minicnn.steps.index_map import IndexMapWalk
from minicnn.steps.notation import size_text
from minicnn.steps.step import Factor, Index, Step
from minicnn.steps.walk import GradientWalk

OPERATIONS = ("sum", "maximum")


class MergeWalk(IndexMapWalk):
    """A walk through a layer of the family "merge", whose inputs are seen as one flat array."""

    def __init__(self, layer: Any, x: list[ndarray]) -> None:
        self._shapes = [array.shape for array in x]
        self._starts = np.cumsum([0, *(array.size for array in x)]).tolist()
        shapes = [(None, *shape) for shape in self._shapes]
        sizes = " and ".join(map(size_text, self._shapes))
        super().__init__(
            f"{snake_case(type(layer).__name__)}: input {sizes}",
            np.concatenate([array.ravel() for array in x]),
            layer.index_map(shapes),
            layer.compute_output_shape(shapes)[1:],
            layer.operation == "maximum",
        )

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of each input."""
        whole = super().gradients(dy)["input"]

        def part(i: int) -> GradientWalk:
            start, end, shape = self._starts[i], self._starts[i + 1], self._shapes[i]

            def step(index: Index) -> Step:
                flat = start + int(np.ravel_multi_index(index, shape))
                made = whole.step((flat,))
                made.name, made.index = f"dinput_{i}", index
                return made

            return GradientWalk(f"input_{i}", whole.gradient[start:end].reshape(shape), step)

        return {f"input_{i}": part(i) for i in range(len(self._shapes))}

    def _cell(self, position: int, term: int, inner: int) -> Factor:
        """Return the number of one of the inputs."""
        cell = super()._cell(position, term, inner)
        i = int(np.searchsorted(self._starts, cell.index[0], side="right")) - 1
        index = np.unravel_index(cell.index[0] - self._starts[i], self._shapes[i])
        return Factor(f"input_{i}", tuple(int(one) for one in index), cell.value)
