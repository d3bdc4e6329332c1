"""Layers that read several arrays, step by step: merged inputs, products, and learnt slopes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.naming import snake_case
from minicnn.steps.checks import numbers
from minicnn.steps.index_map import IndexMapWalk
from minicnn.steps.notation import size_text
from minicnn.steps.step import Factor, Index, Step, Term, ravelled, unravelled
from minicnn.steps.walk import GradientWalk, Walk

OPERATIONS = {"sum": "", "maximum": "max", "minimum": "min"}  # and what the terms go through
_ONE = "1"  # the factor of a number that is only passed on


class Joined:
    """Named arrays that are seen as one flat array, one after the other."""

    def __init__(self, arrays: Mapping[str, ndarray]) -> None:
        self.arrays = arrays
        self.flat = np.concatenate([array.ravel() for array in arrays.values()])
        self.starts = np.cumsum([0, *(array.size for array in arrays.values())]).tolist()

    def factor(self, place: int) -> Factor:
        """Return a number of the flat array, with its index in the array that it is from."""
        i = int(np.searchsorted(self.starts, place, side="right")) - 1
        name, array = list(self.arrays.items())[i]
        return Factor.of(name, array, unravelled(place - self.starts[i], array.shape))

    def parts(self, whole: GradientWalk) -> dict[str, GradientWalk]:
        """Return the gradient of each array from that of the flat one."""

        def index_of(start: int, shape: Index, index: Index) -> Index:
            return (start + ravelled(index, shape),)

        pieces = np.split(whole.gradient, self.starts[1:-1])
        return {
            name: whole.seen_as(
                name, piece.reshape(array.shape), partial(index_of, start, array.shape)
            )
            for (name, array), piece, start in zip(
                self.arrays.items(), pieces, self.starts[:-1], strict=True
            )
            if name != _ONE
        }


class MergeWalk(IndexMapWalk):
    """A walk through a sum or a maximum of several inputs, which are seen as one flat array."""

    def __init__(self, layer: Any, x: list[ndarray]) -> None:
        self._joined, shapes = _inputs(x), _batch_shapes(x)
        super().__init__(
            _title(layer, x), self._joined.flat, layer.index_map(shapes),
            layer.compute_output_shape(shapes)[1:], OPERATIONS[layer.operation],
        )  # fmt: skip

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of each input."""
        return self._joined.parts(super().gradients(dy)["input"])

    def _cell(self, position: int, term: int, inner: int) -> Factor:
        """Return the number of one of the inputs."""
        return self._joined.factor(super()._cell(position, term, inner).index[0])


class ProductWalk(Walk):
    """A walk through a sum of products of numbers of several arrays.

    `sources` has the places of the factors among the numbers of all arrays, one after the other:
    (outputs, terms, factors).
    """

    def __init__(
        self, title: str, arrays: Joined, sources: ndarray, shape: Index, note: str = ""
    ) -> None:
        self._joined, self._sources, self._note = arrays, sources, note
        super().__init__(title, arrays.flat[sources].prod(axis=2).sum(axis=1).reshape(shape))

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output."""
        rows = self._sources[ravelled(index, self.output.shape)]
        terms = [Term(tuple(map(self._joined.factor, row.tolist()))) for row in rows]
        return Step("output", index, self.output[index].item(), terms)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of each array: dy times the other factors."""
        values, upstream = self._joined.flat[self._sources], dy.reshape(-1, 1)
        dx = np.zeros(self._joined.flat.shape, np.result_type(dy, values))
        for factor in range(values.shape[2]):
            others = np.delete(values, factor, axis=2).prod(axis=2)
            np.add.at(dx, self._sources[..., factor], upstream * others)

        def explain(index: Index) -> dict[str, Any]:
            terms = []
            for output, term, factor in np.argwhere(self._sources == index[0]).tolist():
                others = np.delete(self._sources[output, term], factor).tolist()
                upper = Factor.of("dy", dy, unravelled(output, dy.shape))
                terms.append(Term((upper, *map(self._joined.factor, others))))
            own = self._joined.factor(index[0])
            return {"terms": terms, "note": "" if own.name.startswith("input") else self._note}

        return self._joined.parts(GradientWalk("input", dx, explain))


def learnt_slopes_walk(layer: Any, x: ndarray) -> ProductWalk:
    """Return the walk of `PReLU`: a positive number stays, others are multiplied by their slope."""
    x = numbers("x", x)
    name, indices = layer.learnt_slopes((None, *x.shape))
    weight = np.asarray(getattr(layer, name), np.float64)
    arrays = Joined({"input": x, name: weight, _ONE: np.array(1)})
    slopes = np.where(x > 0, arrays.flat.size - 1, x.size + indices)
    sources = np.stack([np.arange(x.size), slopes.ravel()], axis=-1)[:, None]
    note = "it multiplied the numbers that are not positive"
    walk = ProductWalk(_title(layer, [x]), arrays, sources, x.shape, note)
    walk.input = x  # type: ignore[attr-defined]
    return walk


def merge_walk(layer: Any, x: list[ndarray]) -> Walk | None:
    """Return the walk of a layer of the family "merge"; None if its terms are not known."""
    operation, shapes = getattr(layer, "operation", None), _batch_shapes(x)
    if operation in OPERATIONS:
        return MergeWalk(layer, x)
    if operation == "product":
        described = layer.index_map(shapes)
        inside = np.arange(described.inner)
        cells = described.sources[:, None, :] * described.inner + inside[:, None]
        sources = cells.reshape(-1, 1, cells.shape[-1])
    else:
        products = getattr(layer, "products", None)
        sources = None if products is None else products(shapes)
    if sources is None:
        return None
    shape = layer.compute_output_shape(shapes)[1:]
    return ProductWalk(_title(layer, x), _inputs(x), sources, shape)


def _inputs(x: list[ndarray]) -> Joined:
    return Joined({f"input_{i}": array for i, array in enumerate(x)})


def _batch_shapes(x: list[ndarray]) -> list[Any]:
    return [(None, *array.shape) for array in x]


def _title(layer: Any, x: list[ndarray]) -> str:
    sizes = " and ".join(size_text(array.shape) for array in x)
    return f"{snake_case(type(layer).__name__)}: input {sizes}"
