"""2-D convolution by blocked im2col: windows copied into a buffer that stays in cache, then BLAS.

The reference copies all windows at once: 42 MB for a batch of the lecture's second convolution,
written to memory and read back. Here a few rows of windows at a time go into a buffer of
`BUFFER_BYTES`, are multiplied by the kernel (BLAS' gemm, called from inside the compiled code) and
are forgotten; backward copies them again, which costs less than keeping them.

The kernels are serial and take a range of images; `minicnn.ops.parallel` hands out the ranges.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy import ndarray

from minicnn.ops import parallel
from minicnn.ops.reference.convolution import Conv2DCache, Pair, _grouped_kernel, _output_shape
from minicnn.ops.windows import padding_amounts

BUFFER_BYTES = (
    1 << 18
)  # a quarter of a typical core's second-level cache; the kernel needs room too


class Geometry(NamedTuple):
    """How windows lie on an image: all that the compiled kernels need to know of the shapes."""

    height: int
    width: int
    rows: int  # positions of the window, down
    columns: int  # and across
    kernel_height: int
    kernel_width: int
    down: int  # stride
    across: int
    top: int  # padding before
    left: int
    dilation_down: int
    dilation_across: int
    groups: int


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
    training: bool = True,
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.reference.convolution.conv2d_forward`."""
    x, kernel = np.ascontiguousarray(x), kernel.astype(x.dtype, copy=False)
    y = np.empty(_output_shape(x.shape, kernel.shape, strides, padding, dilation_rate), x.dtype)
    geometry = _geometry(x.shape, y.shape, kernel.shape, strides, padding, dilation_rate, groups)
    matrices = np.ascontiguousarray(_grouped_kernel(kernel, groups))
    added = np.zeros(y.shape[3], x.dtype) if bias is None else bias.astype(x.dtype, copy=False)
    block = _positions_a_block(geometry, matrices)
    relu = activation == "relu"
    parallel.for_ranges(
        len(x), lambda low, high: _forward(x, matrices, added, relu, geometry, block, y, low, high)
    )
    passed = y if relu else None
    return y, Conv2DCache(x, kernel, passed, strides, padding, dilation_rate, groups)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    x, kernel, y, strides, padding, dilation_rate, groups, _ = cache
    dy = np.ascontiguousarray(dy, x.dtype)
    geometry = _geometry(x.shape, dy.shape, kernel.shape, strides, padding, dilation_rate, groups)
    matrices = np.ascontiguousarray(_grouped_kernel(kernel, groups))
    block = _positions_a_block(geometry, matrices)
    bounds = np.array(parallel.chunk_bounds(len(x)))
    chunks = len(bounds) - 1
    dmatrices = np.zeros((chunks, *matrices.shape), x.dtype)
    dbiases = np.zeros((chunks, kernel.shape[3]), x.dtype)
    dx = np.zeros(x.shape if input_gradient else (0, 0, 0, 0), x.dtype)
    relu, passed = y is not None, dy if y is None else y
    parallel.for_ranges(
        chunks,
        lambda low, high: _backward(
            dy, passed, relu, x, matrices, geometry, block, bounds,
            dx, input_gradient, dmatrices, dbiases, low, high,
        ),
    )  # fmt: skip
    by_group = dmatrices.sum(axis=0)  # (groups, window, filters/group)
    dkernel = by_group.transpose(1, 0, 2).reshape(kernel.shape)
    return (dx if input_gradient else None), dkernel, dbiases.sum(axis=0)


def _geometry(
    x_shape: tuple[int, ...],
    y_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
) -> Geometry:
    """Gather the whole numbers that the kernels take."""
    top, left = (
        padding_amounts(
            x_shape[axis + 1], kernel_shape[axis], strides[axis], padding, dilation_rate[axis]
        )[0]
        for axis in (0, 1)
    )
    return Geometry(
        x_shape[1], x_shape[2], y_shape[1], y_shape[2], kernel_shape[0], kernel_shape[1],
        strides[0], strides[1], top, left, dilation_rate[0], dilation_rate[1], groups,
    )  # fmt: skip


