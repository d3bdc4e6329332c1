"""How a layer describes its computation, so that viewers and exporters need no table of layers.

`Layer.family` names one of `FAMILIES`; the method of the same name returns what viewers need. A layer
may also have ``onnx(builder, x)``, if ONNX has an operator of its own for it.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.layers.shapes import Shape, known_sizes
from minicnn.ops.windows import output_size, window_indices

# "custom" has no description: viewers show the layer's numbers, shapes and gradients only. "merge" has
# several inputs: its `index_map` is of all of them, flat, one after the other, and `operation` is what
# its terms go through.
FAMILIES = (
    "activation",
    "chain",
    "convolution",
    "custom",
    "dense",
    "elementwise",
    "index_map",
    "learnt_slopes",
    "maximum",
    "merge",
    "normalization",
)


class IndexMap(NamedTuple):
    """Which inputs make each output: a weighted sum of a few, or the largest of a few.

    An example is seen as rows of `inner` numbers that move together, such as the channels of an
    image: ``output[p, i] = Σⱼ factors[p, j] · input[sources[p, j], i]``, or the maximum over j.

    Parameters
    ----------
    sources : (positions, terms) int
        Row of the input for each term of each output row; −1 is padding: it adds 0, and never is
        the maximum.
    inner : int
        Size of a row.
    factors : (positions, terms), optional
        All 1 by default. Not used by a maximum.
    window : (int, int), optional
        Rows and columns of the terms, if they are a window of an image.
    geometry : tuple, optional
        ``(window, strides, padding)`` of a window that slides over an image.
    all_winners : bool
        Whether equal maxima share the gradient; otherwise the first gets all of it.
    offset : (positions,), optional
        Added to each output row, such as the value of padding other than 0.

    Examples
    --------
    >>> mean = IndexMap(np.array([[0, 1], [2, 3]]), factors=np.full((2, 2), 0.5))
    >>> mean.apply(np.array([1.0, 3.0, 5.0, 7.0])).tolist()
    [2.0, 6.0]
    """

    sources: ndarray
    inner: int = 1
    factors: ndarray | None = None
    window: tuple[int, int] | None = None
    geometry: tuple[Any, ...] | None = None
    all_winners: bool = False
    offset: ndarray | None = None

    def is_identity(self, shape: Shape) -> bool:
        """Return whether every number of an input stays where it is, except for the shape."""
        rows = np.arange(prod(known_sizes(shape)) // self.inner)
        return self.factors is None and np.array_equal(self.sources, rows[:, None])

    @property
    def is_mean(self) -> bool:
        """Whether each output is the mean of its terms; those in the padding do not count."""
        if self.factors is None or self.factors.shape[1] == 1:
            return False
        inside = self.sources >= 0
        return np.array_equal(self.factors * inside.sum(axis=1, keepdims=True), inside)

    def apply(self, x: ndarray, maximum: bool = False) -> ndarray:
        """Compute the output of one example, flat."""
        rows = x.reshape(-1, self.inner)
        padding = np.array(-np.inf if maximum else 0, float if maximum else rows.dtype)
        terms = np.where((self.sources < 0)[..., None], padding, rows[self.sources])
        if maximum:
            return terms.max(axis=1).astype(x.dtype).ravel()
        if self.is_mean:
            return (terms.sum(axis=1) / (self.sources >= 0).sum(axis=1, keepdims=True)).ravel()
        if self.factors is not None:
            terms = terms * self.factors[..., None]
        total = terms.sum(axis=1)
        return (total if self.offset is None else total + self.offset[:, None]).ravel()


class Elementwise(NamedTuple):
    """``output = input·scale + offset``, number by number; both are broadcast against one example."""

    scale: ArrayLike = 1.0
    offset: ArrayLike = 0.0
    name: str = "scale"  # in an explanation


class Convolution(NamedTuple):
    """Filters that slide over an image, in the form of `minicnn.ops.conv2d_forward`.

    A depthwise convolution is one with as many groups as channels.
    """

    kernel: ndarray
    bias: ndarray | None
    strides: tuple[int, int]
    padding: str
    dilation_rate: tuple[int, int]
    groups: int

    def normalized(self, normalization: "Normalization") -> "Convolution":
        """Return the convolution whose output is this one's, normalized over its filters.

        ``γ·(x·kernel + bias − μ)/√(σ² + ε) + β`` has ``kernel·factor`` for a kernel.
        """
        factor, shift = normalization.factor_and_shift()
        bias = shift if self.bias is None else shift + factor * self.bias
        return self._replace(kernel=self.kernel * factor, bias=bias)


class LearntSlopes(NamedTuple):
    """``input`` where it is positive, else ``weight.ravel()[indices]·input``, number by number."""

    weight: str  # its name
    indices: ndarray  # in the shape of one example


class Normalization(NamedTuple):
    """``gamma·(input − mean)/√(variance + epsilon) + beta``, along axes (0 is the batch).

    Without `mean` and `variance`, each example has its own, over these axes; with them there is one of
    each for every index along the axes, as there is one gamma and beta.
    """

    axes: tuple[int, ...]
    mean: ndarray | None
    variance: ndarray | None
    gamma: ndarray | None
    beta: ndarray | None
    epsilon: float

    def factor_and_shift(self) -> tuple[Any, Any]:
        """Return both numbers of ``factor·input + shift``, for normalizations that have a mean."""
        mean: Any = self.mean
        variance: Any = self.variance
        factor = 1 / np.sqrt(variance + variance.dtype.type(self.epsilon))
        if self.gamma is not None:
            factor = factor * self.gamma
        return factor, -mean * factor if self.beta is None else self.beta - mean * factor


def moves(sources: ndarray, inner: int = 1) -> IndexMap:
    """Return the map of a layer that copies one input to each output, or 0 for −1."""
    return IndexMap(np.reshape(sources, (-1, 1)), inner)


def window_map(
    size: tuple[int, int],
    window: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
    channels: int,
    all_winners: bool = False,
    mean: bool = False,
) -> IndexMap:
    """Return the map of windows that slide over an image of a size, or of the mean of their pixels."""
    rows, columns = (
        np.array([
            window_indices(position, size[axis], window[axis], strides[axis], padding)
            for position in range(output_size(size[axis], window[axis], strides[axis], padding))
        ])
        for axis in (0, 1)
    )  # fmt: skip
    down, across = rows[:, None, :, None], columns[None, :, None, :]
    inside = (down >= 0) & (down < size[0]) & (across >= 0) & (across < size[1])
    inside = inside.reshape(-1, window[0] * window[1])
    factors = inside / inside.sum(axis=1, keepdims=True) if mean else None
    return IndexMap(
        np.where(inside, (down * size[1] + across).reshape(inside.shape), -1),
        channels,
        factors,
        window,
        geometry=(window, strides, padding),
        all_winners=all_winners,
    )


def restates_family(cls: type) -> bool:
    """Return whether a subclass keeps its base's family: a custom one that redefines nothing of it."""
    if "family" in vars(cls) or cls.__module__.startswith("minicnn."):
        return True
    harmless = {"build", "get_config", "from_config"}
    redefined = {name for name in vars(cls) if not name.startswith("__") or name == "__call__"}
    inherited = {name for base in cls.__mro__[1:-1] for name in vars(base)}
    return not (redefined - harmless) & inherited
