"""2-D convolution by im2col without the copy: windows are read where they lie in the image.

im2col makes convolution a product of matrices: a row for each window, a column for each of its cells.
The reference copies all windows to such a matrix: 42 MB for a batch of the lecture's second
convolution, written to memory and read back. But they are in the image already. Cell k of window p is

    image[rows[p] + inner[k]]

with `rows` the distances of the windows' first cells from the image's, and `inner` those of a window's
cells from its first. `minicnn.ops.matmul` takes such tables for the place of its left operand, so it
multiplies the windows where they are, whatever the strides, dilation and groups. Backward exchanges the
tables and has the transpose. Only an image that needs padding is copied first, one at a time.

Reference: Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document
processing", for im2col.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.ops import parallel, recycled
from minicnn.ops.buffers import as_cells, plain, rooms
from minicnn.ops.chunks import add_up
from minicnn.ops.jit import kernel as compiled
from minicnn.ops.jit import part
from minicnn.ops.marks import mark, room_for_marks, where_passed
from minicnn.ops.matmul import distances, multiply, multiply_bias
from minicnn.ops.padded import cut_padding, pad_image
from minicnn.ops.reference.convolution import Conv2DCache, Pair, grouped_kernel, output_shape
from minicnn.ops.runs import clear_run, fetch, outgrows_cache, put_run
from minicnn.ops.simd import LANES, address, load, load_at, store, store_at
from minicnn.ops.team import job, share
from minicnn.ops.windows import extent, padding_amounts

BLOCK_BYTES = 1 << 17  # of the gradients of some windows: an eighth of a core's second-level cache
F32 = np.float32
BYTES = 4  # of a number


class Geometry(NamedTuple):
    """How windows lie on an image: all that the compiled functions need to know of the shapes."""

    height: int  # of the image
    width: int
    top: int  # padding before
    left: int
    padded_height: int  # of the image with its padding
    padded_width: int
    block: int  # windows that are worked on together
    run: int  # neighbouring cells of a window that lie side by side in memory, times channels


class Windows(NamedTuple):
    """The geometry, and where windows and their cells lie in a padded image, in bytes."""

    geometry: Geometry
    rows: ndarray  # (windows,) int64
    inner: ndarray  # (cells of a window · channels of a group,) int64


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
    windows = _windows(
        x.shape[1:], y.shape[1:], kernel.shape, strides, padding, dilation_rate, groups
    )
    matrices = plain(grouped_kernel(kernel, groups))
    filters = y.shape[3]
    added = np.zeros((1, filters), F32) if bias is None else bias.astype(F32).reshape(1, filters)
    relu = activation == "relu"
    marks = room_for_marks(y, relu)
    parallel.run(
        _share_forward, len(x), as_cells(x), matrices, added, relu, *windows, as_cells(y),
        outgrows_cache(y), marks, *_rooms(windows.geometry, x.shape[3], 0, filters),
    )  # fmt: skip
    return y, Conv2DCache(x, kernel, None, strides, padding, dilation_rate, groups, marks)


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.reference.convolution.conv2d_backward`."""
    x, kernel, _, strides, padding, dilation_rate, groups, marks, _ = cache
    dy = plain(dy)
    windows = _windows(
        x.shape[1:], dy.shape[1:], kernel.shape, strides, padding, dilation_rate, groups
    )
    transposed = plain(grouped_kernel(kernel, groups).transpose(0, 2, 1))
    window, filters = transposed.shape[2], kernel.shape[3]
    bounds = np.array(parallel.chunk_bounds(len(x)))
    chunks = len(bounds) - 1
    dmatrices = np.zeros((chunks, groups, window, filters // groups), F32)
    dbiases = np.zeros((chunks, 1, filters), F32)
    dx = recycled.empty(x.shape if input_gradient else (0, 1, 1, x.shape[3]))
    parallel.run(
        _share_backward, chunks, as_cells(dy), marks, as_cells(x), transposed,
        *windows, distances(filters // groups), distances(windows.geometry.block, filters), bounds,
        as_cells(dx), outgrows_cache(dx), input_gradient, dmatrices, dbiases,
        *_rooms(windows.geometry, x.shape[3], window, filters),
    )  # fmt: skip
    by_group = add_up(dmatrices)  # (groups, window, filters/group)
    dkernel = by_group.transpose(1, 0, 2).reshape(kernel.shape)
    return (dx if input_gradient else None), dkernel, dbiases.sum(axis=(0, 1))


@lru_cache(maxsize=256)
def _windows(
    image_shape: tuple[int, int, int],
    y_shape: tuple[int, int, int],
    kernel_shape: tuple[int, ...],
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
) -> Windows:
    """Find where the windows lie on an image (height, width, channels)."""
    before, padded = [], []
    for size, count, window, stride, dilation in zip(
        image_shape[:2], y_shape[:2], kernel_shape[:2], strides, dilation_rate, strict=True
    ):
        before.append(padding_amounts(size, window, stride, padding, dilation)[0])
        reach = (count - 1) * stride + extent(window, dilation)
        padded.append(max(reach, before[-1] + size))
    channels = image_shape[2]
    line, cell = padded[1] * channels * BYTES, channels * BYTES  # from one to the next
    rows = _sums(
        np.arange(y_shape[0]) * strides[0] * line, np.arange(y_shape[1]) * strides[1] * cell
    )
    inner = _sums(
        np.arange(kernel_shape[0]) * dilation_rate[0] * line,
        np.arange(kernel_shape[1]) * dilation_rate[1] * cell,
        distances(kernel_shape[2]),
    )
    side_by_side = kernel_shape[1] if dilation_rate[1] == groups == 1 else 1
    geometry = Geometry(
        *image_shape[:2], before[0], before[1], padded[0], padded[1],
        max(BLOCK_BYTES // (BYTES * max(len(inner), kernel_shape[3])), 1),
        side_by_side * kernel_shape[2],
    )  # fmt: skip
    return Windows(geometry, rows, inner)


def _sums(*axes: ndarray) -> ndarray:
    """Return the sums of one number of each, the last varying fastest.

    Examples
    --------
    >>> _sums(np.array([0, 100]), np.array([1, 2, 3]))
    array([  1,   2,   3, 101, 102, 103])
    """
    total = np.zeros(1, np.int64)
    for axis in axes:
        total = (total[:, np.newaxis] + axis).reshape(-1)
    return total


def _rooms(geometry: Geometry, channels: int, window: int = 0, filters: int = 0) -> list[ndarray]:
    """Return the arrays that a kernel works in, for every thread; some for backward only."""
    is_padded = geometry[:2] != geometry[4:6]
    padded = (geometry.padded_height * geometry.padded_width if is_padded else 0, channels)
    shapes = [padded, (geometry.block, filters)]
    if window:
        shapes += [padded, (geometry.block, window)]
    return rooms(*shapes)


@part
def _add_windows(dwindows, rows, inner, run, dimage):
    """Add windows' gradients to the cells they were read from."""
    for p in range(len(rows)):
        first = address(dimage) + rows[p]
        for k in range(0, len(inner), run):
            for c in range(0, run, LANES):
                n, place = min(LANES, run - c), first + inner[k] + c * BYTES
                store_at(load_at(place, n) + load(dwindows, p, k + c, n), place, n)


@part
def _copy_passed(dy, marks, first, slopes, dbias):
    """Copy the gradients that ReLU let pass, from cell `first` on, and add them up for the bias."""
    for f in range(0, dy.shape[1], LANES):
        n = min(LANES, dy.shape[1] - f)
        total = load(dbias, 0, f, n)
        for p in range(len(dy)):
            slope = where_passed(marks, first + p, f, load(dy, p, f, n))
            store(slope, slopes, p, f, n)
            total = total + slope
        store(total, dbias, 0, f, n)


@part
def _forward(
    x, matrices, bias, relu, geometry, rows, inner, y, past, marks, paddeds, results, low, high, thread
):  # fmt: skip
    """Convolve images `low` … `high`, some windows at a time."""
    groups, _, group_filters = matrices.shape
    block, channels, result = geometry[6], x.shape[2] // groups, results[thread]
    for n in range(low, high):
        image = pad_image(x[n], *geometry[:4], paddeds[thread], *geometry[4:6])
        for first in range(0, len(rows), block):
            end = min(first + block, len(rows))
            for group in range(groups):
                c, f = group * channels, group * group_filters
                multiply_bias(
                    image[:, c : c + channels], rows[first:end], inner, matrices[group],
                    bias[:, f : f + group_filters], relu, result[: end - first, f : f + group_filters],
                )  # fmt: skip
            mark(result, end - first if relu else 0, marks[n], first)
            put_run(result, 0, y[n], first, (end - first) * y.shape[2], past)


@part
def _backward(
    dy, marks, x, transposed, geometry, rows, inner, across, down, bounds, dx, past, input_gradient,
    dmatrices, dbiases, paddeds, all_slopes, dpaddeds, all_dwindows, low, high, thread,
):  # fmt: skip
    """Gradients of the chunks `low` … `high` of images; each chunk sums into arrays of its own.

    `down` and `across` are the distances of the slopes, (block, filters).
    """
    height, width, top, left, padded_height, padded_width, block, run = geometry
    dpadded, dwindows, slopes = dpaddeds[thread], all_dwindows[thread], all_slopes[thread]
    groups, group_filters, _ = transposed.shape
    channels = x.shape[2] // groups
    for chunk in range(low, high):
        for n in range(bounds[chunk], bounds[chunk + 1]):
            image = pad_image(x[n], *geometry[:4], paddeds[thread], *geometry[4:6])
            dimage = dpadded if len(dpadded) > 0 else dx[n if input_gradient else 0]
            clear_run(dimage, 0, dimage.size if input_gradient else 0)
            for first in range(0, len(rows), block):
                end = min(first + block, len(rows))
                count = end - first
                fetch(dy[n], first, end, slopes)
                _copy_passed(dy[n][first:end], marks[n], first, slopes, dbiases[chunk])
                for group in range(groups):
                    c, f = group * channels, group * group_filters
                    slope = slopes[:count, f : f + group_filters]
                    multiply(
                        image[:, c : c + channels], inner, rows[first:end], slope,
                        dmatrices[chunk, group], True,
                    )  # fmt: skip
                    if input_gradient:
                        multiply(
                            slope, down[:count], across, transposed[group], dwindows[:count], False
                        )
                        _add_windows(
                            dwindows, rows[first:end], inner, run, dimage[:, c : c + channels]
                        )
            if input_gradient and len(dpadded) > 0:
                cut_padding(
                    dpadded, padded_height, padded_width, top, left, dx[n], height, width, past
                )  # fmt: skip


@compiled
def _share_forward(board, count, step, *arguments):
    share(board, count, step, *job(_forward, arguments))


@compiled
def _share_backward(board, count, step, *arguments):
    share(board, count, step, *job(_backward, arguments))
