"""Global pooling, step by step: each feature map shrinks to its mean, or to its largest cell."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.ops import reference
from minicnn.steps.grid import Grid, tables
from minicnn.steps.images import as_image, with_channels
from minicnn.steps.notation import in_a_product, name_of, number_text, shortened, size_text
from minicnn.steps.step import Factor, Place, Step, Term
from minicnn.steps.walk import GradientWalk, Walk


def global_average_pooling2d(image: ArrayLike, keepdims: bool = False) -> "GlobalPoolingWalk":
    """Take the mean of every feature map, step by step.

    ``output[k] = Σᵢⱼ input[i, j, k] / cells``, computed by
    `minicnn.ops.pooling.average_pool2d_forward`.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
    keepdims : bool
        Whether the output is (1, 1, channels), not (channels,).

    Returns
    -------
    GlobalPoolingWalk

    Examples
    --------
    >>> walk = global_average_pooling2d([[1, 2], [3, 6]])
    >>> walk[0].equation, walk.backward([8]).input[1, 1].equation
    ('(1 + 2 + 3 + 6)/4 = 3', '8·0.25 = 2')
    """
    return GlobalPoolingWalk(image, keepdims, largest=False)


def global_max_pooling2d(image: ArrayLike, keepdims: bool = False) -> "GlobalPoolingWalk":
    """Keep the largest cell of every feature map, step by step.

    ``output[k] = maxᵢⱼ input[i, j, k]``, computed by
    `minicnn.ops.pooling.global_max_pool2d_forward`. On the way back, cells that are
    equally large share the gradient.

    Parameters
    ----------
    image, keepdims
        As in `global_average_pooling2d`.

    Returns
    -------
    GlobalPoolingWalk

    Examples
    --------
    >>> walk = global_max_pooling2d([[1, 6], [3, 6]])
    >>> walk[0].equation, walk.backward([8]).input[1, 1].equation
    ('max(1, 6, 3, 6) = 6', '8·0.5 = 4')
    """
    return GlobalPoolingWalk(image, keepdims, largest=True)


class GlobalPoolingWalk(Walk):
    """What the two functions above return; see there."""

    def __init__(self, image: ArrayLike, keepdims: bool, largest: bool) -> None:
        kind = "max" if largest else "average"
        self._largest = largest
        self.input = as_image(f"steps.global_{kind}_pooling2d", image)
        self._maps = with_channels(self.input)  # (height, width, channels)
        batch = self._maps[None].astype(np.float64)
        if largest:
            y, cache = reference.global_max_pool2d_forward(batch)
            dx = reference.global_max_pool2d_backward(np.ones_like(y), cache)
        else:
            size = self._maps.shape[0], self._maps.shape[1]
            y, average = reference.average_pool2d_forward(batch, size, size)
            dx = reference.average_pool2d_backward(np.ones_like(y), average)
        self.shares = dx[0]
        title = f"global_{kind}_pooling2d: image {size_text(self.input.shape)}"
        super().__init__(title, y[0] if keepdims else y[0, 0, 0])

    @property
    def grids(self) -> list[list[Grid]]:
        """Feature maps and their numbers."""
        return [tables("input", self.input), [Grid("output", self.output.reshape(1, -1))]]

    def step(self, place: Place) -> Step:
        """Make the step of one feature map."""
        channel = place[-1]
        rows, columns, _ = self._maps.shape
        cells = [
            (self._cell(row, column, channel), self._share(row, column, channel))
            for row in range(rows)
            for column in range(columns)
        ]
        terms = [Term(factors) for factors in cells]
        value = self.output[place].item()
        numbers = self._maps[:, :, channel].ravel().tolist()
        if not self._largest:
            total = " + ".join(shortened(list(map(in_a_product, numbers))))
            equation = f"({total})/{len(numbers)} = {number_text(value)}"
            return Step("output", place, value, terms, equation=equation)
        equation = (
            f"max({', '.join(shortened(list(map(number_text, numbers))))}) = {number_text(value)}"
        )
        winners = [str(cell) for cell, share in cells if share.value]
        note = f"won by {' and '.join(winners[:3])}{' and others' if len(winners) > 3 else ''}"
        return Step("output", place, value, terms, equation=equation, note=note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: each cell gets its share."""
        dx = (self.shares * dy.reshape(-1)).reshape(self.input.shape)
        before = (0, 0) if dy.ndim == 3 else ()

        def step(place: Place) -> Step:
            row, column, channel = (*place, 0)[:3]
            target = (*before, channel)
            upstream = Factor("dy", target, dy[target].item())
            factors = (upstream, self._share(row, column, channel))
            note = f"it took part in {name_of('output', target)}"
            return Step("dinput", place, dx[place].item(), [Term(factors)], note=note)

        return {"input": GradientWalk("input", dx, step)}

    def _cell(self, row: int, column: int, channel: int) -> Factor:
        place = (row, column, channel)[: self.input.ndim]
        return Factor("input", place, self.input[place].item())

    def _share(self, row: int, column: int, channel: int) -> Factor:
        place = (row, column, channel)[: self.input.ndim]
        return Factor("share", place, self.shares[row, column, channel].item())