def _positions_a_block(geometry: Geometry, matrices: ndarray) -> int:
    """Return how many windows fit the buffer; they are a multiple of nothing, not even of rows."""
    window_bytes = matrices.shape[1] * matrices.itemsize
    positions = geometry.rows * geometry.columns
    return max(min(BUFFER_BYTES // window_bytes, positions), 1)


JIT: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}


@njit(**JIT)
def _copy_windows(image, group, group_channels, g, first, count, buffer):
    """Copy windows `first` … `first + count` of one image, one group's channels, to buffer rows."""
    low = group * group_channels
    for p in range(count):
        row, column = divmod(first + p, g.columns)
        to = 0
        for i in range(g.kernel_height):
            r = row * g.down - g.top + i * g.dilation_down
            for j in range(g.kernel_width):
                c = column * g.across - g.left + j * g.dilation_across
                inside = 0 <= r < g.height and 0 <= c < g.width
                for k in range(group_channels):
                    buffer[p, to + k] = image[r, c, low + k] if inside else 0
                to += group_channels


@njit(**JIT)
def _add_windows(buffer, image, group, group_channels, g, first, count):
    """Add buffer rows back to the cells they were read from: the adjoint of `_copy_windows`."""
    low = group * group_channels
    for p in range(count):
        row, column = divmod(first + p, g.columns)
        to = 0
        for i in range(g.kernel_height):
            r = row * g.down - g.top + i * g.dilation_down
            for j in range(g.kernel_width):
                c = column * g.across - g.left + j * g.dilation_across
                if 0 <= r < g.height and 0 <= c < g.width:
                    for k in range(group_channels):
                        image[r, c, low + k] += buffer[p, to + k]
                to += group_channels


@njit(**JIT)
def _forward(x, matrices, bias, relu, g, block, y, low, high):
    """Convolve images `low` … `high`: copy a block of windows, multiply, add the bias, rectify."""
    window, group_filters = matrices.shape[1:]
    group_channels = x.shape[3] // g.groups
    positions = g.rows * g.columns
    buffer = np.empty((block, window), x.dtype)
    products = np.empty((block, group_filters), x.dtype)
    for n in range(low, high):
        rows = y[n].reshape(positions, y.shape[3])
        for first in range(0, positions, block):
            count = min(block, positions - first)
            for group in range(g.groups):
                _copy_windows(x[n], group, group_channels, g, first, count, buffer)
                np.dot(buffer[:count], matrices[group], products[:count])
                to = group * group_filters
                for p in range(count):
                    for f in range(group_filters):
                        value = products[p, f] + bias[to + f]
                        rows[first + p, to + f] = max(value, x.dtype.type(0)) if relu else value


@njit(**JIT)
def _backward(
    dy, y, relu, x, matrices, g, block, bounds, dx, input_gradient, dmatrices, dbiases, low, high
):
    """Gradients of the chunks `low` … `high` of images; each chunk sums into arrays of its own."""
    window, group_filters = matrices.shape[1:]
    group_channels = x.shape[3] // g.groups
    positions = g.rows * g.columns
    buffer = np.empty((block, window), x.dtype)
    slopes = np.empty((block, group_filters), x.dtype)  # dy, where ReLU let it pass
    product = np.empty((window, group_filters), x.dtype)
    for chunk in range(low, high):
        for n in range(bounds[chunk], bounds[chunk + 1]):
            dy_rows = dy[n].reshape(positions, dy.shape[3])
            y_rows = y[n].reshape(positions, dy.shape[3])
            for first in range(0, positions, block):
                count = min(block, positions - first)
                for group in range(g.groups):
                    to = group * group_filters
                    for p in range(count):
                        for f in range(group_filters):
                            passes = not relu or y_rows[first + p, to + f] > 0
                            slope = dy_rows[first + p, to + f] if passes else x.dtype.type(0)
                            slopes[p, f] = slope
                            dbiases[chunk, to + f] += slope
                    _copy_windows(x[n], group, group_channels, g, first, count, buffer)
                    np.dot(buffer[:count].T, slopes[:count], product)
                    dmatrices[chunk, group] += product
                    if input_gradient:
                        np.dot(slopes[:count], matrices[group].T, buffer[:count])
                        _add_windows(buffer, dx[n], group, group_channels, g, first, count)
