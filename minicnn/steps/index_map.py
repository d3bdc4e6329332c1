"""Layers whose outputs are a few inputs each, step by step: moved, added, averaged, or the largest.

All of them are one walk, made from what the layer says of itself (`minicnn.layers.description`): a new
layer of these families needs no code here.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.layers import Layer
from minicnn.layers.description import IndexMap, moves
from minicnn.naming import snake_case
from minicnn.steps.checks import numbers, with_channels
from minicnn.steps.notation import in_a_product, name_of, number_text, shortened, size_text
from minicnn.steps.step import Factor, Index, Step, Term, ravelled, unravelled
from minicnn.steps.table import Table, left_out
from minicnn.steps.walk import GradientWalk, Walk
from minicnn.steps.windows import Pair, Sliding, span_text


class WindowStep(Step):
    """One number of a pooled image: each cell of its window times its share.

    Attributes
    ----------
    window, shares : (rows, columns)
        The cells, 0 outside the image, and their factors.
    window_is_padding : (rows, columns) of bool
    """

    def __init__(
        self,
        index: Index,
        value: float,
        terms: Sequence[Term],
        size: Pair,
        equation: str | None,
        note: str,
        is_maximum: bool,
    ) -> None:
        super().__init__("output", index, value, terms, equation=equation, note=note)
        self.window, self.shares = (
            np.array([term.factors[factor].value for term in terms]).reshape(size)
            for factor in (0, 1)
        )
        self.window_is_padding = np.array([term.is_padding for term in terms]).reshape(size)
        self._is_maximum, self._is_sum = is_maximum, equation is None

    @property
    def tables(self) -> list[list[Table]]:
        """The window, the winner marked; of a weighted sum also the weights and the products."""
        marked = self.shares == 1 if self._is_maximum else None
        padding = self.window_is_padding if self.window_is_padding.any() else None
        tables = [Table("window", self.window, "", padding, marked)]
        if self._is_sum:
            tables.append(Table("weights", self.shares, "×"))
            tables.append(Table("products", self.window * self.shares, "="))
        return [tables]


class IndexMapWalk(Walk):
    """A walk through an index map, a maximum, or a scale and an offset for each number.

    Parameters
    ----------
    title : str
    x : array_like
        One example.
    described : IndexMap
        For the example in the shape of the layer's input, images with a channel axis.
    shape : tuple of int
        Of the output.
    maximum : bool
        Whether the largest term is taken instead of the sum.
    offset : array, optional
        Added to the output.
    factor_name : str
    minimum : bool
        Whether the smallest term is taken instead of the sum.
    """

    def __init__(
        self,
        title: str,
        x: ArrayLike,
        described: IndexMap,
        shape: tuple[int, ...],
        maximum: bool = False,
        offset: ndarray | None = None,
        factor_name: str = "weight",
        minimum: bool = False,
    ) -> None:
        self.input = numbers("x", x)
        self._sign, maximum = -1 if minimum else 1, maximum or minimum  # min(x) = −max(−x)
        self._map, self._maximum, self._offset = described, maximum, offset
        self._factor_name = "won" if maximum else factor_name
        self._sliding = None
        if described.geometry:
            window, strides, padding = described.geometry
            title += f', window {size_text(window)}, strides {strides}, padding "{padding}"'
            image: Any = with_channels(self.input).shape[:2]
            self._sliding = Sliding(title, image, window, strides, padding)
        output = (self._sign * described.apply(self._sign * self.input, maximum)).reshape(shape)
        super().__init__(title, output if offset is None else output + offset)

    @property
    def tables(self) -> list[list[Table]]:
        """Input and output; of an image with one channel side by side."""
        if self.input.ndim == self.output.ndim == 2:
            return [[Table("input", self.input), Table("output", self.output, "→")]]
        return super().tables

    @property
    def remark(self) -> str:
        """The equation of the output's size, and how many maps are not drawn."""
        if self._sliding is None:
            return super().remark
        more = left_out(self.output)
        return self._sliding.sizes_text() + (f" And {more} feature maps more." if more else "")

    def step(self, index: Index) -> Step:
        """Make the step of one number of the output."""
        value, position, inner = self.output[index].item(), *self._position(index)
        sources = self._map.sources[position]
        cells = [self._cell(position, term, inner) for term in range(len(sources))]
        if len(sources) == 1 and self._map.window is None:
            return self._single_step(index, value, position, cells[0])
        shares = self._shares_of(position, inner)
        terms = [
            Term((cell, Factor(self._factor_name, cell.index, share)))
            for cell, share in zip(cells, shares.tolist(), strict=True)
        ]
        note, equation = self._span(index), None
        inside = [cell for cell in cells if not cell.is_padding]
        if self._maximum:
            listed = shortened([number_text(cell.value) for cell in inside])
            function = "max" if self._sign > 0 else "min"
            equation = f"{function}({', '.join(listed)}) = {number_text(value)}"
            winners = [str(cell) for cell, share in zip(cells, shares, strict=True) if share]
            won = " and ".join(winners[:3]) + (" and others" if len(winners) > 3 else "")
            note = f"{note}, won by {won}" if note else f"won by {won}"
        elif self._map.is_mean:
            listed = shortened([in_a_product(cell.value) for cell in inside])
            equation = f"({' + '.join(listed)})/{len(inside)} = {number_text(value)}"
        offset = self._offset_at(index)
        is_plain = self._sliding is None and self._maximum | self._map.is_mean
        if self._map.window is None or is_plain or offset is not None:
            return Step("output", index, value, terms, offset, equation, note)
        return WindowStep(index, value, terms, self._map.window, equation, note, self._maximum)

    def _single_step(self, index: Index, value: float, position: int, cell: Factor) -> Step:
        """Make the step of a number that is one input, a factor and an offset if there are any."""
        offset, number = self._offset_at(index), number_text(value)
        if cell.is_padding:
            note = "a cell that was added"
            return Step("output", index, value, (), offset, f"{number} = {number}", note)
        factors: tuple[Factor, ...] = (cell,)
        if self._map.factors is not None:
            factors += (Factor(self._factor_name, (), self._map.factors[position, 0].item()),)
        equation = None
        if len(factors) == 1 and offset is None:
            equation = f"{cell} = {number}"
        return Step("output", index, value, [Term(factors)], offset, equation, f"from {cell}")

    def _offset_at(self, index: Index) -> float | None:
        return None if self._offset is None else self._offset[index].item()

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: each number gets dy of the outputs that it is part of."""
        rows, size = self._map.sources, self._map.inner
        upstream = dy.reshape(-1, size)[:, None, :] * self._shares
        dx = np.zeros((self.input.size // size + 1, size), upstream.dtype)
        np.add.at(dx, rows, upstream)  # row −1, the last, collects the padding's
        gradient = dx[:-1].reshape(self.input.shape)
        return {
            "input": GradientWalk(
                "input", gradient, lambda index: self._input_step(index, dy, gradient)
            )
        }

    def _input_step(self, index: Index, dy: ndarray, dx: ndarray) -> Step:
        row, inner = divmod(ravelled(index, self.input.shape), self._map.inner)
        terms, reached = [], []
        for position, term in np.argwhere(self._map.sources == row).tolist():
            to = unravelled(position * self._map.inner + inner, self.output.shape)
            reached.append(name_of("output", to))
            factors: tuple[Factor, ...] = (Factor("dy", to, dy[to].item()),)
            if self._maximum or self._map.factors is not None:
                share = self._shares_of(position, inner)[term].item()
                single = self._map.window is None and self._map.sources.shape[1] == 1
                factors += (Factor(self._factor_name, () if single else to, share),)
            terms.append(Term(factors))
        value = dx[index].item()
        if not terms:
            return Step("dinput", index, value, note="it is part of no output")
        equation = None
        if len(terms) == 1 and len(terms[0].factors) == 1:
            equation = f"{terms[0].where} = {number_text(value)}"
        note = f"it is part of {', '.join(reached[:3])}{' and others' if len(reached) > 3 else ''}"
        return Step("dinput", index, value, terms, None, equation, note)

    def _shares_of(self, position: int, inner: int) -> ndarray:
        """Return the factor of each term of one output."""
        shares = self._shares[position]
        return shares[:, inner if shares.shape[1] > 1 else 0] * 1

    @cached_property
    def _shares(self) -> ndarray:
        """The factor of each term: (positions, terms, 1 or inner)."""
        if not self._maximum:
            factors = self._map.factors
            return (
                np.ones((*self._map.sources.shape, 1), int)
                if factors is None
                else factors[..., None]
            )
        rows = self._sign * self.input.reshape(-1, self._map.inner)
        terms = np.where((self._map.sources < 0)[..., None], -np.inf, rows[self._map.sources])
        won = terms == terms.max(axis=1, keepdims=True)
        if self._map.all_winners:
            return won / won.sum(axis=1, keepdims=True)
        return won & (won.cumsum(axis=1) == 1)

    def _cell(self, position: int, term: int, inner: int) -> Factor:
        """Return the input of a term; of padding, with the index that it would have."""
        source = int(self._map.sources[position, term])
        if source >= 0:
            index = unravelled(source * self._map.inner + inner, self.input.shape)
            return Factor("input", index, self.input[index].item())
        index = ()
        if self._sliding is not None:
            rows, columns = self._covered(position)
            row, column = divmod(term, len(columns))
            index = (rows[row], columns[column], inner)[: self.input.ndim]
        return Factor("input", index, 0, True)

    def _covered(self, position: int) -> tuple[list[int], list[int]]:
        assert self._sliding is not None
        row, column = divmod(position, self._sliding.positions(1))
        return self._sliding.covered(0, row), self._sliding.covered(1, column)

    def _span(self, index: Index) -> str:
        """Return the rows and columns under a sliding window, in words."""
        if self._sliding is None:
            return ""
        return span_text(*self._covered(self._position(index)[0]))

    def _position(self, index: Index) -> tuple[int, int]:
        return divmod(ravelled(index, self.output.shape), self._map.inner)


def walk_of(layer: Layer, x: ArrayLike, training: bool = False) -> IndexMapWalk:
    """Return the walk of a layer of the families "index_map", "maximum" and "elementwise"."""
    example = numbers("x", x)
    return walk_of_example(layer, example, example, training)


def walk_of_example(layer: Layer, example: ndarray, whole: ndarray, training: bool) -> IndexMapWalk:
    """Return the walk of an example; `whole` is the example with its channel axis."""
    shape: Any = layer.compute_output_shape((None, *whole.shape))[1:]
    title = f"{snake_case(type(layer).__name__)}: input {size_text(example.shape)}"
    if layer.family == "elementwise":
        scale, offset, name = layer.elementwise((None, *whole.shape), training)
        scale, offset = (np.broadcast_to(numbers(name, array), shape) for array in (scale, offset))
        factors = None if np.all(scale == 1) and not offset.any() else scale.reshape(-1, 1)
        described = moves(np.arange(example.size))._replace(factors=factors)
        shift = offset if offset.any() or (name == "scale" and factors is not None) else None
        return IndexMapWalk(title, example, described, shape, offset=shift, factor_name=name)
    described = layer.index_map((None, *whole.shape), training)
    if example.ndim < whole.ndim and len(shape) == 3 and not getattr(layer, "keepdims", False):
        shape = shape[:-1]
    shift = described.offset
    if shift is not None:
        shift = np.repeat(shift, described.inner).reshape(shape)
    return IndexMapWalk(
        title, example, described._replace(offset=None), shape, layer.family == "maximum", shift,
        "share" if described.is_mean else "weight",
    )  # fmt: skip
