"""Copy, clear and prefetch neighbouring elements, and stream results past the caches.

Arrays are (pixels, channels) with contiguous rows, so a range that starts at a pixel continues through
the pixels after it. Whole vectors are moved without a mask, which is faster; only the rest needs one.
"""

import numpy as np
from numpy import ndarray

from minicnn.kernels.primitives.simd import (
    LANES,
    address,
    load,
    load_at,
    splat,
    store,
    store_at,
    stream_at,
)
from minicnn.kernels.runtime.jit import njit_for, njit_inline

F32 = np.float32
BYTES = 4  # of an element
LARGE = 3 << 20  # bytes: a tenth to a fifth of a last-level cache


def use_streaming_stores(result: ndarray) -> bool:
    """Whether a result is so large that it would only push other data out of the caches."""
    return result.nbytes > LARGE


@njit_inline
def write_at(value, at, count, streaming):
    """Store the first lanes at an address; with a streaming store, all of them, if `streaming`.

    The address must then be a multiple of a vector's size, as in large arrays of `memory_pool`.
    """
    if streaming:
        stream_at(value, at)
    else:
        store_at(value, at, count)


@njit_for("void(f4[:, :], i8, f4[:, :], i8, i8)")
def copy(source, row, target, to, count):
    """Copy `count` elements from row `row` on of one array to row `to` on of another."""
    whole = count // LANES * LANES
    for k in range(0, whole, LANES):
        store(load(source, row, k, LANES), target, to, k, LANES)
    store(load(source, row, whole, count - whole), target, to, whole, count - whole)


@njit_for("void(f4[:, :], i8, f4[:, :], i8, i8, b1)")
def stream_copy(source, row, target, to, count, streaming):
    """Copy as `copy` does, with streaming stores if `streaming`."""
    if not streaming:
        copy(source, row, target, to, count)
        return
    start, first = address(target[to:]), address(source[row:])
    ahead = min(-start % (LANES * BYTES) // BYTES, count)  # up to the first aligned vector
    end = ahead + (count - ahead) // LANES * LANES
    store_at(load_at(first, ahead), start, ahead)
    for k in range(ahead, end, LANES):
        stream_at(load_at(first + k * BYTES, LANES), start + k * BYTES)
    store_at(load_at(first + end * BYTES, count - end), start + end * BYTES, count - end)


@njit_for("void(f4[:, :], i8, i8)")
def clear(target, row, count):
    """Set `count` elements to 0, from row `row` on."""
    zeros, whole = splat(F32(0)), count // LANES * LANES
    for k in range(0, whole, LANES):
        store(zeros, target, row, k, LANES)
    store(zeros, target, row, whole, count - whole)


@njit_for("void(f4[:, :], i8, i8, f4[:, :])")
def prefetch(source, start, stop, scratch):
    """Read the rows `start` … `stop` in memory order, which brings them into the cache.

    The sum that is written to `scratch` keeps the compiler from dropping the reads.
    """
    count = (min(stop, len(source)) - start) * source.shape[1]
    whole = count // LANES * LANES
    total = load(source, start, whole, count - whole)
    for k in range(0, whole, LANES):
        total = total + load(source, start, k, LANES)
    store(total, scratch, 0, 0, min(LANES, scratch.size))


@njit_inline
def pad_image(image, height, width, top, left, padded, padded_height, padded_width):
    """Return the image itself if it needs no padding, else a zero-padded copy in `padded`."""
    if height == padded_height and width == padded_width:
        return image
    channels = image.shape[1]
    rows, columns = min(height, padded_height - top), min(width, padded_width - left)
    line, right = padded_width * channels, left + columns
    clear(padded, 0, top * line)
    for r in range(rows):
        to = (top + r) * padded_width
        clear(padded, to, left * channels)
        copy(image, r * width, padded, to + left, columns * channels)
        clear(padded, to + right, (padded_width - right) * channels)
    clear(padded, (top + rows) * padded_width, (padded_height - top - rows) * line)
    return padded


@njit_inline
def crop_image(padded, padded_height, padded_width, top, left, image, height, width, streaming):
    """Copy the image inside `padded` to `image`; pixels that `padded` does not reach become 0."""
    channels = image.shape[1]
    columns = min(width, padded_width - left)
    for r in range(height):
        reached = columns if top + r < padded_height else 0
        row = (top + r) * padded_width + left
        stream_copy(padded, row, image, r * width, reached * channels, streaming)
        clear(image, r * width + reached, (width - reached) * channels)
