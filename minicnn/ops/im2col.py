"""2-D convolution by blocked im2col: windows copied into a buffer that stays in cache.

The reference copies all windows at once: 42 MB for a batch of the lecture's second convolution,
written to memory and read back. Here a few rows of windows at a time go into a buffer of
`BUFFER_BYTES`, are multiplied by the kernel and are forgotten; backward copies them again, which
costs less than keeping them.

What is multiplied has one row for every window. There are three ways to it:

- 1×1 kernels with stride 1: the image itself, its cells as rows; nothing is copied.
- One channel, as in a first layer: a row of the buffer is one cell of all windows, which are neighbours
  in the image and copied in one run; the buffer is then multiplied as its transpose.
- Else a row of the buffer is one window, copied a cell at a time, all its channels.

Reference: Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document
processing".
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, recycled
from minicnn.ops.buffers import as_cells, plain, rooms
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.matmul import multiply, multiply_bias
from minicnn.ops.padded import clear_run, copy_run, cut_padding, pad_image
from minicnn.ops.reference.convolution import Conv2DCache, Pair, grouped_kernel, output_shape
from minicnn.ops.simd import LANES, load, splat, store, where_positive
from minicnn.ops.team import job, share
from minicnn.ops.windows import extent, padding_amounts

BUFFER_BYTES = 1 << 18  # a quarter of a core's second-level cache; the kernel needs room too
F32 = np.float32


class Geometry(NamedTuple):
    """How windows lie on an image: all that the compiled functions need to know of the shapes."""

    rows: int  # positions of the window, down
    columns: int  # and across
    kernel_height: int
    kernel_width: int
    down: int  # stride
    across: int
    dilation_down: int
    dilation_across: int
    height: int  # of the image
    width: int
    top: int  # padding before
    left: int
    padded_height: int  # cells that windows reach, padding included
    padded_width: int
    block_rows: int  # rows of positions that fit the buffer
    in_place: bool  # 1×1, stride 1: the image is its own matrix of windows
    runs: int  # neighbouring cells of a window that lie side by side in memory: copied in one go


def conv2d_forward(
    x: ndarray,
    kernel: ndarray,
    bias: ndarray | None = None,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    groups: int = 1,
    activation: str = "linear",
) -> tuple[ndarray, Conv2DCache]:
    """Slide every filter over the images; see `minicnn.ops.reference.convolution.conv2d_forward`."""
    x, kernel = plain(x), plain(kernel)
    y = recycled.empty(output_shape(x.shape, kernel.shape, strides, padding, dilation_rate))
    geometry = _geometry(x.shape, y.shape, kernel.shape, strides, padding, dilation_rate, groups)
    matrices = plain(grouped_kernel(kernel, groups))
    filters = y.shape[3]
    added = np.zeros((1, filters), F32) if bias is None else bias.astype(F32).reshape(1, filters)
    relu = activation == "relu"
    parallel.run(
        _share_forward, len(x), as_cells(x), matrices, added, relu, tuple(geometry), as_cells(y),
        *_rooms(geometry, x.shape[3], matrices.shape[1]),
    )  # fmt: skip
    passed = y if relu else None
    return y, Conv2DCache(x, kernel, passed, strides, padding, dilation_rate, groups)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    x, kernel, y, strides, padding, dilation_rate, groups, *_ = cache
    dy = plain(dy)
    geometry = _geometry(x.shape, dy.shape, kernel.shape, strides, padding, dilation_rate, groups)
    transposed = plain(grouped_kernel(kernel, groups).transpose(0, 2, 1))
    window, filters = transposed.shape[2], kernel.shape[3]
    bounds = np.array(parallel.chunk_bounds(len(x)))
    chunks = len(bounds) - 1
    dmatrices = np.zeros((chunks, groups, window, filters // groups), F32)
    dbiases = np.zeros((chunks, 1, filters), F32)
    dx = recycled.empty(x.shape if input_gradient else (0, 1, 1, x.shape[3]))
    relu, passed = y is not None, dy if y is None else plain(y)
    parallel.run(
        _share_backward, chunks, as_cells(dy), as_cells(passed), relu, as_cells(x), transposed,
        tuple(geometry), bounds, as_cells(dx), input_gradient, dmatrices, dbiases,
        *_rooms(geometry, x.shape[3], window, filters),
    )  # fmt: skip
    by_group = dmatrices.sum(axis=0)  # (groups, window, filters/group)
    dkernel = by_group.transpose(1, 0, 2).reshape(kernel.shape)
    return (dx if input_gradient else None), dkernel, dbiases.sum(axis=(0, 1))


def _geometry(
    x_shape: tuple[int, ...],
    y_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
) -> Geometry:
    """Gather the whole numbers that the compiled functions take."""
    before, reach = [], []
    for axis, dilation in enumerate(dilation_rate):
        size, window, stride = x_shape[axis + 1], kernel_shape[axis], strides[axis]
        before.append(padding_amounts(size, window, stride, padding, dilation)[0])
        reach.append((y_shape[axis + 1] - 1) * stride + extent(window, dilation))
    window_bytes = kernel_shape[0] * kernel_shape[1] * kernel_shape[2] * F32(0).itemsize
    block_rows = max(min(BUFFER_BYTES // (window_bytes * y_shape[2]), y_shape[1]), 1)
    in_place = kernel_shape[:2] == (1, 1) and strides == (1, 1)
    return Geometry(
        y_shape[1], y_shape[2], kernel_shape[0], kernel_shape[1], strides[0], strides[1],
        dilation_rate[0], dilation_rate[1], x_shape[1], x_shape[2], before[0], before[1],
        reach[0], reach[1], block_rows, in_place,
        kernel_shape[1] if dilation_rate[1] == groups == 1 else 1,
    )  # fmt: skip


def _rooms(geometry: Geometry, channels: int, window: int, filters: int = 0) -> list[ndarray]:
    """Return the arrays that a kernel works in, for every thread; some for backward only."""
    count = geometry.block_rows * geometry.columns
    padded = (geometry.padded_height * geometry.padded_width, channels)
    by_window, by_cell = (
        ((0, window), (window, count)) if channels == 1 else ((count, window), (window, 0))
    )
    shapes = [padded, by_window, by_cell]
    if filters:
        shapes += [padded, (count, window), (count, filters)]
    arrays = rooms(*shapes)
    if (geometry.padded_height, geometry.padded_width) != (geometry.height, geometry.width):
        arrays[0][:] = 0
    return arrays


@part
def _copy_windows(cells, low, channels, geometry, first_row, rows, buffer):
    """Copy the windows of some rows of positions to rows of the buffer.

    `cells` is the padded image, of which `channels` from `low` on count.
    """
    _, columns, kernel_height, kernel_width, down, across, dilation_down, dilation_across = (
        geometry[:8]
    )
    runs = geometry[16]
    for p in range(rows * columns):
        row, column = (first_row + p // columns) * down, (p % columns) * across
        to = 0
        for i in range(kernel_height):
            start = (row + i * dilation_down) * geometry[13] + column
            for j in range(0, kernel_width, runs):
                cell = start + j * dilation_across
                for k in range(0, runs * channels, LANES):
                    n = min(LANES, runs * channels - k)
                    store(load(cells, cell, low + k, n), buffer, p, to + k, n)
                to += runs * channels


@part
def _add_windows(buffer, low, channels, geometry, first_row, rows, cells):
    """Add rows of the buffer to the cells they were copied from: the adjoint of `_copy_windows`."""
    _, columns, kernel_height, kernel_width, down, across, dilation_down, dilation_across = (
        geometry[:8]
    )
    runs = geometry[16]
    for p in range(rows * columns):
        row, column = (first_row + p // columns) * down, (p % columns) * across
        to = 0
        for i in range(kernel_height):
            start = (row + i * dilation_down) * geometry[13] + column
            for j in range(0, kernel_width, runs):
                cell = start + j * dilation_across
                for k in range(0, runs * channels, LANES):
                    n = min(LANES, runs * channels - k)
                    total = load(cells, cell, low + k, n) + load(buffer, p, to + k, n)
                    store(total, cells, cell, low + k, n)
                to += runs * channels


@part
def _copy_cells(image, geometry, first_row, rows, buffer):
    """Copy each cell of all windows of some rows of positions to a row of the buffer; one channel."""
    _, columns, kernel_height, kernel_width, down, across, dilation_down, dilation_across = (
        geometry[:8]
    )
    for i in range(kernel_height):
        for j in range(kernel_width):
            to = i * kernel_width + j
            for row in range(rows):
                line = ((first_row + row) * down + i * dilation_down) * geometry[13]
                line += j * dilation_across
                if across == 1:  # neighbours
                    copy_run(image, line, buffer[to : to + 1, row * columns :], 0, columns)
                else:
                    for column in range(columns):
                        buffer[to, row * columns + column] = image[line + column * across, 0]


@part
def _windows(image, group, channels, geometry, first_row, rows, by_window, by_cell):
    """Return the windows of some rows of positions, (positions, window), by one of the three ways."""
    columns, kernel_height, kernel_width = geometry[1:4]
    count, window = rows * columns, kernel_height * kernel_width * channels
    low = group * channels
    if geometry[15]:
        first = first_row * columns
        return image[first : first + count, low : low + channels]
    if image.shape[1] == 1:
        _copy_cells(image, geometry, first_row, rows, by_cell)
        return by_cell.T[:count, :window]
    _copy_windows(image, low, channels, geometry, first_row, rows, by_window)
    return by_window[:count, :window]


@part
def _copy_passed(dy, y, relu, slopes, dbias):
    """Copy gradients where ReLU let their cell pass, and add them up for the bias."""
    always = splat(F32(0) if relu else F32(1))
    for f in range(0, dy.shape[1], LANES):
        n = min(LANES, dy.shape[1] - f)
        total = load(dbias, 0, f, n)
        for p in range(dy.shape[0]):
            choice = load(y, p, f, n if relu else 0) + always
            slope = where_positive(choice, load(dy, p, f, n))
            store(slope, slopes, p, f, n)
            total = total + slope
        store(total, dbias, 0, f, n)


@part
def _forward(
    x, matrices, bias, relu, geometry, y, paddeds, by_windows, by_cells, low, high, thread
):  # fmt: skip
    """Convolve images `low` … `high`, some rows of positions at a time."""
    rows, columns = geometry[:2]
    height, width, top, left, padded_height, padded_width, block_rows = geometry[8:15]
    padded, by_window, by_cell = paddeds[thread], by_windows[thread], by_cells[thread]
    groups, _, group_filters = matrices.shape
    channels = x.shape[2] // groups
    for n in range(low, high):
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for row in range(0, rows, block_rows):
            count = min(block_rows, rows - row)
            cells = y[n][row * columns : (row + count) * columns]
            for group in range(groups):
                windows = _windows(image, group, channels, geometry, row, count, by_window, by_cell)
                to, end = group * group_filters, (group + 1) * group_filters
                multiply_bias(windows, matrices[group], bias[:, to:end], relu, cells[:, to:end])


@part
def _backward(
    dy, y, relu, x, transposed, geometry, bounds, dx, input_gradient, dmatrices, dbiases,
    paddeds, by_windows, by_cells, dpaddeds, all_dwindows, all_slopes, low, high, thread,
):  # fmt: skip
    """Gradients of the chunks `low` … `high` of images; each chunk sums into arrays of its own."""
    rows, columns = geometry[:2]
    height, width, top, left, padded_height, padded_width, block_rows = geometry[8:15]
    padded, by_window, by_cell = paddeds[thread], by_windows[thread], by_cells[thread]
    dpadded, dwindows, slopes = dpaddeds[thread], all_dwindows[thread], all_slopes[thread]
    groups, group_filters, _ = transposed.shape
    channels = x.shape[2] // groups
    for chunk in range(low, high):
        for n in range(bounds[chunk], bounds[chunk + 1]):
            image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
            clear_run(dpadded, 0, dpadded.size if input_gradient else 0)
            for row in range(0, rows, block_rows):
                count = min(block_rows, rows - row)
                first, end = row * columns, (row + count) * columns
                _copy_passed(dy[n][first:end], y[n][first:end], relu, slopes, dbiases[chunk])
                for group in range(groups):
                    windows = _windows(
                        image, group, channels, geometry, row, count, by_window, by_cell
                    )
                    to = group * group_filters
                    slope = slopes[: end - first, to : to + group_filters]
                    multiply(windows.T, slope, dmatrices[chunk, group], True)
                    if input_gradient:
                        multiply(slope, transposed[group], dwindows[: end - first], False)
                        _add_windows(
                            dwindows, group * channels, channels, geometry, row, count, dpadded
                        )
            if input_gradient:
                cut_padding(dpadded, padded_height, padded_width, top, left, dx[n], height, width)


@compiled
def _share_forward(board, count, step, *arguments):
    share(board, count, step, *job(_forward, arguments))


@compiled
def _share_backward(board, count, step, *arguments):
    share(board, count, step, *job(_backward, arguments))
