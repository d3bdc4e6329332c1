"""Which cells ReLU let pass: a bit for each, from forward to backward.

Backward asks of every cell of a convolution's output whether it was positive. To keep a bit, and not to
read the number again, saves a pass over the output.
"""

import numpy as np
from numpy import ndarray

from minicnn.ops import recycled
from minicnn.ops.jit import part, part_of
from minicnn.ops.simd import LANES, load, positive_lanes, where_lanes


def room_for_marks(y: ndarray, relu: bool) -> ndarray:
    """Return room for the marks of images (images, height, width, filters).

    Returns
    -------
    (images, height·width, vectors) uint16
        Of no size where `relu` is False: then all cells pass, and none is marked.

    Examples
    --------
    >>> room_for_marks(np.empty((2, 24, 24, 32), "float32"), relu=False).shape
    (2, 0, 0)
    """
    images, height, width, filters = y.shape
    cells = (height * width, -(-filters // LANES)) if relu else (0, 0)
    return recycled.empty((images, *cells), np.uint16)


@part_of("void(f4[:, :], i8, u2[:, ::1], i8)")
def mark(cells, count, marks, at):
    """Write the marks of the first `count` cells, from row `at` on."""
    for p in range(count):
        for f in range(0, cells.shape[1], LANES):
            n = min(LANES, cells.shape[1] - f)
            marks[at + p, f // LANES] = positive_lanes(load(cells, p, f, n))


@part
def where_passed(marks, cell, f, gradient):
    """Return the gradient of a cell's filters `f` … in the lanes that passed, elsewhere 0."""
    if marks.size == 0:
        return gradient
    return where_lanes(marks[cell, f // LANES], gradient)
