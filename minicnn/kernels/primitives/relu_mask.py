"""Which cells ReLU let pass: a bit for each, from forward to backward.

Backward asks of every cell of a convolution's output whether it was positive. To keep a bit, and not to
read the number again, saves a pass over the output. The marks of a vector are one uint16.
"""

from minicnn.kernels.primitives.lanes import positive_lanes, where_lanes
from minicnn.kernels.primitives.simd import LANES, load
from minicnn.kernels.runtime.jit import part, part_of


def marks_shape(y_shape: tuple[int, ...], relu: bool) -> tuple[int, int, int]:
    """Return the shape of the marks of images (images, height, width, filters)."""
    images, height, width, filters = y_shape
    return (images, height * width, -(-filters // LANES)) if relu else (images, 0, 0)


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
