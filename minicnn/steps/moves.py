"""Layers that compute little or nothing, step by step: where each number came from, and went."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.layers import ZeroPadding2D
from minicnn.ops import reference
from minicnn.steps.grid import Grid, tables
from minicnn.steps.images import as_image
from minicnn.steps.notation import name_of, number_text, size_text
from minicnn.steps.numbers import numbers
from minicnn.steps.step import Factor, Place, Step, Term
from minicnn.steps.walk import GradientWalk, Walk


class MovesWalk(Walk):
    """Each output is one input, optionally times a factor plus an offset, or 0."""

    def __init__(
        self,
        title: str,
        x: ArrayLike,
        source: ndarray,
        factor: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        factor_name: str = "factor",
    ) -> None:
        self.input = numbers("x", x)
        self.source = source
        flat = np.append(self.input.ravel(), 0)  # the last one, of place −1, comes from nowhere
        output = flat[source]
        self._factor = None if factor is None else np.broadcast_to(factor, source.shape)
        self._offset = None if offset is None else np.broadcast_to(offset, source.shape)
        self._factor_name = factor_name
        if self._factor is not None:
            output = output * self._factor
        if self._offset is not None:
            output = output + self._offset
        super().__init__(f"{title}: input {size_text(self.input.shape)}", output)

    @property
    def grids(self) -> list[list[Grid]]:
        """Input and output."""
        return [tables("input", self.input), tables("output", self.output)]

    def came_from(self, place: Place) -> Place | None:
        """Return which place of the input the number came from; None where from nowhere."""
        source = int(self.source[place])
        return None if source < 0 else _unraveled(source, self.input.shape)

    def went_to(self, place: Place) -> Place | None:
        """Return which place of the output a number of the input went to; None where it was left out."""
        flat = np.ravel_multi_index(place, self.input.shape) if place else 0
        found = np.flatnonzero(self.source.ravel() == flat)
        return _unraveled(int(found[0]), self.source.shape) if found.size else None

    def step(self, place: Place) -> Step:
        """Make the step of one number of the output."""
        value, origin = self.output[place].item(), self.came_from(place)
        if origin is None:
            return Step("output", place, value, equation="0 = 0", note="a cell that was added")
        factors = [Factor("input", origin, self.input[origin].item())]
        if self._factor is not None:
            factors.append(Factor(self._factor_name, (), self._factor[place].item()))
        offset = None if self._offset is None else self._offset[place].item()
        plain = len(factors) == 1 and offset is None
        equation = f"{name_of('input', origin)} = {number_text(value)}" if plain else None
        note = f"from {name_of('input', origin)}"
        return Step("output", place, value, [Term(tuple(factors))], offset, equation, note)

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the input: each number gets the dy of where it went."""
        passed = dy if self._factor is None else dy * self._factor
        dx = np.zeros(self.input.size + 1, passed.dtype)
        np.add.at(dx, self.source, passed)
        dx = dx[:-1].reshape(self.input.shape)

        def step(place: Place) -> Step:
            value, target = dx[place].item(), self.went_to(place)
            if target is None:
                return Step("dinput", place, value, note="it went nowhere")
            factors = [Factor("dy", target, dy[target].item())]
            if self._factor is not None:
                factors.append(Factor(self._factor_name, (), self._factor[target].item()))
            equation = None
            if len(factors) == 1:
                equation = f"{name_of('dy', target)} = {number_text(value)}"
            note = f"it went to {name_of('output', target)}"
            return Step("dinput", place, value, [Term(tuple(factors))], None, equation, note)

        return {"input": GradientWalk("input", dx, step)}


def flatten(x: ArrayLike) -> MovesWalk:
    """Lay all numbers of an example in one row, and show where each went.

    Parameters
    ----------
    x : array_like, any shape
        Of one example.

    Returns
    -------
    MovesWalk

    Examples
    --------
    >>> walk = flatten([[[5], [6]], [[7], [8]]])
    >>> walk[2].equation, walk.backward([1, 2, 3, 4]).input[1, 0].equation
    ('input[1, 0, 0] = 7', 'dy[2] = 3')
    """
    x = numbers("x", x)
    return MovesWalk("flatten", x, np.arange(x.size))


