"""Layers whose outputs are a few inputs each, step by step: moved, added, averaged, or the largest.

All of them are one walk, made from what the layer says of itself (`minicnn.layers.description`): a new
layer of these families needs no code here.
"""

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
    """One number of a pooled image: each cell of its `window`, 0 outside, times its share."""

    def __init__(self, size: Pair, is_maximum: bool, **step: Any) -> None:
        super().__init__("output", **step)
        cells = [term.factors for term in self.terms]
        self.window = np.array([cell.value for cell, _ in cells]).reshape(size)
        self.shares = np.array([share.value for _, share in cells]).reshape(size)
        self.window_is_padding = np.array([cell.is_padding for cell, _ in cells]).reshape(size)
        self._is_maximum, self._is_sum = is_maximum, step["equation"] is None

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

    `described` is for one example with a channel axis, `shape` is the output's. With `pick`, "max" or
    "min", each output is the largest or smallest of its terms instead of their sum.
    """

    def __init__(
        self,
        title: str,
        x: ArrayLike,
        described: IndexMap,
        shape: tuple[int, ...],
        pick: str = "",
        offset: ndarray | None = None,
        factor_name: str = "weight",
    ) -> None:
        self.input = numbers("x", x)
        self._map, self._pick, self._offset = described, pick, offset
        self._sign = -1 if pick == "min" else 1  # min(x) = −max(−x)
        self._factor_name = "won" if pick else factor_name
        self._sliding = None
        if described.geometry:
            window, strides, padding = described.geometry
            title += f', window {size_text(window)}, strides {strides}, padding "{padding}"'
            image: Any = with_channels(self.input).shape[:2]
            self._sliding = Sliding(title, image, window, strides, padding)
        output = (self._sign * described.apply(self._sign * self.input, bool(pick))).reshape(shape)
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
        value, (position, inner) = self.output[index].item(), self._position(index)
        offset = None if self._offset is None else self._offset[index].item()
        cells = [
            self._cell(position, term, inner) for term in range(len(self._map.sources[position]))
        ]
        if len(cells) == 1 and self._map.window is None:
            explained = self._single(position, cells[0], number_text(value), offset is not None)
            return Step("output", index, value, bias=offset, **explained)
        shares = self._shares_of(position, inner)
        terms = [
            Term((cell, Factor(self._factor_name, cell.index, share)))
            for cell, share in zip(cells, shares.tolist(), strict=True)
        ]
        notes = [] if self._sliding is None else [span_text(*self._sliding.window_at(position))]
        inside, equation = [cell for cell in cells if not cell.is_padding], None
        if self._pick:
            listed = shortened([number_text(cell.value) for cell in inside])
            equation = f"{self._pick}({', '.join(listed)}) = {number_text(value)}"
            winners = [str(cell) for cell, share in zip(cells, shares, strict=True) if share]
            others = " and others" if len(winners) > 3 else ""
            notes.append(f"won by {' and '.join(winners[:3])}{others}")
        elif self._map.is_mean:
            listed = shortened([in_a_product(cell.value) for cell in inside])
            equation = f"({' + '.join(listed)})/{len(inside)} = {number_text(value)}"
        made: dict[str, Any] = {
            "index": index, "value": value, "terms": terms, "bias": offset,
            "equation": equation, "note": ", ".join(notes),
        }  # fmt: skip
        is_plain = self._sliding is None and (self._pick or self._map.is_mean)
        if self._map.window is None or is_plain or offset is not None:
            return Step("output", **made)
        return WindowStep(self._map.window, bool(self._pick), **made)

    def _single(self, position: int, cell: Factor, value: str, shifted: bool) -> dict[str, Any]:
        """Explain a number that is one input, a factor and an offset if there are any."""
        if cell.is_padding:
            return {"equation": f"{value} = {value}", "note": "a cell that was added"}
        factors: tuple[Factor, ...] = (cell,)
        if self._map.factors is not None:
            factors += (Factor(self._factor_name, (), self._map.factors[position, 0].item()),)
        equation = None if len(factors) == 2 or shifted else f"{cell} = {value}"
        return {"terms": [Term(factors)], "equation": equation, "note": f"from {cell}"}

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: each number gets dy of the outputs that it is part of."""
        rows, size = self._map.sources, self._map.inner
        upstream = dy.reshape(-1, size)[:, None, :] * self._shares
        dx = np.zeros((self.input.size // size + 1, size), upstream.dtype)
        np.add.at(dx, rows, upstream)  # row −1, the last, collects the padding's
        gradient = dx[:-1].reshape(self.input.shape)

        def explain(index: Index) -> dict[str, Any]:
            return self._input_step(index, dy, number_text(gradient[index].item()))

        return {"input": GradientWalk("input", gradient, explain)}

    def _input_step(self, index: Index, dy: ndarray, value: str) -> dict[str, Any]:
        row, inner = divmod(ravelled(index, self.input.shape), self._map.inner)
        terms, reached = [], []
        for position, term in np.argwhere(self._map.sources == row).tolist():
            to = unravelled(position * self._map.inner + inner, self.output.shape)
            reached.append(name_of("output", to))
            factors: tuple[Factor, ...] = (Factor.of("dy", dy, to),)
            if self._pick or self._map.factors is not None:
                share = self._shares_of(position, inner)[term].item()
                single = self._map.window is None and self._map.sources.shape[1] == 1
                factors += (Factor(self._factor_name, () if single else to, share),)
            terms.append(Term(factors))
        if not terms:
            return {"note": "it is part of no output"}
        is_single = len(terms) == 1 and len(terms[0].factors) == 1
        equation = f"{terms[0].where} = {value}" if is_single else None
        note = f"it is part of {', '.join(reached[:3])}{' and others' if len(reached) > 3 else ''}"
        return {"terms": terms, "equation": equation, "note": note}

    def _shares_of(self, position: int, inner: int) -> ndarray:
        """Return the factor of each term of one output."""
        shares = self._shares[position]
        return shares[:, inner if shares.shape[1] > 1 else 0] * 1

    @cached_property
    def _shares(self) -> ndarray:
        """The factor of each term: (positions, terms, 1 or inner)."""
        sources, factors = self._map.sources, self._map.factors
        if not self._pick:
            return np.ones((*sources.shape, 1), int) if factors is None else factors[..., None]
        rows = self._sign * self.input.reshape(-1, self._map.inner)
        terms = np.where((sources < 0)[..., None], -np.inf, rows[sources])
        won = terms == terms.max(axis=1, keepdims=True)
        if self._map.all_winners:
            return won / won.sum(axis=1, keepdims=True)
        return won & (won.cumsum(axis=1) == 1)

    def _cell(self, position: int, term: int, inner: int) -> Factor:
        """Return the input of a term; of padding, with the index that it would have."""
        source = int(self._map.sources[position, term])
        if source >= 0:
            index = unravelled(source * self._map.inner + inner, self.input.shape)
            return Factor.of("input", self.input, index)
        index = ()
        if self._sliding is not None:
            rows, columns = self._sliding.window_at(position)
            row, column = divmod(term, len(columns))
            index = (rows[row], columns[column], inner)[: self.input.ndim]
        return Factor("input", index, 0, True)

    def _position(self, index: Index) -> tuple[int, int]:
        return divmod(ravelled(index, self.output.shape), self._map.inner)


def walk_of(
    layer: Layer, x: ArrayLike, training: bool = False, whole: ndarray | None = None
) -> IndexMapWalk:
    """Return the walk of a layer of the families "index_map", "maximum" and "elementwise".

    `whole` is the example with its channel axis, if it lacks one.
    """
    example = numbers("x", x)
    whole = example if whole is None else whole
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
        title, example, described._replace(offset=None), shape,
        "max" if layer.family == "maximum" else "", shift,
        "share" if described.is_mean else "weight",
    )  # fmt: skip
