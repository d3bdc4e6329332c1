"""Layers that add or concatenate several inputs, or take the largest, step by step."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.naming import snake_case
from minicnn.steps.index_map import IndexMapWalk
from minicnn.steps.notation import size_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.walk import GradientWalk, Walk

OPERATIONS = ("sum", "maximum", "minimum")


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
            minimum=layer.operation == "minimum",
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


class ProductWalk(Walk):
    """A walk through a sum of products of numbers of several inputs.

    `sources` has the places of the factors among the numbers of all inputs, one after the other:
    (outputs, terms, factors).
    """

    def __init__(self, layer: Any, x: list[ndarray], sources: ndarray) -> None:
        self._inputs, self._sources = x, sources
        self._starts = np.cumsum([0, *(array.size for array in x)]).tolist()
        self._flat = np.concatenate([array.ravel() for array in x])
        shape: Any = layer.compute_output_shape([(None, *array.shape) for array in x])[1:]
        sizes = " and ".join(size_text(array.shape) for array in x)
        output = self._flat[sources].prod(axis=2).sum(axis=1).reshape(shape)
        super().__init__(f"{snake_case(type(layer).__name__)}: input {sizes}", output)

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output."""
        rows = self._sources[int(np.ravel_multi_index(index, self.output.shape))]
        terms = [Term(tuple(map(self._factor, row.tolist()))) for row in rows]
        return Step("output", index, self.output[index].item(), terms)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of each input: dy times the other factors."""
        values, upstream = self._flat[self._sources], dy.reshape(-1, 1)
        dx = np.zeros(self._flat.shape, dy.dtype)
        for factor in range(values.shape[2]):
            others = np.delete(values, factor, axis=2).prod(axis=2)
            np.add.at(dx, self._sources[..., factor], upstream * others)

        def part(i: int) -> GradientWalk:
            shape, start = self._inputs[i].shape, self._starts[i]
            gradient = dx[start : self._starts[i + 1]].reshape(shape)

            def step(index: Index) -> Step:
                place = start + int(np.ravel_multi_index(index, shape))
                terms = []
                for output, term, factor in np.argwhere(self._sources == place).tolist():
                    others = np.delete(self._sources[output, term], factor).tolist()
                    to = tuple(int(one) for one in np.unravel_index(output, dy.shape))
                    upper = Factor("dy", to, dy[to].item())
                    terms.append(Term((upper, *map(self._factor, others))))
                return Step(f"dinput_{i}", index, gradient[index].item(), terms)

            return GradientWalk(f"input_{i}", gradient, step)

        return {f"input_{i}": part(i) for i in range(len(self._inputs))}

    def _factor(self, place: int) -> Factor:
        i = int(np.searchsorted(self._starts, place, side="right")) - 1
        shape = self._inputs[i].shape
        index = tuple(int(one) for one in np.unravel_index(place - self._starts[i], shape))
        return Factor(f"input_{i}", index, self._flat[place].item())


def merge_walk(layer: Any, x: list[ndarray]) -> Walk | None:
    """Return the walk of a layer of the family "merge"; None if its terms are not known."""
    operation = getattr(layer, "operation", None)
    if operation in OPERATIONS:
        return MergeWalk(layer, x)
    shapes = [(None, *array.shape) for array in x]
    if operation == "product":
        described = layer.index_map(shapes)
        inside = np.arange(described.inner)
        cells = described.sources[:, None, :] * described.inner + inside[:, None]
        return ProductWalk(layer, x, cells.reshape(-1, 1, cells.shape[-1]))
    products = getattr(layer, "products", None)
    sources = None if products is None else products(shapes)
    return None if sources is None else ProductWalk(layer, x, sources)