def reshape(x: ArrayLike, target_shape: Sequence[int]) -> MovesWalk:
    """Give the numbers of an example a new shape, and show where each went.

    Parameters
    ----------
    x : array_like
        Of one example.
    target_shape : tuple of int
        One size may be −1, for what is left.

    Returns
    -------
    MovesWalk

    Raises
    ------
    ShapeError
        If they do not fit it.

    Examples
    --------
    >>> reshape([5, 6, 7, 8], (2, 2))[1, 0].equation
    'input[2] = 7'
    """
    x = numbers("x", x)
    try:
        source = np.arange(x.size).reshape(tuple(target_shape))
    except ValueError:
        raise ShapeError(
            f"steps.reshape cannot make {tuple(target_shape)} of {x.size} numbers of shape {x.shape}."
        ) from None
    return MovesWalk("reshape", x, source)


def zero_padding2d(image: ArrayLike, padding: Any = 1) -> MovesWalk:
    """Surround an image with zeros, and show where each cell went.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
    padding : int, (int, int) or ((int, int), (int, int))
        As of the layer `ZeroPadding2D`.

    Returns
    -------
    MovesWalk

    Examples
    --------
    >>> walk = zero_padding2d([[5]], ((1, 0), (0, 2)))
    >>> walk.output
    array([[0, 0, 0],
           [5, 0, 0]])
    >>> walk[1, 0].equation, walk[0, 0].note
    ('input[0, 0] = 5', 'a cell that was added')
    """
    image = as_image("steps.zero_padding2d", image)
    margins = [*ZeroPadding2D(padding, name="zero_padding2d").padding, (0, 0)][: image.ndim]
    source = np.pad(np.arange(image.size).reshape(image.shape), margins, constant_values=-1)
    return MovesWalk("zero_padding2d", image, source)


def rescaling(x: ArrayLike, scale: ArrayLike, offset: ArrayLike = 0.0) -> MovesWalk:
    """Multiply and shift, step by step: ``output = input·scale + offset``.

    Parameters
    ----------
    x : array_like
        Of one example.
    scale, offset : number, or (channels,)

    Returns
    -------
    MovesWalk

    Examples
    --------
    >>> rescaling([0, 255], 1 / 255)[1].equation
    '255·0.003922 + 0 = 1'
    """
    x = numbers("x", x)
    source = np.arange(x.size).reshape(x.shape)
    scale, offset = numbers("scale", scale), numbers("offset", offset)
    return MovesWalk("rescaling", x, source, scale, offset, "scale")


def dropout(
    x: ArrayLike,
    rate: float,
    seed: int = 0,
    step: int = 0,
    noise_shape: tuple[int, ...] | None = None,
) -> MovesWalk:
    """Set a random share of the numbers to zero and scale the others up, and show which.

    ``output = input · keep/(1 − rate)``, with keep 0 or 1 as
    `minicnn.ops.dropout.dropout_forward` chooses.

    Parameters
    ----------
    x : array_like
        Of one example.
    rate : float
        The share to drop, 0 ≤ rate < 1.
    seed, step : int
        Which random choice: ``layer.seed_state`` of the layer `Dropout`.
    noise_shape : tuple of int, optional
        Shape of the random choice, 1 on axes whose cells share one.

    Returns
    -------
    MovesWalk

    Raises
    ------
    ValueError
        If `rate` is not from 0 up to, not including, 1.

    Examples
    --------
    >>> walk = dropout([1.0, 2.0, 3.0, 4.0], rate=0.5, seed=2)
    >>> [step.equation for step in walk]
    ['1·0 = 0', '2·0 = 0', '3·2 = 6', '4·0 = 0']
    """
    if not 0 <= rate < 1:
        raise ValueError(
            f"steps.dropout takes a rate from 0 up to 1, not including 1, got {rate!r}."
        )
    x = numbers("x", x)
    _, mask = reference.dropout_forward(x.astype(np.float64), rate, seed, step, noise_shape)
    return MovesWalk(
        "dropout", x, np.arange(x.size).reshape(x.shape), mask, factor_name="keep/(1 − rate)"
    )


def unchanged(x: ArrayLike, title: str) -> MovesWalk:
    """Pass every number on, as dropout does when predicting."""
    x = numbers("x", x)
    return MovesWalk(title, x, np.arange(x.size).reshape(x.shape))


def _unraveled(flat: int, shape: tuple[int, ...]) -> Place:
    return tuple(int(index) for index in np.unravel_index(flat, shape)) if shape else ()
