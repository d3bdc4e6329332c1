"""2-D convolution by im2col without the copy: windows are read where they lie in the image.

im2col makes convolution a product of matrices: a row for each window, a column for each of its cells.
The reference copies all windows to such a matrix: 42 MB for a batch of the lecture's second
convolution, written to memory and read back. But they are in the image already. Cell k of window p is

    image[rows[p] + inner[k]]

with `rows` the distances of the windows' first cells from the image's, and `inner` those of a window's
cells from its first. `primitives.matmul` takes such tables for the place of its left operand, so it
multiplies the windows where they are, whatever the strides, dilation and groups. Backward exchanges the
tables and has the transpose. Only an image that needs padding is copied first, one at a time. Where
filters are few, several windows are one (`packed_windows`), with a stride as many times as wide.

Reference: Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document
processing", for im2col.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.chunks import add_up, pieces
from minicnn.kernels.primitives.copies import BYTES, clear_run, fetch, outgrows_cache, put_run
from minicnn.kernels.primitives.matmul import distances, multiply, multiply_bias
from minicnn.kernels.primitives.packed_windows import (
    Abreast,
    how_many,
    narrowed,
    side_by_side,
    widened,
)
from minicnn.kernels.primitives.padding import cut_padding, pad_image
from minicnn.kernels.primitives.relu_mask import mark, marks_shape, where_passed
from minicnn.kernels.primitives.simd import LANES, address, load, load_at, store, store_at
from minicnn.kernels.primitives.transpose import transpose
from minicnn.kernels.runtime import memory_pool as recycled
from minicnn.kernels.runtime import parallel
from minicnn.kernels.runtime.jit import kernel as compiled
from minicnn.kernels.runtime.jit import part
from minicnn.kernels.runtime.scratch import plain, rooms
from minicnn.kernels.runtime.task_slot import job, share
from minicnn.ops.convolution import Conv2DCache, Pair, output_shape
from minicnn.ops.windows import extent, padding_amounts

BLOCK_BYTES = 1 << 17  # of the gradients of some windows: an eighth of a core's second-level cache
F32, U16 = np.dtype(np.float32), np.dtype(np.uint16)

Shape = tuple[int, ...]


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
    groups: int


class Windows(NamedTuple):
    """The geometry, and where windows and their cells lie in a padded image, in bytes."""

    geometry: tuple[int, ...]  # plain, which numba takes three times faster than a named one
    rows: ndarray  # (windows,) int64
    inner: ndarray  # (cells of a window · channels of a group,) int64


class Plan(NamedTuple):
    """What follows from the shapes alone: found out once, for all steps."""

    abreast: Abreast
    windows: Windows
    x: Shape  # (images, cells, channels), as of all images below
    y: Shape
    y_shape: Shape  # (images, rows, columns, filters)
    marks: Shape
    matrix: Shape  # the kernel's: (window, filters)
    turned: Shape  # (filters, window)
    slopes: tuple[ndarray, ndarray]  # distances of their rows (windows of a block) and columns
    bounds: ndarray  # of the chunks of images
    sums: Shape  # of each chunk: the kernel's gradient, and the bias' in a last row
    rooms: tuple[Shape, ...]  # that forward works in
    backward_rooms: tuple[Shape, ...]
    no_bias: ndarray  # (filters,) zeros
    no_dx: ndarray  # of no images


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
    """Slide every filter over the images; see `minicnn.ops.convolution.conv2d_forward`."""
    x, kernel, relu = plain(x), plain(kernel), activation == "relu"
    plan = _plan(x.shape, kernel.shape, strides, padding, dilation_rate, groups, relu)
    added = plan.no_bias if bias is None else plain(bias)
    matrix = kernel
    if plan.abreast.many > 1:
        matrix, added = widened(kernel, added, plan.abreast)
    matrix = matrix.reshape(plan.matrix)
    y, marks = recycled.empty(plan.y_shape), recycled.empty(plan.marks, U16)
    parallel.run(
        _share_forward, len(x), x.reshape(plan.x), matrix, added.reshape(1, -1), relu,
        *plan.windows, y.reshape(plan.y), outgrows_cache(y), marks, *rooms(*plan.rooms),
    )  # fmt: skip
    saved = plan, matrix, marks
    return y, Conv2DCache(x, kernel, None, strides, padding, dilation_rate, groups, saved, "im2col")


def conv2d_backward(
    dy: ndarray, cache: Conv2DCache, input_gradient: bool = True
) -> tuple[Any, ndarray, ndarray]:
    """Gradients; see `minicnn.ops.convolution.conv2d_backward`."""
    x, kernel, (plan, matrix, marks) = cache.x, cache.kernel, cache.saved
    dx = recycled.empty(plan.x) if input_gradient else plan.no_dx
    sums, total = recycled.empty(plan.sums), recycled.empty(plan.sums[1:])
    parallel.run(
        _share_backward, plan.sums[0], matrix, recycled.empty(plan.turned), sums, total,
        plain(dy).reshape(plan.y), marks, x.reshape(plan.x), *plan.windows, *plan.slopes,
        plan.bounds, dx, outgrows_cache(dx), input_gradient, *rooms(*plan.backward_rooms),
    )  # fmt: skip
    dkernel, dbias = total[:-1], total[-1]
    if plan.abreast.many > 1:
        dkernel, dbias = narrowed(dkernel, dbias, plan.abreast)
    return (dx.reshape(x.shape) if input_gradient else None), dkernel.reshape(kernel.shape), dbias


@lru_cache(maxsize=256)
def _plan(
    x_shape: Shape,
    kernel_shape: Shape,
    strides: Pair,
    padding: str,
    dilation_rate: Pair,
    groups: int,
    relu: bool,
) -> Plan:
    """Find out what follows from the shapes."""
    images, height, width, channels = x_shape
    y_shape = output_shape(x_shape, kernel_shape, strides, padding, dilation_rate)
    top, left = (
        padding_amounts(size, window, stride, padding, dilation)[0]
        for size, window, stride, dilation in zip(
            (height, width), kernel_shape[:2], strides, dilation_rate, strict=True
        )
    )
    regular = groups == dilation_rate[1] == 1
    many = how_many(kernel_shape[3], y_shape[2], kernel_shape[1], strides[1]) if regular else 1
    abreast = side_by_side(many, kernel_shape, strides[1])
    filters = many * kernel_shape[3]
    windows = _windows(
        x_shape[1:], (top, left), (y_shape[1], y_shape[2] // many),
        (kernel_shape[0], abreast.width, kernel_shape[2], filters),
        (strides[0], many * strides[1]), dilation_rate, groups,
    )  # fmt: skip
    geometry, window = Geometry(*windows.geometry), len(windows.inner)
    is_padded = geometry[:2] != geometry[4:6]
    padded = (geometry.padded_height * geometry.padded_width if is_padded else 0, channels)
    bounds = np.array(parallel.chunk_bounds(images))
    return Plan(
        abreast,
        windows,
        x=(images, height * width, channels),
        y=(images, len(windows.rows), filters),
        y_shape=y_shape,
        marks=marks_shape((images, y_shape[1], y_shape[2] // many, filters), relu),
        matrix=(window, filters),
        turned=(filters, window),
        slopes=(distances(geometry.block, filters), distances(filters // groups)),
        bounds=bounds,
        sums=(len(bounds) - 1, window + 1, filters),
        rooms=(padded, (geometry.block, filters)),
        backward_rooms=(padded, (geometry.block, filters), padded, (geometry.block, window)),
        no_bias=np.zeros(kernel_shape[3], F32),
        no_dx=np.empty((0, 1, channels), F32),
    )


@lru_cache(maxsize=256)
def _windows(
    image_shape: Shape,
    before: Pair,
    counts: Pair,
    kernel_shape: Shape,
    strides: Pair,
    dilation_rate: Pair,
    groups: int,
) -> Windows:
    """Find where the windows lie on an image (height, width, channels)."""
    height, width, channels = image_shape
    padded = [
        max((count - 1) * stride + extent(window, dilation), margin + size)
        for size, margin, count, window, stride, dilation in zip(
            (height, width), before, counts, kernel_shape[:2], strides, dilation_rate, strict=True
        )
    ]
    line, cell = padded[1] * channels * BYTES, channels * BYTES  # from one to the next
    rows = _sums(np.arange(counts[0]) * strides[0] * line, np.arange(counts[1]) * strides[1] * cell)
    inner = _sums(
        np.arange(kernel_shape[0]) * dilation_rate[0] * line,
        np.arange(kernel_shape[1]) * dilation_rate[1] * cell,
        distances(kernel_shape[2]),
    )
    together = kernel_shape[1] if dilation_rate[1] == groups == 1 else 1
    geometry = Geometry(
        height, width, before[0], before[1], padded[0], padded[1],
        max(BLOCK_BYTES // (BYTES * max(len(inner), kernel_shape[3])), 1),
        together * kernel_shape[2], groups,
    )  # fmt: skip
    return Windows(tuple(geometry), rows, inner)


def _sums(*axes: ndarray) -> ndarray:
    """Return the sums of one number of each, the last varying fastest."""
    total = np.zeros(1, np.int64)
    for axis in axes:
        total = (total[:, np.newaxis] + axis).reshape(-1)
    return total


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
    x, kernel, bias, relu, geometry, rows, inner, y, past, marks, paddeds, results, low, high, thread
):  # fmt: skip
    """Convolve images `low` … `high`, some windows at a time."""
    height, width, top, left, padded_height, padded_width, block, _, groups = geometry
    padded, result = paddeds[thread], results[thread]
    channels, filters = x.shape[2] // groups, kernel.shape[1] // groups  # of a group
    for n in range(low, high):
        image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
        for first in range(0, len(rows), block):
            end = min(first + block, len(rows))
            for group in range(groups):
                c, f = group * channels, group * filters
                multiply_bias(
                    image[:, c : c + channels], rows[first:end], inner, kernel[:, f : f + filters],
                    bias[:, f : f + filters], relu, result[: end - first, f : f + filters],
                )  # fmt: skip
            mark(result, end - first if relu else 0, marks[n], first)
            put_run(result, 0, y[n], first, (end - first) * y.shape[2], past)


@part
def _backward(
    turned, sums, dy, marks, x, geometry, rows, inner, down, across, bounds, dx, past,
    input_gradient, paddeds, all_slopes, dpaddeds, all_dwindows, low, high, thread,
):  # fmt: skip
    """Gradients of the chunks `low` … `high` of images; each chunk sums into an array of its own."""
    height, width, top, left, padded_height, padded_width, block, run, groups = geometry
    padded, dpadded = paddeds[thread], dpaddeds[thread]
    slopes, dwindows = all_slopes[thread], all_dwindows[thread]
    channels, filters = x.shape[2] // groups, len(turned) // groups  # of a group
    for chunk in range(low, high):
        dkernel, dbias = sums[chunk, : len(inner)], sums[chunk, len(inner) :]
        clear_run(sums[chunk], 0, sums[chunk].size)
        for n in range(bounds[chunk], bounds[chunk + 1]):
            image = pad_image(x[n], height, width, top, left, padded, padded_height, padded_width)
            dimage = dpadded if len(dpadded) > 0 else dx[n if input_gradient else 0]
            clear_run(dimage, 0, dimage.size if input_gradient else 0)
            for first in range(0, len(rows), block):
                end = min(first + block, len(rows))
                count = end - first
                fetch(dy[n], first, end, slopes)
                _copy_passed(dy[n][first:end], marks[n], first, slopes, dbias)
                for group in range(groups):
                    c, f = group * channels, group * filters
                    slope = slopes[:count, f : f + filters]
                    multiply(
                        image[:, c : c + channels], inner, rows[first:end], slope,
                        dkernel[:, f : f + filters], True,
                    )  # fmt: skip
                    if input_gradient:
                        back = turned[f : f + filters]
                        multiply(slope, down[:count], across, back, dwindows[:count], False)
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
def _share_backward(board, count, step, kernel, turned, sums, total, *arguments):
    transpose(kernel, turned)
    share(board, count, step, *job(_backward, (turned, sums, *arguments)))
    share(board, pieces(total), 1, *job(add_up, (sums, total)))
