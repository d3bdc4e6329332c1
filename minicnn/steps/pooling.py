"""Pooling, step by step: who won the window, what its mean is, and where the gradient goes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.checks import choice, pair
from minicnn.ops import reference
from minicnn.ops.windows import PADDINGS
from minicnn.steps.grid import Grid, left_out, tables
from minicnn.steps.images import as_image, with_channels
from minicnn.steps.notation import in_a_product, number_text, shortened, size_text
from minicnn.steps.patch import Patch, ProductStep, window_of
from minicnn.steps.sliding import Sliding, span_text
from minicnn.steps.step import Place
from minicnn.steps.walk import GradientWalk, Walk


def max_pooling2d(
    image: ArrayLike, pool_size: Any = 2, strides: Any = None, padding: str = "valid"
) -> "MaxPoolingWalk":
    """Keep the largest cell of every window, step by step.

    ``output[r, c, k] = maxᵢⱼ input[r·s + i, c·s + j, k]``, computed by
    `minicnn.ops.pooling.max_pool2d_forward`, where the source is named.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
        One image. Whole numbers stay whole.
    pool_size : int or (int, int)
        The window's height and width, in cells.
    strides : int or (int, int), optional
        From one window to the next; the pool's size where left out.
    padding : "valid" or "same"
        With "same" windows hang over the border; a cell out there never wins.

    Returns
    -------
    MaxPoolingWalk
        Its output has as many axes as the image.

    Raises
    ------
    ShapeError
        If it is no image, or the window does not fit.
    ValueError
        If an argument is misspelt or no whole number.

    Examples
    --------
    >>> walk = max_pooling2d([[1, 2, 5, 6], [3, 4, 8, 7]])
    >>> walk.output
    array([[4, 8]])
    >>> print(walk[0, 0])
    output[0, 0]: rows 0 to 1, columns 0 to 1, won by input[1, 1]
    <BLANKLINE>
      window
       1  2
       3 [4]
    <BLANKLINE>
    max(1, 2, 3, 4) = 4
    >>> walk.backward([[10, 20]]).input[1, 1]
    <dinput[1, 1]: 10·1 = 10>
    """
    return MaxPoolingWalk(image, pool_size, strides, padding)


def average_pooling2d(
    image: ArrayLike, pool_size: Any = 2, strides: Any = None, padding: str = "valid"
) -> "AveragePoolingWalk":
    """Take the mean of every window, step by step.

    ``output[r, c, k] = Σᵢⱼ input[r·s + i, c·s + j, k] / cells``, computed by
    `minicnn.ops.pooling.average_pool2d_forward`, where the source is named.

    Parameters
    ----------
    image, pool_size, strides
        As in `max_pooling2d`.
    padding : "valid" or "same"
        With "same" windows hang over the border; only the cells on the image are counted.

    Returns
    -------
    AveragePoolingWalk
        Its output has as many axes as the image.

    Raises
    ------
    ShapeError, ValueError
        As in `max_pooling2d`.

    Examples
    --------
    >>> walk = average_pooling2d([[1, 2, 5], [3, 4, 8]], padding="same")
    >>> walk[0, 0].equation, walk[0, 1].equation
    ('(1 + 2 + 3 + 4) / 4 = 2.5', '(5 + 8) / 2 = 6.5')
    >>> print(walk[0, 1])
    output[0, 1]: rows 0 to 1, columns 2 to 3
    <BLANKLINE>
      window
       5 (0)
       8 (0)
    <BLANKLINE>
    (5 + 8) / 2 = 6.5
    """
    return AveragePoolingWalk(image, pool_size, strides, padding)


class PoolingStep(ProductStep):
    """One number of a pooled image: each cell of its window times its share."""

    def __init__(
        self, place: Place, value: float, window: Patch, shares: Patch, equation: str, winner: str
    ) -> None:
        note = span_text(window.rows, window.columns) + winner
        super().__init__("output", place, value, window, shares, note=note, equation=equation)
        self.rows, self.columns = list(window.rows), list(window.columns)
        self.window, self.shares = window.cells[:, :, 0], shares.cells[:, :, 0]
        self.window_is_padding = window.outside
        self._marked = self.shares == 1 if winner else None

    @property
    def grids(self) -> list[list[Grid]]:
        """The window, its winner marked."""
        return [[Grid("window", self.window, "", self.window_is_padding, self._marked)]]


class PoolingWalk(Walk):
    """What both poolings share: windows that slide over every channel."""

    operation: str
    share_name: str  # of what a cell is multiplied by

    def __init__(self, image: ArrayLike, pool_size: Any, strides: Any, padding: str) -> None:
        name = f"steps.{self.operation}"
        self.pool_size = pair(name, "pool_size", pool_size)
        self.strides = self.pool_size if strides is None else pair(name, "strides", strides)
        self.padding = choice(name, "padding", padding, PADDINGS)
        self.input = as_image(name, image)
        self._image = with_channels(self.input)  # (height, width, channels)
        self._sliding = Sliding(
            name, self._image.shape[:2], self.pool_size, self.strides, self.padding
        )
        y, self._cache = self._forward()
        super().__init__(
            f"{self.operation}: image {size_text(self.input.shape)}, "
            f'pool {size_text(self.pool_size)}, strides {self.strides}, padding "{self.padding}"',
            y[0] if self.input.ndim == 3 else y[0, :, :, 0],
        )

    def _forward(self) -> tuple[ndarray, Any]:
        """Return the output (1, rows, columns, channels) and the cache."""
        raise NotImplementedError

    def _backward(self, dy: ndarray) -> ndarray:
        """Return dx from dy, both with a batch's axis."""
        raise NotImplementedError

    def _shares(self, row: int, column: int, k: int) -> ndarray:
        """Return what each cell of a window is multiplied by: (height, width)."""
        raise NotImplementedError

    def _words(self, window: Patch, shares: ndarray, value: float) -> tuple[str, str]:
        """Return the equation, and who won, if anybody."""
        raise NotImplementedError

    @property
    def grids(self) -> list[list[Grid]]:
        """Image and output."""
        inputs, outputs = tables("input", self.input), tables("output", self.output, "→")
        return [[inputs[0], outputs[0]]] if self.input.ndim == 2 else [inputs, outputs]

    @property
    def remark(self) -> str:
        """How the output's size comes about, and how many maps are not drawn."""
        more = left_out(self.output)
        return self._sliding.sizes_text() + (f" And {more} feature maps more." if more else "")

    def step(self, place: Place) -> PoolingStep:
        """Make the step of one position of the window."""
        row, column, k = (*place, 0)[:3]
        rows, columns = self._sliding.covered(0, row), self._sliding.covered(1, column)
        end = place[2:]
        window = window_of("window", self._image, rows, columns, [k], [end])
        shares = self._shares(row, column, k)
        value = self.output[place].item()
        equation, winner = self._words(window, shares, value)
        factors = Patch("shares", self.share_name, shares[:, :, None], rows, columns, [end])
        return PoolingStep(place, value, window, factors, equation, winner)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input."""
        maps = with_channels(dy)  # (rows, columns, channels)
        dx = self._backward(maps[None])[0].reshape(self.input.shape)
        return {"input": GradientWalk("input", dx, lambda place: self._input_step(place, maps, dx))}

    def _input_step(self, place: Place, maps: ndarray, dx: ndarray) -> ProductStep:
        """Sum, over all windows that saw this pixel, their dy times the share that it had."""
        row, column, k = (*place, 0)[:3]
        rows, i = self._sliding.reached(0, row)
        columns, j = self._sliding.reached(1, column)
        end = [place[2:]]
        shares = np.array(
            [[self._shares(r, c, k)[a, b] for c, b in zip(columns, j, strict=True)]
             for r, a in zip(rows, i, strict=True)]
        ).reshape(len(rows), len(columns), 1)  # fmt: skip
        upstream = Patch("dy", "dy", maps[np.ix_(rows, columns, [k])], rows, columns, end)
        factors = Patch(self.share_name, self.share_name, shares, rows, columns, end)
        note = "no window saw it"
        if shares.size:
            note = f"it was seen by {span_text(rows, columns)} of the output"
        value = dx[place].item()
        return ProductStep("dinput", place, value, upstream, factors, note=note)


class MaxPoolingWalk(PoolingWalk):
    """What `max_pooling2d` returns; attributes as in `PoolingWalk`."""

    operation = "max_pooling2d"
    share_name = "won"

    def _forward(self) -> tuple[ndarray, Any]:
        x = self._image[None]
        return reference.max_pool2d_forward(x, self.pool_size, self.strides, self.padding)

    def _backward(self, dy: ndarray) -> ndarray:
        return reference.max_pool2d_backward(dy, self._cache)

    def _shares(self, row: int, column: int, k: int) -> ndarray:
        """Return 1 for the winner and 0 for the others."""
        shares = np.zeros(self.pool_size, np.int64)
        shares.flat[self._cache.argmax[0, row, column, k]] = 1
        return shares

    def _words(self, window: Patch, shares: ndarray, value: float) -> tuple[str, str]:
        i, j = np.argwhere(shares)[0].tolist()
        cells = ", ".join(shortened(_written(window, number_text)))
        return f"max({cells}) = {number_text(value)}", f", won by {window.factor(i, j, 0)}"


class AveragePoolingWalk(PoolingWalk):
    """What `average_pooling2d` returns; attributes as in `PoolingWalk`."""

    operation = "average_pooling2d"
    share_name = "share"

    def _forward(self) -> tuple[ndarray, Any]:
        x = self._image[None]
        return reference.average_pool2d_forward(x, self.pool_size, self.strides, self.padding)

    def _backward(self, dy: ndarray) -> ndarray:
        return reference.average_pool2d_backward(dy, self._cache)

    def _shares(self, row: int, column: int, k: int) -> ndarray:
        """Return 1/cells for the cells on the image, 0 for the padding."""
        height, width, _ = self._image.shape
        down = [0 <= cell < height for cell in self._sliding.covered(0, row)]
        across = [0 <= cell < width for cell in self._sliding.covered(1, column)]
        inside = np.outer(down, across)
        return inside / inside.sum()

    def _words(self, window: Patch, shares: ndarray, value: float) -> tuple[str, str]:
        counted = _written(window, in_a_product)
        sum_of_cells = " + ".join(shortened(counted))
        return f"({sum_of_cells}) / {len(counted)} = {number_text(value)}", ""


def _written(window: Patch, write: Callable[[float], str]) -> list[str]:
    """Return the cells that lie on the image, written."""
    return [write(value) for value in window.cells[~window.outside][:, 0].tolist()]
