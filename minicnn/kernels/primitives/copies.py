"""Numbers that lie side by side in memory: copied, cleared, fetched into the cache or sent past it.

Arrays are (cells, channels); a run begins at a cell and goes on through the following ones. It is
moved in whole vectors, without a mask, which takes less time; only what is left at its end needs one.
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
from minicnn.kernels.runtime.jit import part_of

F32 = np.float32
BYTES = 4  # of a number
LARGE = 3 << 20  # bytes: a tenth to a fifth of a last-level cache


def outgrows_cache(result: ndarray) -> bool:
    """Whether a result is so large that it is better written past the caches, see `put_run`."""
    return result.nbytes > LARGE


@part_of("void(f4[:, :], i8, f4[:, :], i8, i8)")
def copy_run(source, at, target, to, count):
    """Copy `count` numbers from cell `at` of one array to cell `to` of another."""
    whole = count // LANES * LANES
    for k in range(0, whole, LANES):
        store(load(source, at, k, LANES), target, to, k, LANES)
    store(load(source, at, whole, count - whole), target, to, whole, count - whole)


@part_of("void(f4[:, :], i8, f4[:, :], i8, i8, b1)")
def put_run(source, at, target, to, count, past):
    """Copy a run as `copy_run` does, or past the caches to memory, where that is wanted."""
    if not past:
        copy_run(source, at, target, to, count)
        return
    start, first = address(target[to:]), address(source[at:])
    ahead = min(-start % (LANES * BYTES) // BYTES, count)  # up to the first whole vector in memory
    end = ahead + (count - ahead) // LANES * LANES
    store_at(load_at(first, ahead), start, ahead)
    for k in range(ahead, end, LANES):
        stream_at(load_at(first + k * BYTES, LANES), start + k * BYTES)
    store_at(load_at(first + end * BYTES, count - end), start + end * BYTES, count - end)


@part_of("void(f4[:, :], i8, i8)")
def clear_run(target, to, count):
    """Set `count` numbers to 0, from cell `to` on."""
    nothing, whole = splat(F32(0)), count // LANES * LANES
    for k in range(0, whole, LANES):
        store(nothing, target, to, k, LANES)
    store(nothing, target, to, whole, count - whole)


@part_of("void(f4[:, :], i8, i8, f4[:, :])")
def fetch(source, low, high, room):
    """Bring cells `low` … `high` into the cache: read them in the order in which they lie in memory."""
    count = (min(high, len(source)) - low) * source.shape[1]
    whole = count // LANES * LANES
    total = load(source, low, whole, count - whole)
    for k in range(0, whole, LANES):
        total = total + load(source, low, k, LANES)
    store(total, room, 0, 0, min(LANES, room.size))
