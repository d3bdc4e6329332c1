"""Sample images at fractional positions: the arithmetic of rotating, zooming, shifting and resizing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.layers.description import IndexMap
from minicnn.layers.layer import Gradients, Layer
from minicnn.layers.shapes import Shape, known_sizes

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("bilinear", "nearest")


class Samples(NamedTuple):
    """The pixels that each output is a weighted sum of, in arrays (batch or 1, terms, height, width)."""

    rows: ndarray
    columns: ndarray
    weights: ndarray  # 0 for pixels outside the image


class Resampling(Layer):
    """Base class of layers that compute each pixel as a weighted sum of a few input pixels."""

    family = "index_map"
    fill_value = 0.0

    def _samples(self, shape: tuple[int, ...]) -> Samples:
        """Return the pixels to read from images (batch, height, width, ...)."""
        raise NotImplementedError

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        samples = self._samples(x.shape)
        return sample(x, samples, self.fill_value), (samples, x.shape)

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        return (dy if cache is None else sample_backward(dy, *cache)), {}

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return the pixels that each output reads, and their weights."""
        self.compute_output_shape(input_shape)  # raises if the shape does not fit
        height, width, channels = known_sizes(input_shape)
        rows, columns, weights = (part[0] for part in self._samples((1, height, width)))
        terms = len(weights)
        sources = np.where(weights == 0, -1, rows * width + columns).reshape(terms, -1).T
        outside = 1 - weights.sum(axis=0).ravel()
        offset = self.fill_value * outside if self.fill_value and outside.any() else None
        if terms == 1:
            return IndexMap(sources, channels, offset=offset)
        factors = weights.reshape(terms, -1).T
        return IndexMap(sources, channels, factors, window=(2, 2), offset=offset)


def locate(
    rows: ndarray, columns: ndarray, size: tuple[int, int], interpolation: str, fill_mode: str
) -> Samples:
    """Return the pixels around fractional positions, each of shape (batch or 1, height, width).

    At the border this is what TensorFlow's ``ImageProjectiveTransformV3`` does.
    """
    height, width = size
    rows, columns = _fill(rows, height, fill_mode), _fill(columns, width, fill_mode)
    if interpolation == "nearest":
        neighbours = [(np.floor(rows + 0.5), np.floor(columns + 0.5), np.ones(np.shape(rows)))]
    else:
        top, left = np.floor(rows), np.floor(columns)
        below, right = rows - top, columns - left
        neighbours = [
            (top + i, left + j, (below if i else 1 - below) * (right if j else 1 - right))
            for i in (0, 1)
            for j in (0, 1)
        ]
    parts = zip(*neighbours, strict=True)
    r, c, weights = (np.stack(np.broadcast_arrays(*part), 1) for part in parts)
    inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
    indices = [np.clip(axis, 0, n - 1).astype(np.intp) for axis, n in ((r, height), (c, width))]
    return Samples(indices[0], indices[1], np.where(inside, weights, 0))


def _fill(position: ndarray, size: int, fill_mode: str) -> ndarray:
    """Return the position inside the image that a position outside of it repeats."""
    if fill_mode == "constant":
        return position
    if fill_mode == "reflect":  # d c b a | a b c d | d c b a
        position = np.mod(position + 0.5, 2 * size) - 0.5
        position = np.where(position > size - 0.5, 2 * size - 1 - position, position)
    elif fill_mode == "wrap":  # a b c d | a b c d | a b c d
        turns = np.trunc(position / max(size - 1, 1))
        turns = np.where(position < 0, turns - 1, np.where(position > size - 1, turns, 0))
        position = position - size * turns
    return np.clip(position, 0, size - 1)


def sample(x: ndarray, samples: Samples, fill_value: float = 0.0) -> ndarray:
    """Return the images (batch, height, width, channels) that consist of these samples of `x`."""
    weights = samples.weights.astype(x.dtype)[..., np.newaxis]
    batch = np.arange(len(x))[:, np.newaxis, np.newaxis]
    y = np.zeros((len(x), *samples.rows.shape[2:], x.shape[3]), x.dtype)
    for term in range(weights.shape[1]):
        y += weights[:, term] * x[batch, samples.rows[:, term], samples.columns[:, term]]
    if fill_value:
        y += x.dtype.type(fill_value) * (1 - weights.sum(axis=1))
    return y


def sample_backward(dy: ndarray, samples: Samples, shape: tuple[int, ...]) -> ndarray:
    """Add the gradient of each output to the pixels that it is a weighted sum of."""
    weights = samples.weights.astype(dy.dtype)[..., np.newaxis]
    batch = np.arange(len(dy))[:, np.newaxis, np.newaxis]
    dx = np.zeros(shape, dy.dtype)
    for term in range(weights.shape[1]):
        indices = batch, samples.rows[:, term], samples.columns[:, term]
        np.add.at(dx, indices, weights[:, term] * dy)
    return dx


def affine_positions(matrices: Sequence[Any], size: tuple[int, int]) -> tuple[ndarray, ndarray]:
    """Return rows and columns of the input for each output pixel.

    The matrices (a, b, c, d, e, f), each a number or one for each image, map column x and row y of the
    output to column ax + by + c and row dx + ey + f of the input.
    """
    a, b, c, d, e, f = [np.reshape(entry, (-1, 1, 1)) for entry in matrices]
    y, x = np.mgrid[: size[0], : size[1]]
    return d * x + e * y + f, a * x + b * y + c


def resize_positions(size: tuple[int, int], new_size: tuple[int, int]) -> tuple[ndarray, ndarray]:
    """Return rows and columns of the input for each output pixel, with aligned outer borders."""
    rows, columns = (
        (np.arange(new) + 0.5) * (old / new) - 0.5 for old, new in zip(size, new_size, strict=True)
    )
    positions = np.meshgrid(rows, columns, indexing="ij")
    return positions[0][np.newaxis], positions[1][np.newaxis]
