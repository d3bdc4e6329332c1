"""Max and average pooling: each image is read once and written once.

Same names, signatures and results as `minicnn.ops.pooling`.

Where windows start and end is computed once, for all images. The kernels process a row of windows, for
as many channels at a time as a vector has lanes. A chunk, the unit in which threads take work, is an
image.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.copies import clear, prefetch, stream_copy, use_streaming_stores
from minicnn.kernels.primitives.simd import (
    LANES,
    load,
    load_unsigned,
    maximum_or_nan,
    select_equal,
    select_larger,
    splat,
    store,
    store_unsigned,
)
from minicnn.kernels.runtime import memory_pool, parallel
from minicnn.kernels.runtime.jit import njit_inline
from minicnn.kernels.runtime.scratch import scratch
from minicnn.kernels.runtime.task_slot import parallel_kernel
from minicnn.ops import reference
from minicnn.ops.convolution import Pair
from minicnn.ops.pooling import AveragePoolCache, MaxPoolCache
from minicnn.ops.windows import output_size, padding_amounts

F32 = np.float32


class Geometry(NamedTuple):
    """Where the windows are on an image.

    A row of `vertical` or `horizontal` is a window: its start and end on the image, the start of the
    next window, and its own start with padding.
    """

    vertical: ndarray  # (rows, 4)
    horizontal: ndarray  # (columns, 4)
    width: int  # of the image
    pool_width: int
    non_overlapping: bool
    covered: int  # pixels of a line that windows cover without a gap, from the left


class Plan(NamedTuple):
    """Values that depend on shapes only, computed once."""

    geometry: tuple[Any, ...]  # a `Geometry`; numba takes a plain tuple faster
    x: tuple[int, ...]  # (images, pixels, channels)
    y: tuple[int, ...]  # (images, windows, channels)
    y_shape: tuple[int, ...]  # (images, rows, columns, channels)
    argmax: tuple[int, ...]  # as y_shape, but channels padded to whole vectors
    index_dtype: Any  # the smallest that holds an index in a window


def max_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, MaxPoolCache]:
    """Keep the maximum of each window; see `minicnn.ops.pooling.max_pool2d_forward`."""
    if x.dtype != F32:
        return reference.max_pool2d_forward(x, pool_size, strides, padding)
    plan = _plan(x.shape, pool_size, strides, padding)
    y, argmax = memory_pool.empty(plan.y_shape), memory_pool.empty(plan.argmax, plan.index_dtype)
    parallel.parallel_for(
        _max_forward, len(x), x.reshape(plan.x), plan.geometry, y.reshape(plan.y),
        argmax.reshape(*plan.y[:2], plan.argmax[-1]),
        use_streaming_stores(x), *scratch((1, LANES)),
    )  # fmt: skip
    indices = argmax[..., : x.shape[3]]
    return y, MaxPoolCache(indices, x.shape, x.dtype, pool_size, strides, padding, argmax)


def max_pool2d_backward(dy: ndarray, cache: MaxPoolCache) -> ndarray:
    """Send each gradient to the maximum; see `minicnn.ops.pooling.max_pool2d_backward`."""
    if cache.saved is None:
        return reference.max_pool2d_backward(dy, cache)
    _, x_shape, _, *options, argmax = cache
    dx, plan = memory_pool.empty(x_shape), _plan(x_shape, *options)
    argmax = argmax.reshape(*plan.y[:2], plan.argmax[-1])
    parallel.parallel_for(_max_backward, len(dx), argmax, *_backward_arguments(dy, dx, plan))
    return dx


def average_pool2d_forward(
    x: ndarray, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[ndarray, AveragePoolCache]:
    """Take the mean of each window; see `minicnn.ops.pooling.average_pool2d_forward`."""
    if x.dtype != F32:
        return reference.average_pool2d_forward(x, pool_size, strides, padding)
    plan = _plan(x.shape, pool_size, strides, padding)
    y = memory_pool.empty(plan.y_shape)
    parallel.parallel_for(
        _average_forward, len(x), x.reshape(plan.x), plan.geometry, y.reshape(plan.y),
        use_streaming_stores(x), *scratch((1, LANES)),
    )  # fmt: skip
    return y, AveragePoolCache(x.shape, x.dtype, pool_size, strides, padding)


def average_pool2d_backward(dy: ndarray, cache: AveragePoolCache) -> ndarray:
    """Spread each gradient evenly; see `minicnn.ops.pooling.average_pool2d_backward`."""
    if cache.dtype != F32:
        return reference.average_pool2d_backward(dy, cache)
    x_shape, _, *options = cache
    dx, plan = memory_pool.empty(x_shape), _plan(x_shape, *options)
    parallel.parallel_for(_average_backward, len(dx), *_backward_arguments(dy, dx, plan))
    return dx


def _backward_arguments(dy: ndarray, dx: ndarray, plan: Plan) -> tuple[Any, ...]:
    """Return what both backward kernels take; a dx for streaming stores is summed in scratch first."""
    streaming = use_streaming_stores(dx)
    image = scratch(plan.x[1:] if streaming else (0, 1))
    return dy.reshape(plan.y), plan.geometry, dx.reshape(plan.x), streaming, *image


@lru_cache
def _plan(x_shape: tuple[int, ...], pool_size: Pair, strides: Pair, padding: str) -> Plan:
    """Compute what depends on shapes only."""
    batch, height, width, channels = x_shape
    vertical, horizontal = (
        _windows(*axis, padding) for axis in zip((height, width), pool_size, strides, strict=True)
    )
    rows, columns = len(vertical), len(horizontal)
    non_overlapping = (
        rows > 0 < columns and strides[0] >= pool_size[0] and strides[1] >= pool_size[1]
    )
    covered = int(horizontal[-1, 1]) if non_overlapping and strides[1] == pool_size[1] else 0
    geometry = Geometry(vertical, horizontal, width, pool_size[1], non_overlapping, covered)
    return Plan(
        tuple(geometry),
        x=(batch, height * width, channels),
        y=(batch, rows * columns, channels),
        y_shape=(batch, rows, columns, channels),
        argmax=(batch, rows, columns, -(-channels // LANES) * LANES),
        index_dtype=np.min_scalar_type(pool_size[0] * pool_size[1] - 1),
    )


def _windows(size: int, pool: int, stride: int, padding: str) -> ndarray:
    """Return the four numbers of `Geometry` for each window along an axis."""
    before, _ = padding_amounts(size, pool, stride, padding)
    own_start = np.arange(output_size(size, pool, stride, padding)) * stride - before
    start, end = np.maximum(own_start, 0), np.minimum(own_start + pool, size)
    return np.stack([start, end, np.append(own_start, size)[1:], own_start], axis=1)


@parallel_kernel
def _max_forward(x, geometry, y, argmax, do_prefetch, scratch, start, stop, thread_id):
    """Write the maximum of each window, and its index, counted row by row in the window."""
    vertical, horizontal, width, pool_width, _, _ = geometry
    columns, channels, one = len(horizontal), x.shape[2], splat(F32(1))
    for n in range(start, stop):
        image, maxima, indices = x[n], y[n], argmax[n]
        prefetch(image, 0, len(image) if do_prefetch else 0, scratch[thread_id])
        for row in range(len(vertical)):
            top, bottom, own_top = vertical[row, 0], vertical[row, 1], vertical[row, 3]
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                first = (top - own_top) * pool_width + left - horizontal[column, 3]
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    best, best_index = load(image, top * width + left, k, count), splat(F32(first))
                    for r in range(top, bottom):
                        index = splat(F32(first + (r - top) * pool_width))
                        for c in range(left, right):
                            value = _load(image, r * width + c, k, count)
                            best_index = select_larger(value, best, index, best_index)
                            best = maximum_or_nan(value, best)
                            index = index + one
                    store(best, maxima, row * columns + column, k, count)
                    store_unsigned(best_index, indices, row * columns + column, k)


@parallel_kernel
def _max_backward(argmax, dy, geometry, dx, streaming, all_images, start, stop, thread_id):
    """Add the gradient of each window to its maximum."""
    vertical, horizontal, width, pool_width, non_overlapping, covered = geometry
    columns, channels, one = len(horizontal), dx.shape[2], splat(F32(1))
    for n in range(start, stop):
        grad, indices = dy[n], argmax[n]
        dimage = all_images[thread_id] if streaming else dx[n]
        clear(dimage, 0, 0 if non_overlapping else dimage.size)
        for row in range(len(vertical)):
            top, bottom, own_top = vertical[row, 0], vertical[row, 1], vertical[row, 3]
            if non_overlapping:
                _clear_gaps(dimage, top, bottom, vertical[row, 2], width, covered)
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                first = (top - own_top) * pool_width + left - horizontal[column, 3]
                at = row * columns + column
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    best_grad, best_index = load(grad, at, k, count), load_unsigned(indices, at, k)
                    for r in range(top, bottom):
                        index = splat(F32(first + (r - top) * pool_width))
                        for c in range(left, right):
                            value = select_equal(best_index, index, best_grad)
                            _accumulate(value, dimage, r * width + c, k, count, non_overlapping)
                            index = index + one
        stream_copy(dimage, 0, dx[n], 0, dimage.size if streaming else 0, True)


@parallel_kernel
def _average_forward(x, geometry, y, do_prefetch, scratch, start, stop, thread_id):
    """Write the mean of each window over its pixels on the image."""
    vertical, horizontal, width, _, _, _ = geometry
    columns, channels = len(horizontal), x.shape[2]
    for n in range(start, stop):
        image, means = x[n], y[n]
        prefetch(image, 0, len(image) if do_prefetch else 0, scratch[thread_id])
        for row in range(len(vertical)):
            top, bottom = vertical[row, 0], vertical[row, 1]
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                fraction = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    total = splat(F32(0))
                    for r in range(top, bottom):
                        for c in range(left, right):
                            total = total + _load(image, r * width + c, k, count)
                    store(fraction * total, means, row * columns + column, k, count)


@parallel_kernel
def _average_backward(dy, geometry, dx, streaming, all_images, start, stop, thread_id):
    """Add an equal fraction of the gradient of each window to its pixels on the image."""
    vertical, horizontal, width, _, non_overlapping, covered = geometry
    columns, channels = len(horizontal), dx.shape[2]
    for n in range(start, stop):
        grad, dimage = dy[n], all_images[thread_id] if streaming else dx[n]
        clear(dimage, 0, 0 if non_overlapping else dimage.size)
        for row in range(len(vertical)):
            top, bottom = vertical[row, 0], vertical[row, 1]
            if non_overlapping:
                _clear_gaps(dimage, top, bottom, vertical[row, 2], width, covered)
            for column in range(columns):
                left, right = horizontal[column, 0], horizontal[column, 1]
                fraction = F32(1) / F32((bottom - top) * (right - left))
                for k in range(0, channels, LANES):
                    count = min(LANES, channels - k)
                    value = fraction * load(grad, row * columns + column, k, count)
                    for r in range(top, bottom):
                        for c in range(left, right):
                            _accumulate(value, dimage, r * width + c, k, count, non_overlapping)
        stream_copy(dimage, 0, dx[n], 0, dimage.size if streaming else 0, True)


@njit_inline
def _load(image, pixel, k, count):
    """Load `count` channels of a pixel; a whole vector without a mask, which is faster."""
    if count == LANES:
        return load(image, pixel, k, LANES)
    return load(image, pixel, k, count)


@njit_inline
def _accumulate(value, dimage, pixel, k, count, non_overlapping):
    """Add to the gradient of a pixel, or set it if no other window covers the pixel."""
    if non_overlapping:  # a load right after a store to the same line would stall
        store(value, dimage, pixel, k, count)
    else:
        store(load(dimage, pixel, k, count) + value, dimage, pixel, k, count)


@njit_inline
def _clear_gaps(dimage, top, bottom, following, width, covered):
    """Clear the pixels right of the `covered` ones, and the lines below, to the `following` windows."""
    channels = dimage.shape[1]
    for r in range(top, bottom if covered < width else top):
        clear(dimage, r * width + covered, (width - covered) * channels)
    if bottom < following:
        clear(dimage, bottom * width, (following - bottom) * width * channels)
